"""From canonical text to the pieces that are indexed: blocks, then sentences, then chunks, all with exact offsets.

``blocks`` reads the layout, ``sentences`` splits blocks, ``chunks`` groups sentences for embedding. ``table_rows``
joins a row with its header; ``language`` notes documents that the bundled embedder can't read.
"""
