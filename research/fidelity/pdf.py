"""PDFs, by pdftotext, which shares no code with PDFium: the text of each page, and apart what pages repeat."""

import json
import re
import shutil
import subprocess
from collections import Counter
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from research.fidelity import extraction as apart
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.page_pictures import page_pictures, unseen_words
from research.fidelity.parting import hyphenated_pairs
from research.fidelity.words import count_words
from research.pdf.page_words import page_words

_MAX_SECONDS = 120
_LAYOUT, _READING_ORDER, _FILE_ORDER = ("-layout",), (), ("-raw",)
_MAX_EDGE_LINES, _MIN_EDGE_LINES = 4, 2  # at the top and the foot of a page, among which furniture is looked for
_MIN_PAGES = 3  # that furniture stands on
_MAX_FEW_PAGES = 4  # of a file whose furniture need stand on two only
_UNSEEN_HEIGHT, _TINY_HEIGHT = 1.5, 3.0  # points: of a line of type that nobody sees, or nobody reads
_MAX_NUMBERS = 5  # that may all change from page to page in a line
_NUMBER = re.compile(r"(?<![^\W_])\d+(?![^\W_])")
_WIDE_GAP = re.compile(r"\s{2,}")
_PAGE_NUMBER = re.compile(r"\W*(?:\d{1,4}|[ivxlc]{1,7})\W*", re.IGNORECASE)


def extract_pdf(data: bytes) -> list[Pieces]:
    """What pdftotext reads in a PDF: as it is laid out, in the order of reading, and in that of the file.

    Words outside the crop box are left out. Hidden words are apart: the picture of their page shows nothing of them.
    So are the words of running heads, running feet and page numbers, which a reader may keep once, those that are too
    small to be read, and the names and values of form fields, which a page need not show.

    Raises:
        ExtractorError: pdftotext isn't installed, or finds no words in it.
    """
    if not shutil.which("pdftotext"):
        raise ExtractorError("pdftotext is not installed")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file.pdf"
        file.write_bytes(data)
        laid_out, *others = (_pages(file, order) for order in (_LAYOUT, _READING_ORDER, _FILE_ORDER))
        field_texts = _field_texts(file)
        not_read = _words_not_read(file, len(laid_out))
    if not any(map(str.strip, laid_out)):
        raise ExtractorError("pdftotext finds no text in it: there are only pictures or scans")
    furniture = [*map("\n".join, furniture_of(laid_out))]
    pairs = hyphenated_pairs("\f".join(others[-1])) | hyphenated_pairs("\f".join(laid_out))
    known = {word for pages in (laid_out, *others) for page in pages for word in count_words(page)}
    versions = []
    for pages in (laid_out, *others):
        pieces = Pieces(is_printed=True, hyphenated=pairs, known=known)
        for number, page in enumerate(pages):
            words_apart = {**not_read[number], apart.FURNITURE: furniture[number]} if number < len(laid_out) else {}
            for reason, words in words_apart.items():
                pieces.add_apart(reason, [words])
            pieces.add(f"{_without(page, ' '.join(words_apart.values()))}\n")
        pieces.add_apart(apart.FIELDS, field_texts)
        versions.append(pieces)
    return versions


def furniture_of(pages: list[str]) -> list[list[str]]:
    """What each page has on lines at its top or foot that others have there too, or that is its number.

    What a wide gap parts on a line is looked at by itself.

    Args:
        pages: as they are laid out.
    """
    edges = [_edge_lines(page) for page in pages]
    counts = Counter(key for lines in edges for key in {key for part in chain(*lines) for key in _keys(part)})
    min_pages = _MIN_PAGES if len(pages) > _MAX_FEW_PAGES else 2
    shared = {key for key, count in counts.items() if count >= min_pages}
    return [
        [part for part in chain(*lines) if _is_page_number(part, lines) or not shared.isdisjoint(_keys(part))]
        for lines in edges
    ]


