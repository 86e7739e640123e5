"""Which extractor takes which files."""

import io
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import PurePath

from research.fidelity import extraction as apart
from research.fidelity import mail, pandoc, plain, programs
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.opendocument import extract_odf
from research.fidelity.package import Package
from research.fidelity.pdf import extract_pdf
from research.fidelity.sheets import extract_xlsx
from research.fidelity.slides import extract_pptx
from research.fidelity.web import extract_html
from research.fidelity.word import extract_docx

_TAG = re.compile(r"<[^>]*>")
_MAX_DEPTH = 3  # of files in files
_MAX_MEMBERS = 200


def takes(name: str) -> bool:
    """Whether an extractor takes files of this name."""
    suffix = PurePath(name).suffix.lower()
    return suffix in _ONE or suffix in _SEVERAL or suffix in _CONTAINERS


def extract(data: bytes, name: str, depth: int = 0) -> list[Pieces]:
    """What a file shows; in several versions where it says the same in each, or extractors differ.

    Args:
        data: the file.
        name: its name; the suffix tells its kind.
        depth: in how many files it lies.

    Raises:
        ExtractorError: no extractor takes it, or the one that does can't read it.
    """
    suffix = PurePath(name).suffix.lower()
    if depth > _MAX_DEPTH:
        raise ExtractorError("it lies in too many other files")
    if suffix in _ONE:
        return [_ONE[suffix](data)]
    if suffix in _SEVERAL:
        return _SEVERAL[suffix](data)
    if suffix in _CONTAINERS:
        return _CONTAINERS[suffix](data, lambda part, part_name: extract(part, part_name, depth + 1))
    raise ExtractorError(f"no extractor takes '{suffix}'")


def _by_pandoc(data: bytes, pandoc_format: str) -> Pieces:
    if not pandoc.is_installed():
        raise ExtractorError("pandoc is not installed")
    return pandoc.extract(data, pandoc_format)


def _text_by_pandoc(data: bytes, pandoc_format: str) -> Pieces:
    return _by_pandoc(plain.decode(data).encode("utf-8", "replace"), pandoc_format)


def _extract_epub(data: bytes) -> Pieces:
    """What pandoc reads, and apart the contents, which it leaves out."""
    pieces = _by_pandoc(data, "epub")
    package = Package(data)
    for name in package.names:
        content = package.read(name) if name.endswith((".ncx", ".xhtml", ".html", ".htm")) else b""
        if name.endswith(".ncx") or b'epub:type="toc"' in content or b'properties="nav"' in content:
            pieces.add_apart(apart.REPEATED, [_TAG.sub(" ", plain.decode(content))], 2)
    return pieces


def _extract_rtf(data: bytes) -> list[Pieces]:
    """What pandoc reads, and what catdoc does, which knows nested tables and no notes."""
    found = [_by_pandoc(data, "rtf")] if pandoc.is_installed() else []
    return [*found, *programs.extract_rtf(data)]


def _extract_zip(data: bytes, extract_part: mail.PartExtractor) -> list[Pieces]:
    """What the files in it show, each in its first version."""
    pieces = Pieces()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ExtractorError("no zip file") from None
    for member in archive.infolist()[:_MAX_MEMBERS]:
        pieces.add_apart(apart.METADATA, [member.filename])
        try:
            pieces.add_all(extract_part(archive.read(member), member.filename)[0])
        except (ExtractorError, zipfile.BadZipFile):
            continue
    return [pieces]


_ONE: dict[str, Callable[[bytes], Pieces]] = {
    **dict.fromkeys((".txt", ".text", ".md", ".markdown", ".log"), plain.extract_text),
    **dict.fromkeys((".adoc", ".asciidoc"), plain.extract_adoc),
    **dict.fromkeys((".html", ".htm", ".xhtml"), extract_html),
    **dict.fromkeys((".docx", ".docm"), extract_docx),
    **dict.fromkeys((".pptx", ".pptm"), extract_pptx),
    **dict.fromkeys((".xlsx", ".xlsm"), extract_xlsx),
    **dict.fromkeys((".odt", ".ods", ".odp"), extract_odf),
    **dict.fromkeys((".csv", ".tsv"), plain.extract_csv),
    **dict.fromkeys((".json", ".jsonl"), plain.extract_json),
    **dict.fromkeys((".srt", ".vtt"), plain.extract_cues),
    **dict.fromkeys((".yaml", ".yml"), plain.extract_yaml),
    ".xml": plain.extract_xml,
    ".epub": _extract_epub,
    ".ipynb": partial(_by_pandoc, pandoc_format="ipynb"),
    ".rst": partial(_text_by_pandoc, pandoc_format="rst"),
    ".org": partial(_text_by_pandoc, pandoc_format="org"),
    **dict.fromkeys((".tex", ".latex"), partial(_text_by_pandoc, pandoc_format="latex")),
}
_SEVERAL: dict[str, Callable[[bytes], list[Pieces]]] = {
    ".doc": programs.extract_doc,
    ".rtf": _extract_rtf,
    ".pdf": extract_pdf,
    ".ppt": programs.extract_ppt,
    ".xls": programs.extract_xls,
}
_CONTAINERS: dict[str, Callable[[bytes, mail.PartExtractor], list[Pieces]]] = {
    **dict.fromkeys((".eml", ".mht", ".mhtml"), mail.extract_eml),
    ".mbox": mail.extract_mbox,
    ".msg": mail.extract_msg,
    ".zip": _extract_zip,
}
