"""One file after the other: read by its reader, extracted by its extractor, compared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from assistant.errors import ReadingError
from assistant.readers import FILE_KINDS, KIND_BY_SUFFIX, FileReaders, ReaderPool
from assistant.types import Document
from research.fidelity.comparison import Comparison, best_comparison
from research.fidelity.extraction import REPEATED, ExtractorError, Pieces
from research.fidelity.extractors import extract, takes
from research.fidelity.structure import raised_and_lowered_words, repeated_labels
from research.fidelity.words import count_words

MAX_BYTES = 50_000_000  # as the settings have it
READING_SECONDS = 600.0  # ten times what indexing allows: other work may keep the machine busy
_TRUE_REASONS = ("encrypted", "empty")  # for which nobody could read a file
_PLAIN_KINDS = ("txt", "md")


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of one file.

    Attributes:
        name: its path in the folder.
        kind: the reader's, or its suffix where no reader takes it.
        reason: why it isn't read; empty where it is.
        unchecked: why it isn't compared; empty where it is.
        comparison: None where it isn't read or isn't compared.
        their_words: how many words the extractor found.
        notes: what the reader says that it left out.
    """

    name: str
    kind: str
    reason: str = ""
    unchecked: str = ""
    comparison: Comparison | None = None
    their_words: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_faithful(self) -> bool:
        """Whether it is read and compared well."""
        return self.comparison is not None and self.comparison.is_faithful

    @property
    def counts(self) -> bool:
        """Whether it is among the files of the summary: an extractor found words in it, and it is not encrypted."""
        return self.comparison is not None or bool(self.their_words and not self.reason.startswith(_TRUE_REASONS))


def files_below(folder: Path, kinds: Iterable[str] = ()) -> list[Path]:
    """The files to measure, in order: all, or those of some kinds."""
    wanted = set(kinds)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [file for file in files if not wanted or _kind_of(file) in wanted]


def measure(folder: Path, files: Iterable[Path]) -> Iterator[Measured]:
    """Measures files one after the other; each is read in a process with limits, as when it is indexed."""
    with ReaderPool(seconds=READING_SECONDS) as readers:
        for file in files:
            yield measure_file(file, str(file.relative_to(folder)), readers)


def measure_file(file: Path, name: str, readers: FileReaders) -> Measured:
    """Measures a file."""
    data, kind = file.read_bytes(), _kind_of(file)
    documents: list[Document] = []
    reason, notes = "", tuple[str, ...]()
    try:
        documents, notes = _read(data, file.name, readers)
    except ReadingError as error:
        reason = str(error)
    try:
        theirs = extract(data, file.name)
    except ExtractorError as error:
        return Measured(name, kind, reason, str(error), notes=notes)
    except Exception as error:  # noqa: BLE001 — a fault of an extractor's costs one file, and is said
        return Measured(name, kind, reason, f"the extractor fails ({type(error).__name__}: {error})", notes=notes)
    their_words = max(count_words(pieces.text).total() for pieces in theirs)
    if reason:
        return Measured(name, kind, reason, their_words=their_words)
    for pieces in theirs:
        _add_what_structure_tells(documents, pieces)
    text = "\n\n".join(document.text for document in documents)
    comparison = best_comparison(text, theirs, is_plain=kind in _PLAIN_KINDS)
    return Measured(name, kind, comparison=comparison, their_words=their_words, notes=notes)


def _add_what_structure_tells(documents: Iterable[Document], pieces: Pieces) -> None:
    """What an extractor that knows only places on pages can't know: repeated labels of tables, and raised words."""
    for document in documents if pieces.is_printed else ():
        pieces.add_apart(REPEATED, repeated_labels(document))
        pieces.off_the_line |= raised_and_lowered_words(document)


def _read(data: bytes, name: str, readers: FileReaders) -> tuple[list[Document], tuple[str, ...]]:
    """The documents of a file, and what their readers say that they left out.

    Those in it that no extractor takes are left out, and said.

    Raises:
        ReadingError: the file can't be read.
    """
    kind = KIND_BY_SUFFIX.get(PurePath(name).suffix.lower())
    documents: list[Document] = []
    notes: list[str] = []
    if kind is None or not FILE_KINDS[kind].is_folder:
        document = readers.read(data, name, max_bytes=MAX_BYTES).document
        documents.append(document)
        notes += document.notes
    if kind is None or FILE_KINDS[kind].inner_files is None:
        return documents, tuple(notes)
    inside = readers.unpack(data, name, max_bytes=MAX_BYTES)
    notes += [f"{part.source}: {part.reason}" for part in (*inside.skipped, *inside.failed)]
    for member in inside.members:
        if not takes(member.name):
            notes.append(f"{member.name}: not compared")
            continue
        try:
            document = readers.read(member.content, PurePath(member.name).name, max_bytes=MAX_BYTES).document
        except ReadingError as error:
            notes.append(f"{member.name}: {error}")
            continue
        documents.append(document)
        notes += document.notes
    return documents, tuple(notes)


def _kind_of(file: Path) -> str:
    return KIND_BY_SUFFIX.get(file.suffix.lower()) or file.suffix.lower().removeprefix(".") or "without a suffix"