def _edge_lines(page: str) -> list[list[str]]:
    """The lines at the top and the foot of a page, each in the parts that wide gaps make of it."""
    lines = [line.strip() for line in page.split("\n") if line.strip()]
    count = min(_MAX_EDGE_LINES, max(_MIN_EDGE_LINES, len(lines) // 4))
    at_edges = lines if len(lines) <= 2 * count else lines[:count] + lines[-count:]
    return [_WIDE_GAP.split(line) for line in at_edges]


def _keys(part: str) -> set[str]:
    """What a line shares with those of other pages: its words, with "#" for its numbers, or for any one of many."""
    words = " ".join(part.casefold().split())
    numbers = list(_NUMBER.finditer(words))
    if not any(map(str.isalpha, words)):
        return {words}
    if len(numbers) <= _MAX_NUMBERS:
        return {_NUMBER.sub("#", words)}
    return {f"{words[: number.start()]}#{words[number.end() :]}" for number in numbers}


def _is_page_number(part: str, lines: list[list[str]]) -> bool:
    """Whether a part of a page's edges is a number at an end of the outermost line."""
    return bool(_PAGE_NUMBER.fullmatch(part)) and part in {lines[0][0], lines[0][-1], lines[-1][0], lines[-1][-1]}


def _without(page: str, furniture: str) -> str:
    """A page without the words of its furniture, each taken away as often as it stands there."""
    left = Counter(furniture.split())
    kept = []
    for word in re.split(r"(\s+)", page):
        is_furniture = left[word] > 0
        left[word] -= is_furniture
        kept.append("" if is_furniture else word)
    return "".join(kept)


def _words_not_read(file: Path, page_count: int) -> list[dict[str, str]]:
    """The words of each page that nobody sees or can read, by the reason."""
    pages, drawn = page_words(file), page_pictures(file)
    reason = apart.HIDDEN if drawn.is_complete else apart.UNDRAWN
    not_read: list[dict[str, str]] = [{} for _ in range(max(page_count, len(pages)))]
    for number, words in enumerate(pages):
        unseen = set(unseen_words(words, drawn.pictures[number]) if number < len(drawn.pictures) else ())
        heights = {apart.HIDDEN: (0.0, _UNSEEN_HEIGHT), apart.TINY: (_UNSEEN_HEIGHT, _TINY_HEIGHT)}
        by_reason = {
            name: [word.text for word in words if word not in unseen and least <= word.height < most]
            for name, (least, most) in heights.items()
        }
        by_reason.setdefault(reason, []).extend(word.text for word in unseen)
        not_read[number] = {name: " ".join(texts) for name, texts in by_reason.items() if texts}
    return not_read


def _pages(file: Path, order: tuple[str, ...]) -> list[str]:
    command = ["pdftotext", "-cropbox", "-enc", "UTF-8", *order, str(file), "-"]
    try:
        process = subprocess.run(command, capture_output=True, timeout=_MAX_SECONDS, check=False)  # noqa: S603 — a fixed command
    except subprocess.TimeoutExpired:
        raise ExtractorError(f"pdftotext takes more than {_MAX_SECONDS} s") from None
    if process.returncode and not process.stdout.strip():
        message = process.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        raise ExtractorError(f"pdftotext can't read it ({message})")
    text = process.stdout.decode(errors="replace").replace("\u00ad\n", "-\n")
    return text.removesuffix("\f").split("\f")


def _field_texts(file: Path) -> list[str]:
    """The names and values of form fields, by qpdf; nothing where it isn't installed."""
    if not shutil.which("qpdf"):
        return []
    command = ["qpdf", "--json", "--json-key=acroform", str(file)]
    try:
        process = subprocess.run(command, capture_output=True, timeout=_MAX_SECONDS, check=False)  # noqa: S603 — a fixed command
        fields = json.loads(process.stdout)["acroform"]["fields"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []
    names = ("fullname", "alternativename", "value")
    texts = [str(field.get(name) or "").removeprefix("u:").removeprefix("/") for field in fields for name in names]
    return [text for text in texts if text]
