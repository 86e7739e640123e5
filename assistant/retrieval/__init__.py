"""From a parsed question to ranked candidates: the sentences that may answer it.

``retriever`` finds and ranks them, ``features`` computes the numbers that ranking and confidence weigh, and
``answer_types`` decides whether a sentence can be an answer at all.
"""
