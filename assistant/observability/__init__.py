"""Trace spans, and what logs, metrics and spans may tell of an answer."""
