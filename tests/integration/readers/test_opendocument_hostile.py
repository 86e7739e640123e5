"""OpenDocument files that mean harm or were damaged: a document or one reason, soon."""

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import read_bytes
from tests.support.files import lying_zip_bomb, replace_member, sample_files, zip_bomb, zip_file
from tests.support.odf_files import flat_odf, odf, row

LIMIT = 1_000_000
NAMES = ("minutes.odt", "budget.ods", "talk.odp")
SAMPLES = sample_files()


def outcome(data: bytes, name: str) -> str:
    """The text of a file, or the one line that says why there is none."""
    try:
        return read_bytes(data, name, max_bytes=LIMIT).text
    except ReadingError as error:
        return str(error)


@pytest.mark.parametrize("name", NAMES)
def test_bombs_are_refused(name: str) -> None:
    """What unpacks to far more than it may is refused, also where it declares to be small."""
    assert "a zip bomb?" in outcome(zip_bomb(SAMPLES[name], "content.xml", 50_000_000), name)
    assert "it cannot be unpacked" in outcome(lying_zip_bomb(SAMPLES[name], "content.xml", 50_000_000), name)


@pytest.mark.parametrize("name", NAMES)
def test_no_entity_unfolds(name: str) -> None:
    """Entities in text or attributes stay small, and nothing outside the file is looked at."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
    head = f'<!DOCTYPE x [<!ENTITY a0 "lol lol">{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    with zipfile.ZipFile(io.BytesIO(SAMPLES[name])) as sound:
        content = sound.read("content.xml").decode()
    for laughing in (
        content.replace("</text:p>", "&a10;&f;</text:p>", 1),
        content.replace("<text:p>", '<text:p text:style-name="&a10;">', 1),
    ):
        text_or_reason = outcome(replace_member(SAMPLES[name], "content.xml", head + laughing), name)
        assert text_or_reason.count("lol") < 3
        assert "root:" not in text_or_reason


@pytest.mark.parametrize("tag", ["text:span", "text:section", "text:list", "draw:g", "table:table"])
@pytest.mark.parametrize("depth", [200, 100_000])
def test_deep_nesting_is_no_crash(tag: str, depth: int) -> None:
    """Elements in elements by the thousand are read or refused."""
    began = time.monotonic()
    body = f"<text:p>{f'<{tag}>' * depth}Deep.{f'</{tag}>' * depth}</text:p>"
    text_or_reason = outcome(odf(body), "a.odt")
    assert "Deep." in text_or_reason or "damaged" in text_or_reason or "empty" in text_or_reason
    assert time.monotonic() - began < 60  # it would take many minutes otherwise


def test_tables_in_tables_end_soon() -> None:
    """Tables nested dozens of levels deep are each read once."""
    cell = "<table:table><table:table-row><table:table-cell><text:p>{}</text:p>"
    end = "</table:table-cell><table:table-cell/></table:table-row></table:table>"
    body = "".join(cell.format(level) for level in range(50)) + end * 50
    began = time.monotonic()
    assert "49" in outcome(odf(body), "a.odt")
    assert time.monotonic() - began < 60  # it would take many minutes otherwise


def test_repeats_of_repeats_are_bounded() -> None:
    """A long text in a cell that is repeated in all directions gives no text of that size."""
    cell = (
        f'<table:table-cell table:number-columns-repeated="500"><text:p>{"long " * 2_000}</text:p></table:table-cell>'
    )
    rows = f'<table:table-row table:number-rows-repeated="100000">{cell}</table:table-row>'
    table = f"<table:table>{row('A', 'B')}{rows}</table:table>"
    assert len(outcome(odf(table), "a.odt")) < 20_000_000
    assert len(outcome(odf(table, kind="spreadsheet"), "a.ods")) < 20_000_000


def test_an_object_that_is_used_often_is_read_once() -> None:
    """A formula that is embedded a thousand times is read where it stands first."""
    math = f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>{"x" * 10_000}</mi></math>'
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    text = outcome(odf(f"<text:p>{frame * 1_000}</text:p>", members={"Object 1/content.xml": math}), "a.odt")
    assert text.count("x" * 10_000) == 1


PIECES = st.sampled_from(
    ["<text:p>", "</text:p>", "<text:list>", "<text:list-item>", "</text:list>", "<text:h text:outline-level='-1'>",
     "Oak", "<table:table>", "<table:table-row>", "<table:table-cell table:number-columns-spanned='9999999'>",
     "</table:table>", "<text:note>", "<draw:frame>", "<draw:page>", "<text:s text:c='½'/>", "<office:annotation>",
     "</office:annotation>"]
)  # fmt: skip


@given(st.sampled_from(["text", "spreadsheet", "presentation"]), st.lists(PIECES, max_size=40), st.booleans())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_elements_give_a_document_or_a_reason(kind: str, pieces: list[str], is_flat: bool) -> None:
    """Whatever elements stand in a file, and in whatever order, it is read or refused."""
    from lxml import etree

    names = flat_odf("").decode().split("<office:document ", 1)[1].split(">", 1)[0]
    mended = etree.fromstring(f"<x {names}>{''.join(pieces)}</x>".encode(), etree.XMLParser(recover=True))
    body = "" if mended is None else "".join(etree.tostring(element, encoding="unicode") for element in mended)
    data = flat_odf(body, kind=kind) if is_flat else odf(body, kind=kind)
    name = {"text": "a.odt", "spreadsheet": "a.ods", "presentation": "a.odp"}[kind]
    text_or_reason = outcome(data, name)
    assert "damaged" not in text_or_reason
    assert ("Oak" in text_or_reason) <= ("Oak" in body)


@given(st.data(), st.sampled_from(NAMES))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_damaged_members(data: st.DataObject, name: str) -> None:
    """A member with flipped, cut or repeated bytes gives a document or one reason."""
    with zipfile.ZipFile(io.BytesIO(SAMPLES[name])) as sound:
        members: dict[str, str | bytes] = {member: sound.read(member) for member in sound.namelist()}
    content = bytes(members["content.xml"]) if isinstance(members["content.xml"], bytes) else b""
    start = data.draw(st.integers(0, len(content)))
    end = start + data.draw(st.integers(0, 30))
    members["content.xml"] = content[:start] + data.draw(st.binary(max_size=8)) + content[end:]
    assert outcome(zip_file(members), name)
