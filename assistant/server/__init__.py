"""The chat page and the HTTP API, on one port."""
