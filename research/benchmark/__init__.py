"""Benchmarks: what asking, indexing and serving cost in time and memory."""
