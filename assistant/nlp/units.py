"""The spellings of currencies and units of measure, and the words that a number names instead of counting."""

from assistant.nlp import lexicon

CURRENCIES = lexicon.headwords("currencies")  # spelling -> ISO code: "euros" -> "EUR"
UNITS = lexicon.headwords("units")  # spelling -> name in the singular: "km" -> "kilometre"

_LABELS = lexicon.words_by_class("labels")
LABELS = _LABELS["any"]  # "article 5", in either case
CAPITAL_LABELS = _LABELS["capital"]  # "Part 5": only with a capital
