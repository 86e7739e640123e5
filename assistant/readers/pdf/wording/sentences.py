"""Where sentences end, and whether one goes on from a line to the next."""

_SENTENCE_ENDS = frozenset(".!?…:;。！？：；؟।")  # noqa: RUF001 — wide and Greek-like marks are meant
COLONS = (":", "：")  # noqa: RUF001 — a wide colon is meant
_CLOSING = "\"'”’»«)]}›“"  # noqa: RUF001 — curly quotes are meant
_GOES_ON = ("\u00ad", "-", "\u2010", ",", "\u2013")  # what no paragraph ends with
_DASHES = " -\u2013\u2014"


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with a text."""
    return text.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS


def reads_on(above: str, below: str) -> bool:
    """Whether two lines are of one sentence, as far as hyphens, commas and lower case show."""
    goes_on = below.lstrip(_DASHES)[:1].islower() or above.endswith(_GOES_ON)
    return goes_on and not ends_sentence(above)
