"""From ranked candidates to an answer: two writers, and what both build it with.

``extractive`` quotes sentences and ``generative`` has a language model write; each returns one of ``results``.
``answer_builder`` checks every statement and numbers its citations. ``selection`` chooses what to quote, and
``disagreement`` finds a document that says otherwise. ``citation_parser`` and ``citation_repair`` read and mend a
language model's citations. ``injection_filter`` keeps sentences that address a machine out of prompts and answers.
"""
