"""Letters and signs that LaTeX writes with commands."""

import unicodedata

ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
           "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323",
           "b": "\u0331"}  # fmt: skip
LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "l": "ł",
           "L": "Ł", "i": "\u0131", "j": "\u0237", "dh": "ð", "th": "þ", "ldots": "…", "dots": "…", "textellipsis": "…",
           "S": "§", "P": "¶", "copyright": "©", "textregistered": "®", "texttrademark": "™", "pounds": "£",
           "euro": "€", "texteuro": "€", "EUR": "€", "textdegree": "°", "degree": "°", "textendash": "–",
           "textemdash": "—", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbar": "|",
           "textless": "<", "textgreater": ">", "textunderscore": "_", "textquotedblleft": "“",
           "textquotedblright": "”", "quad": " ", "qquad": " ", "newline": " ", "LaTeX": "LaTeX", "TeX": "TeX",
           "textmu": "µ", "times": "×", "pm": "±", "cdot": "·"}  # fmt: skip
SIGNS = {"~": " ", "``": "“", "''": "”", "--": "–", "---": "—", "!`": "¡", "?`": "¿"}


def accented(accent: str, letter: str) -> str:
    r"""A letter with an accent.

    >>> accented('"', "o")
    'ö'
    """
    base = letter.strip().lstrip("\\")
    return unicodedata.normalize("NFC", base[:1] + ACCENTS[accent] + base[1:]) if base else ""
