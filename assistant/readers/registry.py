"""The table of file kinds: which suffixes a kind has, and which reader turns its files into text.

A new file kind is a module with a reader function in one of the folders beside this module, and a line in `FILE_KINDS`.
What takes kinds from elsewhere, such as `--kind`, uploads and the walk over folders, follows from the table. Kinds that
are zip files have a line in `assistant.readers.archives.zip_guard` too. A reader is imported when its first file is
read: together they take a third of a second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import Any

from assistant.readers.archives.inner_files import InnerFile
from assistant.readers.extract import ExtractedDocument

_CODE_SUFFIXES = (
    *(".py", ".pyi", ".js", ".mjs", ".ts", ".tsx", ".jsx", ".java", ".kt", ".scala", ".c", ".h", ".cc", ".cpp", ".hpp"),
    *(".cs", ".go", ".rs", ".rb", ".php", ".pl", ".lua", ".r", ".jl", ".swift", ".m", ".vb", ".f90", ".pas", ".hs"),
    *(".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".sql", ".css", ".scss", ".graphql", ".proto", ".tf"),
    *(".toml", ".ini", ".cfg", ".conf", ".properties", ".env", ".diff", ".patch", ".gradle", ".cmake", ".xsl", ".xsd"),
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that can be read."""

    name: str  # as in a document's ``kind`` and in ``--kind``
    label: str  # in words, for people
    suffixes: tuple[str, ...]  # in lower case, with the dot; the usual one first
    reader: str  # the function that reads its files, as "module:function" below `assistant.readers`
    is_plain_text: bool = False  # whether, but for a guess at its encoding, this project's own code alone reads it
    inner_reader: str = ""  # the function that lists the files that come in one, each a document of its own
    is_folder: bool = False  # whether it has no text of its own, only such files

    @property
    def holds_files(self) -> bool:
        """Whether other files may come in its files."""
        return bool(self.inner_reader)

    def read(self, data: bytes, max_bytes: int) -> ExtractedDocument:
        """Reads a file: its bytes, and the most bytes that a file may have.

        Raises:
            ReadingError: it cannot be read; or whatever the library that reads the kind raises.
        """
        extracted: ExtractedDocument = _load(self.reader)(data, max_bytes)
        return extracted

    def inner_files(self, data: bytes) -> Iterable[InnerFile]:
        """The files that come in a file of a kind that holds some. Raises as `read`."""
        inner_files: Iterable[InnerFile] = _load(self.inner_reader)(data)
        return inner_files


@cache
def _load(reference: str) -> Any:
    module, _, function = reference.partition(":")
    return getattr(import_module(f"assistant.readers.{module}"), function)


FILE_KINDS: dict[str, FileKind] = {
    kind.name: kind
    for kind in (
        FileKind("txt", "plain text", (".txt", ".text"), "plain.text:read_text", is_plain_text=True),
        FileKind(
            "md",
            "Markdown",
            (".md", ".markdown", ".mdown", ".mkd", ".rmd", ".qmd"),
            "markup.markdown:read_markdown",
            is_plain_text=True,
        ),
        FileKind("html", "web page", (".html", ".htm", ".xhtml"), "web.html:read_html"),
        FileKind("pdf", "PDF", (".pdf",), "pdf.reader:read_pdf"),
        FileKind("docx", "Word", (".docx", ".docm", ".dotx", ".dotm"), "docx.reader:read_docx"),
        FileKind("pptx", "PowerPoint", (".pptx", ".pptm", ".ppsx"), "pptx.reader:read_pptx"),
        FileKind("doc", "Word before 2007", (".doc",), "old_office.doc:read_doc"),
        FileKind("ppt", "PowerPoint before 2007", (".ppt", ".pps"), "old_office.ppt:read_ppt"),
        FileKind("csv", "CSV table", (".csv", ".tsv", ".tab"), "sheets.csv:read_csv", is_plain_text=True),
        FileKind("xlsx", "Excel", (".xlsx", ".xlsm", ".xltx", ".xltm"), "sheets.xlsx:read_xlsx"),
        FileKind("xls", "Excel before 2007", (".xls", ".xlt"), "sheets.xls:read_xls"),
        FileKind("odt", "OpenDocument text", (".odt", ".fodt", ".ott"), "opendocument.odt:read_odt"),
        FileKind("ods", "OpenDocument spreadsheet", (".ods", ".fods", ".ots"), "opendocument.ods:read_ods"),
        FileKind("odp", "OpenDocument presentation", (".odp", ".fodp", ".otp"), "opendocument.odp:read_odp"),
        FileKind("rtf", "Rich Text", (".rtf",), "rtf.reader:read_rtf"),
        FileKind("epub", "e-book", (".epub",), "web.epub:read_epub"),
        FileKind("eml", "e-mail", (".eml",), "mail.eml:read_eml", inner_reader="mail.eml:eml_files"),
        FileKind("msg", "Outlook e-mail", (".msg",), "mail.msg:read_msg", inner_reader="mail.msg:msg_files"),
        FileKind("mbox", "mailbox", (".mbox",), "mail.eml:read_mbox", inner_reader="mail.eml:mbox_files"),
        FileKind("mht", "saved web page", (".mht", ".mhtml"), "mail.mht:read_mht"),
        FileKind(
            "zip",
            "archive of files",
            (".zip",),
            "archives.zip:read_zip",
            inner_reader="archives.zip:zip_files",
            is_folder=True,
        ),
        FileKind("rst", "reStructuredText", (".rst", ".rest"), "markup.rst:read_rst", is_plain_text=True),
        FileKind("org", "Org mode", (".org",), "markup.org:read_org", is_plain_text=True),
        FileKind("adoc", "AsciiDoc", (".adoc", ".asciidoc"), "markup.adoc:read_adoc", is_plain_text=True),
        FileKind("tex", "LaTeX", (".tex", ".latex", ".ltx"), "markup.tex:read_tex", is_plain_text=True),
        FileKind("log", "log", (".log",), "plain.code:read_log", is_plain_text=True),
        FileKind("srt", "subtitles", (".srt", ".vtt"), "plain.subtitles:read_subtitles", is_plain_text=True),
        FileKind("json", "JSON", (".json", ".jsonl", ".ndjson", ".geojson"), "plain.json:read_json"),
        FileKind("ipynb", "Jupyter notebook", (".ipynb",), "plain.notebook:read_notebook"),
        FileKind(
            "xml", "XML", (".xml", ".rss", ".atom", ".nxml", ".dbk", ".docbook", ".tei", ".fb2"), "markup.xml:read_xml"
        ),
        FileKind("yaml", "YAML", (".yaml", ".yml"), "plain.yaml:read_yaml"),
        FileKind("code", "source code or settings", _CODE_SUFFIXES, "plain.code:read_code", is_plain_text=True),
    )
}
"""The supported file kinds by name, in the order in which users see them."""

KIND_BY_SUFFIX: dict[str, str] = {suffix: kind.name for kind in FILE_KINDS.values() for suffix in kind.suffixes}
"""The supported suffixes, in lower case and with the dot, and the name of the kind that each stands for."""


def may_hold_files(file_name: str) -> bool:
    """Whether files of this kind may hold others, each a document of its own: archives and mails."""
    kind = file_kind(file_name)
    return kind is not None and kind.holds_files


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
