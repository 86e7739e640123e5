"""Pure functions of English text: words, stems, numbers, dates and names.

No input or output, except for the word lists in `assistant.nlp.lexicon`; no vendor but the stemmer. `figures` is the
way in for figures, dates and names, `tokens` for words, `question_forms` for what a question asks for.
"""
