"""Title and date of Word documents and PowerPoint decks: both keep the same properties."""

from dataclasses import dataclass
from datetime import date

from assistant.readers.extract import collapse_whitespace
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.office.package import OfficePackage, local_name

# Those of the templates of python-docx and python-pptx, which most who write with them leave as they are.
_TEMPLATE_DATES = {date(2013, 12, 23), date(2013, 1, 27)}
_TEMPLATE_AUTHORS = {"python-docx", "Steve Canny", "anonymous", "(anonymous)"}  # the last two are reportlab's
_MAX_WORD_CHARS = 300  # of an author's name


@dataclass(frozen=True, slots=True)
class PackageProperties:
    """What a package says about itself; empty where it says nothing worth showing."""

    title: str = ""
    author: str = ""
    language: str = ""
    modified: str = ""
    created: str = ""

    @property
    def date(self) -> date | None:
        """The day of the last save, up to which somebody looked after the text."""
        return shown_date(parse_date(self.modified) or parse_date(self.created))


def package_properties(package: OfficePackage) -> PackageProperties:
    """The properties of a package; none where they are missing or damaged."""
    relations = package.relations_of("").values()
    names = [relation.target for relation in relations if relation.kind == "core-properties"]
    part = package.part(names[0] if names else "docProps/core.xml")
    words = {local_name(element): collapse_whitespace(element.text or "") for element in part.root} if part else {}
    return PackageProperties(
        clean_title(words.get("title")),
        shown_author(words.get("creator", "")),
        words.get("language", ""),
        words.get("modified", ""),
        words.get("created", ""),
    )


def shown_author(author: str) -> str:
    """An author's name; "" for that of a library's template."""
    return "" if author in _TEMPLATE_AUTHORS else collapse_whitespace(author)[:_MAX_WORD_CHARS]


def shown_date(saved: date | None) -> date | None:
    """The day of the last save; None for that of a library's template."""
    return None if saved in _TEMPLATE_DATES else saved
