"""What may be asked along with a question, declared once for every door: Python, command line, HTTP, MCP, the page."""

import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict, get_args

from assistant.errors import SettingsError

Mode = Literal["quotes", "llm"]
Day = dt.date | str  # a date, or one written as 2024-11-06

MAX_SOURCES = 40  # numbered sentences that a language model may be given


class SearchKeywords(TypedDict, total=False):
    """The keyword arguments that say which documents may answer.

    ``documents``: ids of the only documents that may answer. ``kinds``: the only file kinds that may, as in
    ``["pdf"]``. ``since`` and ``until``: only documents dated within these days, both included; a document without a
    date is out then. ``authors``: only documents whose author's name has one of these in it, in any case.
    ``languages``: only documents that declare one of these, as in ``["de"]``, which takes "de-CH" too.
    """

    documents: Sequence[str] | None
    kinds: Sequence[str] | None
    since: Day | None
    until: Day | None
    authors: Sequence[str] | None
    languages: Sequence[str] | None


class AskKeywords(SearchKeywords, total=False):
    """The keyword arguments of a question.

    ``history``: the conversation so far, messages with ``role``, "user" or "assistant", and ``content``; a question
    that depends on it is rewritten to stand alone. ``mode``: "quotes" or "llm" for this question instead of the mode
    of the settings. ``sources``: how many numbered sentences a language model is given, 1 to 40.
    """

    history: Sequence[Mapping[str, str]]
    mode: Mode | None
    sources: int | None


class StreamKeywords(AskKeywords, total=False):
    """The keyword arguments of a question whose answer can be stopped.

    ``stop``: ends the answer once another thread sets it, at the language model's next piece, with a ModelError.
    """

    stop: threading.Event | None


class ListedDocument(Protocol):
    """What a filter looks at in a document."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def kind(self) -> str:
        """Its file kind, as in "pdf"."""

    @property
    def date(self) -> dt.date | None:
        """Its date, where it has one."""

    @property
    def author(self) -> str:
        """Whom its file names as such; empty where it names nobody."""

    @property
    def language(self) -> str:
        """As its file declares it, as in "de-CH"; empty where it declares none."""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents a question is put to; a field that is None excludes nothing."""

    documents: frozenset[str] | None = None  # ids
    kinds: frozenset[str] | None = None
    since: dt.date | None = None  # the first day; a document without a date is out once a day is given
    until: dt.date | None = None  # the last day
    authors: frozenset[str] | None = None  # case-folded; a part of the name is enough
    languages: frozenset[str] | None = None  # case-folded; "de" accepts "de-CH"

    def accepts(self, document: ListedDocument) -> bool:
        """Whether the document may answer."""
        return (
            (self.documents is None or document.id in self.documents)
            and (self.kinds is None or document.kind in self.kinds)
            and (self.since is None or (document.date is not None and document.date >= self.since))
            and (self.until is None or (document.date is not None and document.date <= self.until))
            and (self.authors is None or any(name in document.author.casefold() for name in self.authors))
            and (self.languages is None or _is_in_language(document.language.casefold(), self.languages))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOptions:
    """The options of one question, checked: what the query engine takes. `StreamKeywords` describes the fields.

    Raises:
        SettingsError: a day can't be read, there is no such mode, or the sources are too few or too many.
    """

    history: Sequence[Mapping[str, str]] = ()
    documents: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    since: Day | None = None
    until: Day | None = None
    authors: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    mode: Mode | None = None
    sources: int | None = None
    stop: threading.Event | None = None

    def __post_init__(self) -> None:
        if self.mode is not None and self.mode not in get_args(Mode):
            raise SettingsError(f"There is no mode '{self.mode}'. Choose quotes or llm.")
        if self.sources is not None and not 1 <= self.sources <= MAX_SOURCES:
            raise SettingsError(f"{self.sources} sources can't be read. Give 1 to {MAX_SOURCES}.")
        for day in (self.since, self.until):
            _as_date(day)  # an unreadable day is an error now, not in the middle of an answer

    @property
    def document_filter(self) -> DocumentFilter | None:
        """The documents that may answer; None where all may."""
        restrictions = (self.documents, self.kinds, self.since, self.until, self.authors, self.languages)
        if all(restriction is None for restriction in restrictions):
            return None
        return DocumentFilter(
            documents=None if self.documents is None else frozenset(_as_sequence(self.documents)),
            kinds=None
            if self.kinds is None
            else frozenset(kind.lower().lstrip(".") for kind in _as_sequence(self.kinds)),
            since=_as_date(self.since),
            until=_as_date(self.until),
            authors=_fold_all(self.authors),
            languages=_fold_all(self.languages),
        )


def _as_sequence(names: Sequence[str]) -> Sequence[str]:
    return [names] if isinstance(names, str) else names  # a single id is a sequence too: of its letters


def _fold_all(names: Sequence[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(name.strip().casefold() for name in _as_sequence(names))


def _is_in_language(language: str, accepted: frozenset[str]) -> bool:
    return any(language == tag or language.startswith(f"{tag}-") for tag in accepted)


def _as_date(day: Day | None) -> dt.date | None:
    if isinstance(day, dt.datetime):
        return day.date()
    try:
        return dt.date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise SettingsError(f"'{day}' is no day. Write it as 2024-11-06.") from None
