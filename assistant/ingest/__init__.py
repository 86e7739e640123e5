"""Ingestion: how documents get into an open index, and how the index stays in line with their files.

``sync`` finds out what was added, changed and removed; ``indexer`` splits, embeds and writes documents. ``rebuild``
makes an index anew, ``transfer`` exports and imports it, ``watch`` synchronises whenever files change, and
``ray_cluster`` has files read and embedded on a cluster.
"""
