"""The table of file kinds: which suffixes a kind has, and which reader turns its files into text.

A new file kind is a module with a reader function beside this one, and a line in `FILE_KINDS`. What takes kinds from
elsewhere, such as `--kind`, uploads and the walk over folders, follows from the table. Kinds that are zip files have
a line in `assistant.readers.archives.zip_guard` too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from assistant.readers.archives.inner_files import InnerFilesFunction
from assistant.readers.archives.zip import read_zip, zip_files
from assistant.readers.docx.reader import read_docx
from assistant.readers.extract import ExtractedDocument
from assistant.readers.mail.eml import eml_files, mbox_files, read_eml, read_mbox
from assistant.readers.mail.mht import read_mht
from assistant.readers.mail.msg import msg_files, read_msg
from assistant.readers.markup.adoc import read_adoc
from assistant.readers.markup.markdown import read_markdown
from assistant.readers.markup.org import read_org
from assistant.readers.markup.rst import read_rst
from assistant.readers.markup.tex import read_tex
from assistant.readers.markup.xml import read_xml
from assistant.readers.old_office.doc import read_doc
from assistant.readers.old_office.ppt import read_ppt
from assistant.readers.opendocument.odp import read_odp
from assistant.readers.opendocument.ods import read_ods
from assistant.readers.opendocument.odt import read_odt
from assistant.readers.pdf.reader import read_pdf
from assistant.readers.plain.code import CODE_SUFFIXES, read_code, read_log
from assistant.readers.plain.json import read_json
from assistant.readers.plain.notebook import read_notebook
from assistant.readers.plain.subtitles import read_subtitles
from assistant.readers.plain.text import read_text
from assistant.readers.plain.yaml import read_yaml
from assistant.readers.pptx.reader import read_pptx
from assistant.readers.rtf.reader import read_rtf
from assistant.readers.sheets.csv import read_csv
from assistant.readers.sheets.xls import read_xls
from assistant.readers.sheets.xlsx import read_xlsx
from assistant.readers.web.epub import read_epub
from assistant.readers.web.html import read_html

READER_VERSION = "2"  # raise it when the same file gives another text: files are read anew then

ReaderFunction = Callable[[bytes, int], ExtractedDocument]
"""Reads a file: its bytes, and the most bytes a file may have. Raises ReadingError, or whatever its vendor raises."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that can be read."""

    name: str  # as in a document's ``kind`` and in ``--kind``
    label: str  # in words, for people
    suffixes: tuple[str, ...]  # in lower case, with the dot; the usual one first
    read: ReaderFunction
    is_plain_text: bool = False  # whether, but for a guess at its encoding, this project's own code alone reads it
    inner_files: InnerFilesFunction | None = None  # lists the files that come in it, each a document of its own
    is_folder: bool = False  # whether it has no text of its own, only such files


FILE_KINDS: dict[str, FileKind] = {
    kind.name: kind
    for kind in (
        FileKind("txt", "plain text", (".txt", ".text"), read_text, is_plain_text=True),
        FileKind(
            "md", "Markdown", (".md", ".markdown", ".mdown", ".mkd", ".rmd", ".qmd"), read_markdown, is_plain_text=True
        ),
        FileKind("html", "web page", (".html", ".htm", ".xhtml"), read_html),
        FileKind("pdf", "PDF", (".pdf",), read_pdf),
        FileKind("docx", "Word", (".docx", ".docm", ".dotx", ".dotm"), read_docx),
        FileKind("pptx", "PowerPoint", (".pptx", ".pptm", ".ppsx"), read_pptx),
        FileKind("doc", "Word before 2007", (".doc",), read_doc),
        FileKind("ppt", "PowerPoint before 2007", (".ppt", ".pps"), read_ppt),
        FileKind("csv", "CSV table", (".csv", ".tsv", ".tab"), read_csv, is_plain_text=True),
        FileKind("xlsx", "Excel", (".xlsx", ".xlsm", ".xltx", ".xltm"), read_xlsx),
        FileKind("xls", "Excel before 2007", (".xls", ".xlt"), read_xls),
        FileKind("odt", "OpenDocument text", (".odt", ".fodt", ".ott"), read_odt),
        FileKind("ods", "OpenDocument spreadsheet", (".ods", ".fods", ".ots"), read_ods),
        FileKind("odp", "OpenDocument presentation", (".odp", ".fodp", ".otp"), read_odp),
        FileKind("rtf", "Rich Text", (".rtf",), read_rtf),
        FileKind("epub", "e-book", (".epub",), read_epub),
        FileKind("eml", "e-mail", (".eml",), read_eml, inner_files=eml_files),
        FileKind("msg", "Outlook e-mail", (".msg",), read_msg, inner_files=msg_files),
        FileKind("mbox", "mailbox", (".mbox",), read_mbox, inner_files=mbox_files),
        FileKind("mht", "saved web page", (".mht", ".mhtml"), read_mht),
        FileKind("zip", "archive of files", (".zip",), read_zip, inner_files=zip_files, is_folder=True),
        FileKind("rst", "reStructuredText", (".rst", ".rest"), read_rst, is_plain_text=True),
        FileKind("org", "Org mode", (".org",), read_org, is_plain_text=True),
        FileKind("adoc", "AsciiDoc", (".adoc", ".asciidoc"), read_adoc, is_plain_text=True),
        FileKind("tex", "LaTeX", (".tex", ".latex", ".ltx"), read_tex, is_plain_text=True),
        FileKind("log", "log", (".log",), read_log, is_plain_text=True),
        FileKind("srt", "subtitles", (".srt", ".vtt"), read_subtitles, is_plain_text=True),
        FileKind("json", "JSON", (".json", ".jsonl", ".ndjson", ".geojson"), read_json),
        FileKind("ipynb", "Jupyter notebook", (".ipynb",), read_notebook),
        FileKind("xml", "XML", (".xml", ".rss", ".atom", ".nxml", ".dbk", ".docbook", ".tei", ".fb2"), read_xml),
        FileKind("yaml", "YAML", (".yaml", ".yml"), read_yaml),
        FileKind("code", "source code or settings", CODE_SUFFIXES, read_code, is_plain_text=True),
    )
}
"""The supported file kinds by name, in the order in which users see them."""

KIND_BY_SUFFIX: dict[str, str] = {suffix: kind.name for kind in FILE_KINDS.values() for suffix in kind.suffixes}
"""The supported suffixes, in lower case and with the dot, and the name of the kind that each stands for."""


def may_hold_files(file_name: str) -> bool:
    """Whether files of this kind may hold others, each a document of its own: archives and mails."""
    kind = file_kind(file_name)
    return kind is not None and kind.inner_files is not None


_TEXT_NAMES = frozenset(
    (
        *("readme", "license", "licence", "copying", "notice", "authors", "contributors", "maintainers", "thanks"),
        *("changelog", "changes", "history", "news", "todo", "install", "contributing", "version", "release_notes"),
        *("acknowledgements", "security", "codeowners"),
    )
)
_CODE_NAMES = frozenset(("makefile", "dockerfile", "jenkinsfile", "vagrantfile", "gemfile", "rakefile", "procfile"))


def file_kind(file_name: str) -> FileKind | None:
    """The kind of a file by the suffix of its name; None where it is not supported.

    README, LICENSE and the like, which people write without a suffix, are plain text.
    """
    path = PurePath(file_name)
    name = KIND_BY_SUFFIX.get(path.suffix.lower())
    if not path.suffix:
        stem = path.name.lower()
        name = "txt" if stem in _TEXT_NAMES else "code" if stem in _CODE_NAMES else None
    return FILE_KINDS[name] if name else None
