"""The index: documents, sentences and chunks with their vectors, and the words for BM25 search.

``store`` is the index itself: it adds writing (with ``journal``) to the reading side in ``store_reader``. ``bm25``
searches by words, over the cache file that ``bm25_cache`` keeps. ``rows`` says how things are stored, ``chroma`` where,
``lock`` who may, and ``archive`` is an index exported to one file.
"""
