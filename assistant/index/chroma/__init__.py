"""Chroma, where an index keeps its rows and vectors: in a folder or in a server. Only this room imports Chroma.

``collections`` is what both have in common; ``embedded`` is the folder (with ``checksums`` of its files, and
``damage``, which tells damage from what only looks like it), ``server`` the server (with ``connection``, ``lease`` and
``listing_cache``).
"""
