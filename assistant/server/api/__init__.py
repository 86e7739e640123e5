"""The server's interfaces for programs: REST under /api/v1, OpenAI's form under /v1, MCP, and their description."""
