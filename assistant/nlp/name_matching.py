"""Whether a proper name occurs in a text, in whatever form: "Mr Stock" for Jürgen Stock, an acronym, an adjective."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from assistant.nlp import lexicon
from assistant.nlp.caching import cached_by_text
from assistant.nlp.figures import Name, find_names
from assistant.nlp.tokens import fold, stem

_WORDS = lexicon.words_by_class("name_matching")
_GENERIC_HEADS = _WORDS["left out"]  # "operation", "the republic"
_UNLETTERED = _WORDS["unlettered"]  # small words, which have no letter in an acronym
_TITLE_BEFORE = re.compile(rf"\b(?:{lexicon.alternation(_WORDS['title'])})\.?\s+$", re.IGNORECASE)
_MAX_TITLE_CHARS = 20  # before a family name, in which its title stands
_MIN_SHARED_LETTERS = 4  # that an adjective shares with its place
_MAX_ENDING_LETTERS = 4  # of an adjective, behind the letters that it shares with its place
_MAX_PARTS = 30  # of a name that is looked for in other forms: "a-b-c-…" without end is no name
_ADJECTIVE_ENDING = re.compile(r"(?:ese|ian|an|ean|ish|i|ic|ch|n|s|er)$")
_ABBREVIATION_POINT = re.compile(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?!\w)")


def name_occurs(name: Name, text: str) -> bool:
    """Whether a text names what ``name`` names.

    Word for word; as an adjective or plural of it; as part of a longer name; by an acronym or spelt out; a person
    by family name where the text has a title before it; a name that consists of whole names, all of which occur.
    """
    parts = _without_generic_heads(_pad_words(name.key).split())
    target = _read(text)
    if not parts or f" {' '.join(parts)} " in target.padded:
        return True
    return len(parts) <= _MAX_PARTS and (
        target.has_inflected(parts)
        or _initials(parts) in target.acronyms
        or (len(parts) == 1 and parts[0] in target.initials)
        or (len(parts) > 1 and parts[-1] in target.titled_keys)
        or target.has_by_place(parts)
        or (len(parts) > 1 and target.consists_of_names(parts))
    )


class _Text:
    """A text that names are looked for in. What is needed of it is worked out once, and for all names."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.padded = _pad_words(text)

    def has_inflected(self, parts: Sequence[str]) -> bool:
        """Whether the parts stand side by side among the words: as themselves, their plurals or their adjectives."""
        forms = [self._forms_of(part) for part in parts]
        positions = [sum(len(self._positions[form]) for form in forms_of_part) for forms_of_part in forms]
        rarest = positions.index(min(positions))
        starts = (place - rarest for form in forms[rarest] for place in self._positions[form])
        return any(
            0 <= start <= len(self._words) - len(parts)
            and all(self._words[start + i] in forms_of_part for i, forms_of_part in enumerate(forms))
            for start in starts
        )

    def has_by_place(self, parts: Sequence[str]) -> bool:
        """Whether "Government of Brazil" stands as "Brazil" and, somewhere, "government"."""
        if "of" not in parts[1:-1]:
            return False
        of = parts.index("of", 1)
        return tuple(parts[of + 1 :]) in self._keys and all(part in self._positions for part in parts[:of])

    def consists_of_names(self, parts: Sequence[str]) -> bool:
        """Whether the parts are whole names of the text, one behind the other."""
        ends = [True] + [False] * len(parts)  # whether names may end before each part
        for end in range(1, len(parts) + 1):
            ends[end] = any(ends[start] and tuple(parts[start:end]) in self._keys for start in range(end))
        return ends[-1]

    @cached_property
    def titled_keys(self) -> frozenset[str]:
        """The keys of the names that stand behind a title: "stock" of "Mr Stock"."""
        starts = ((name.key, name.start) for name in find_names(self._text))
        return frozenset(
            key for key, start in starts if _TITLE_BEFORE.search(self._text[max(0, start - _MAX_TITLE_CHARS) : start])
        )

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """The names of one word that may be acronyms."""
        return frozenset(key[0] for key in self._keys if len(key) == 1 and len(key[0]) > 1)

    @cached_property
    def initials(self) -> frozenset[str]:
        """The initials of the names, as acronyms have them."""
        return frozenset(filter(None, map(_initials, self._keys)))

    @cached_property
    def _keys(self) -> frozenset[tuple[str, ...]]:
        """The words of each name."""
        return frozenset(tuple(name.key.split()) for name in find_names(self._text))

    @cached_property
    def _words(self) -> list[str]:
        return self.padded.split()

    @cached_property
    def _positions(self) -> dict[str, list[int]]:
        """Where each word stands among the words."""
        positions: dict[str, list[int]] = {}
        for position, word in enumerate(self._words):
            positions.setdefault(word, []).append(position)
        return positions

    @cached_property
    def _words_by_root(self) -> dict[str, list[str]]:
        """The distinct words under their stems, and under all beginnings that another form of them may share."""
        words: dict[str, list[str]] = {}
        for word in self._positions:
            for root in _roots(word):
                words.setdefault(root, []).append(word)
        return words

    def _forms_of(self, part: str) -> frozenset[str]:
        """The words that are forms of a part of a name."""
        candidates = {word for root in _roots(part) for word in self._words_by_root.get(root, ())}
        return frozenset(word for word in candidates if _is_form_of(part, word))


@cached_by_text(64, 2_000)
def _read(text: str) -> _Text:
    return _Text(text)


def _without_generic_heads(parts: list[str]) -> list[str]:
    generic = 0
    while generic < len(parts) - 1 and parts[generic] in _GENERIC_HEADS:
        generic += 1
    return parts[generic:]


def _pad_words(text: str) -> str:
    """The folded text as whole words with a space on both sides; the points of "U.S." are left out."""
    folded = _ABBREVIATION_POINT.sub("", fold(text))
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in folded).split())} "


def _roots(word: str) -> Iterator[str]:
    """A word's stem, and the beginnings of it that another form of the word may share."""
    yield f"{stem(word)} "
    for end in range(max(_MIN_SHARED_LETTERS, len(word) - _MAX_ENDING_LETTERS), len(word) + 1):
        yield word[:end]


def _is_form_of(part: str, word: str) -> bool:
    """Whether two words are the same, or one the plural or the adjective of the other: "Togo", "Togolese"."""
    if part == word or (stem(part) == stem(word) and len(part) > 3):
        return True
    shorter, longer = sorted((part, word), key=len)
    shared = next((i for i, letter in enumerate(shorter) if letter != longer[i]), len(shorter))
    return (
        shared >= _MIN_SHARED_LETTERS
        and shared >= len(shorter) - 2
        and len(longer) - shared <= _MAX_ENDING_LETTERS
        and bool(_ADJECTIVE_ENDING.search(longer[shared:] or longer))
    )


def _initials(words: Sequence[str]) -> str:
    """The acronym of a name; empty where it would be of one letter."""
    initials = "".join(word[0] for word in words if word not in _UNLETTERED)
    return initials if len(initials) > 1 else ""
