r"""Rich Text: characters in any code page, lists, tables, notes, fields, what is hidden or deleted."""

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument
from assistant.readers.rtf.reader import read_rtf
from tests.support.timing import assert_linear

LIMIT = 5_000_000
FONTS = (
    rb"{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fnil\fcharset204 Arial Cyr;}{\f2\fnil\fcharset128 MS Mincho;}"
    rb"{\f3\ftech\fcharset2 Symbol;}{\f4\fnil\fcharset238 Arial CE;}}"
)


def read(body: bytes, head: bytes = FONTS) -> ExtractedDocument:
    return read_rtf(rb"{\rtf1\ansi\ansicpg1252\deff0" + head + b"\n" + body + b"}", LIMIT)


def text(body: bytes, head: bytes = FONTS) -> str:
    return read(body, head).text


def test_a_file_of_one_sentence_is_read() -> None:
    """The smallest file that a program writes gives its sentence."""
    document = read_rtf(rb"{\rtf1\ansi The contract ends on 30 June 2026.}", LIMIT)
    assert (document.text, document.notes) == ("The contract ends on 30 June 2026.", ())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb"Caf\'e9 \'80 5", "Café € 5"),
        (rb"\f1 \'cc\'ee\'f1\'ea\'e2\'e0", "Москва"),
        (rb"\f2 \'93\'fa\'96\'7b", "日本"),
        (rb"\f2 \'83e", "テ"),  # the second byte of a character may be written as a letter
        (rb"\f4 \'b9\'eaw\'f3z", "ąęwóz"),
        (rb"{\f3 \'b3}-test", "≥-test"),
        (rb"\u8220?Oak\u8221?", "“Oak”"),
        (rb"\uc2\u8220\'84\'22Oak\uc0\u8221", "“Oak”"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"{\uc1\u228 {x}}y", "äxy"),
        (rb"Oak\~and\_ash\emdash\ldblquote x\rdblquote\{\}\\", "Oak and-ash—“x”{}\\"),
        (rb"opti\-onal", "optional"),
        (rb"one\line two\tab three", "one two three"),
        (rb"{\upr{Cafe}{\*\ud Caf\u233 ?}}", "Café"),
    ],
)  # fmt: skip
def test_characters(body: bytes, expected: str) -> None:
    """Bytes are decoded by their font's character set, numbers are Unicode, and signs have their characters."""
    assert text(body).replace("\u00a0", " ") == expected


def test_paragraphs_and_pages() -> None:
    """Each paragraph is a block; a page break ends one and is nothing else."""
    assert text(rb"One.\par Two.\page Three.\sect Four.") == "One.\n\nTwo.\n\nThree.\n\nFour."


def test_headings_are_known_by_style_and_by_level() -> None:
    """The name of a style, its level or the paragraph's own level makes a heading; a title is the document's."""
    head = (
        FONTS + rb"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 \'dcberschrift 2;}{\s3 Title;}"
        rb"{\s4\sbasedon1 Mine;}"
        rb"{\*\cs10 Default Font;}}"
    )
    body = (
        rb"\pard\s3 Report\par\pard\s1 Aims\par\pard\s2 Wells\par\pard\s4 More\par\pard\outlinelevel2 Deep\par"
        rb"\pard Text."
    )
    document = read(body, head)
    assert document.text.split("\n\n") == ["# Report", "# Aims", "## Wells", "# More", "### Deep", "Text."]
    assert [block.role for block in document.blocks][:2] == ["title", "body"]


def test_lists_have_the_numbers_that_are_shown() -> None:
    """The number of an item is its mark; bullets are none; nesting is kept."""
    body = (
        rb"\pard{\listtext\pard\plain 3.\tab}\ls1\ilvl0 Three\par{\listtext (a)\tab}\ilvl1 Deep\par"
        rb"\pard{\pntext\f3\'b7\tab}{\*\pn\pnlvlblt}Bullet\par\pard{\listtext\f0 o\tab}Circle\par\pard Text."
    )
    document = read(body)
    assert document.text == "3. Three\n  (a) Deep\n- Bullet\n- Circle\n\nText."
    assert [(block.kind, block.mark) for block in document.blocks][:2] == [("item", "3."), ("item", "(a)")]


def test_a_number_before_a_tab_is_a_mark_where_the_line_hangs() -> None:
    """Programs that know no lists write the number, a tab and a line that hangs."""
    document = read(rb"\pard\fi-360\li360 1.\tab One\par\pard\fi-360\li360 \bullet\tab Two\par\pard 1.\tab Three")
    assert [(block.kind, block.mark) for block in document.blocks] == [("item", "1."), ("item", ""), ("paragraph", "")]


def test_a_table_with_merged_cells() -> None:
    """Cells merged to the right and down stand where they belong; header rows are those that the file names."""
    body = (
        rb"\trowd\trhdr\cellx1000\cellx2000\cellx3000\pard\intbl Class\cell Adults\cell Children\cell\row"
        rb"\trowd\clvmgf\cellx1000\cellx2000\cellx3000\intbl A\cell 18\cell 9\cell\row"
        rb"\trowd\clvmrg\cellx1000\clmgf\cellx2000\clmrg\cellx3000\intbl\cell free\cell\cell\row"
        rb"\trowd\cellx1000\cellx3000\intbl B\cell closed\cell\row\pard After."
    )
    document = read(body)
    assert document.text.split("\n") == [
        "| Class | Adults | Children |", "|---|---|---|", "| A | 18 | 9 |", "| A | free |  |", "| B | closed |  |",
        "", "After.",
    ]  # fmt: skip
    table = document.blocks[0].table
    assert table is not None
    assert table.header_rows == 1


def test_a_table_in_a_cell_stands_behind() -> None:
    """The inner table is a table of its own, and what stands there for old programs is not read."""
    inner = (
        rb"\pard\intbl\itap2 Oak\nestcell 12\nestcell{\*\nesttableprops\trowd\cellx500\cellx900\nestrow}"
        rb"{\nonesttables OLD\par}"
    )
    body = rb"\trowd\cellx1000\cellx2000\pard\intbl\itap1 Tree\cell Age\cell\row\pard\intbl Big\par " + inner
    body += rb"\pard\intbl\itap1 more\cell last\cell\row\pard After."
    assert text(body) == "| Tree | Age |\n|---|---|\n| Big more | last |\n\n|  |  |\n|---|---|\n| Oak | 12 |\n\nAfter."


def test_notes_stand_behind_their_paragraph() -> None:
    """Footnotes and endnotes are counted apart; a mark of the author's own is his; comments have no mark."""
    body = (
        rb"\aftnnrlc We lent 48,210{\super\chftn{\footnote\pard\plain{\super\chftn} In 2024.}} books"
        rb"{\super\chftn{\footnote\ftnalt\pard\plain{\super\chftn} And maps.}} and 12"
        rb"{\super *{\footnote\pard * No films.}} reels"
        rb"{\*\atnid AB}{\*\atnauthor Anna Berg}\chatn"
        rb"{\*\annotation{\*\atndate 128152222}\pard\plain Check this.}.\par Next."
    )
    document = read(body)
    assert document.text.split("\n\n") == [
        "We lent 48,210 ¹ books ⁱ and 12 * reels.", "¹ In 2024.", "ⁱ And maps.", "* No films.",
        "Anna Berg, 2022-03-14: Check this.", "Next.",
    ]  # fmt: skip
    assert [block.label for block in document.blocks] == ["", "footnote", "endnote", "footnote", "comment", ""]
    anchors = [document.text.index(place) for place in ("¹", "ⁱ", "*", ".\n")]
    assert [block.anchor for block in document.blocks[1:5]] == anchors


def test_raised_lowered_struck_deleted_and_hidden() -> None:
    """Exponents stay on their base; what is struck out, deleted or hidden is left out and said."""
    body = (
        rb"10{\super 6} of CO{\sub 2}, {\strike 20}{\deleted 19}{\revised 18} euros{\v secret}"
        rb" and{\strike\plain  so on}"
        rb" m{\up6 2}{\up0 .}"
    )
    document = read(body)
    assert document.text == "10⁶ of CO₂, 18 euros and so on m²."
    assert document.notes == ("struck out or deleted text in it is left out", "hidden text in it is left out")


def test_fields_show_their_results() -> None:
    """A link has its target, a table of contents its role; instructions are no text."""
    body = (
        rb'See {\field{\*\fldinst HYPERLINK "https://example.org/a" \\l "b"}{\fldrslt{\ul the list}}}.\par'
        rb"{\field{\*\fldinst TOC \\o}{\fldrslt Wells\tab 3\par Pumps\tab 5}}\par "
        rb"Text {\field{\*\fldinst PAGE}{\fldrslt 7}}."
    )
    document = read(body)
    assert document.text == "See the list.\n\nWells 3\n\nPumps 5\n\nText 7."
    assert document.blocks[0].runs[0].target == "https://example.org/a#b"
    assert [block.role for block in document.blocks] == ["body", "contents", "contents", "body"]


def test_forms_tell_what_is_chosen() -> None:
    """A box is ticked or not, a list shows its choice."""
    box = rb"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres%d\ffdefres%d{\*\ffname Box}}}}{\fldrslt }}"
    choice = rb"{\field{\*\fldinst FORMDROPDOWN {\*\formfield{\fftype2\ffres1{\*\ffl Bern}{\*\ffl Basel}}}}{\fldrslt }}"
    body = (
        box % (1, 0) + rb" Pump\par " + box % (25, 0) + rb" Well\par " + box % (25, 1) + rb" Rope\par Town: " + choice
    )
    document = read(body)
    assert document.text == "[x] Pump\n\n[ ] Well\n\n[x] Rope\n\nTown: Basel"
    assert [block.is_ticked for block in document.blocks] == [True, False, True, None]


def test_headers_and_footers_come_once() -> None:
    """Headers are read once, whatever pages they are for; a bare page number is nothing."""
    body = (
        rb"{\header Village council\par}{\headerf Village council}{\footer\chpgn}{\footerl Page "
        rb"{\field{\*\fldinst PAGE}{\fldrslt 9}}}The body."
    )
    document = read(body)
    assert document.text == "Village council\n\nThe body.\n\nPage"
    assert [block.role for block in document.blocks] == ["header", "body", "page_number"]


def test_a_table_in_each_header_comes_once() -> None:
    """A header that its sections repeat is read once, tables too."""
    header = rb"{\header Council\par\trowd\cellx900\cellx1800 Town\intbl\cell Rain\intbl\cell\row\pard}"
    document = read(
        header + rb"One.\par\sect" + header + rb"Two.\par\sect" + header.replace(b"Rain", b"Snow") + b"Three."
    )
    assert (1, 1, 1) == tuple(map(document.text.count, ("Council", "Rain", "Snow")))


@pytest.mark.hostile
def test_many_headers_take_linear_time() -> None:
    """Each is compared with those before it in one step."""
    assert_linear(
        lambda text: read(b"".join(b"{\\header h%d}" % number for number in range(8 * len(text))) + b"a"),
        lambda count: " " * count,
    )


def test_what_is_not_text_is_counted() -> None:
    """Pictures and embedded objects are named in notes; one picture in two forms is one; boxes are read once."""
    body = (
        rb"Text.{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict 0001}}"
        rb"{\object\objemb{\*\objclass Excel.Sheet.12}{\*\objdata 0105}{\result{\pict 00}}}"
        rb"{\shp{\*\shpinst{\sp{\sn fill}{\sv 1}}{\shptxt In the box.\par}}{\shprslt In the box.}}"
    )
    document = read(body)
    assert document.text == "Text.\n\nIn the box."
    assert document.notes == ("1 picture in it is not read", "1 embedded Excel.Sheet.12 object in it is not read")


def test_metadata_are_read() -> None:
    """Title, author, the day of the last save, and the language of most of the text."""
    info = (
        rb"{\info{\title Lease of the caf\'e9}{\author Anna Berg}{\operator Bob}{\creatim\yr2023\mo5\dy4}"
        rb"{\revtim\yr2024\mo3\dy12\hr9}{\doccomm Secret}}"
    )
    document = read(rb"\lang1033 Hi {\lang2055 Der Vertrag endet am 30. Juni.}", FONTS + info)
    assert (document.title, document.author, document.language) == ("Lease of the café", "Anna Berg", "de-CH")
    assert (document.date, document.text) == (dt.date(2024, 3, 12), "Hi Der Vertrag endet am 30. Juni.")


def test_a_file_that_ends_early_says_so() -> None:
    """What is there is read."""
    document = read_rtf(rb"{\rtf1\ansi The contract {\b ends", LIMIT)
    assert document.text == "The contract ends"
    assert document.notes == ("it ends before its last group does: its end may be missing",)


def test_another_file_is_refused() -> None:
    """A text with the ending of Rich Text is refused with the reason."""
    with pytest.raises(ReadingError, match=r"not a real \.rtf file"):
        read_rtf(b"Dear Sir or Madam", LIMIT)


@pytest.mark.parametrize(
    "body",
    [
        b"{" * 200_000,
        b"{\\b" * 9_000 + b"x" + b"}" * 9_000,
        b"}" * 200_000,
        b"\\bin999999999999 " + b"x" * 1_000,
        b"\\bin-5 x",
        b"\\uc999999999\\u8220 " + b"x" * 100_000,
        b"\\u99999999999 x",
        b"\\itap999999999\\nestcell\\nestrow" * 2_000,
        b"\\trowd" + b"\\cellx1" * 100_000 + b"\\cell" * 100_000 + b"\\row",
        b"\\trowd\\clvmgf\\cellx1\\cellx2 a\\cell b\\cell\\row"
        + b"\\trowd\\clvmrg\\cellx1\\cellx2 a\\cell b\\cell\\row" * 10_000,
        b"{\\footnote " * 5_000 + b"x" + b"}" * 5_000,
        b"{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt " * 3_000 + b"x",
        b"{\\*\\shpinst{\\shptxt " * 3_000 + b"x" + b"}" * 6_000,
        b"\\" * 200_001,
        b"\\'" * 100_000,
        b"\\" + b"a" * 1_000_000,
        b"\\b" + b"9" * 1_000_000,
    ],
    ids=str,
)  # fmt: skip
def test_hostile_files_end_soon(body: bytes) -> None:
    """Deep groups, huge counts and endless rows are read or refused, in seconds."""
    began = time.monotonic()
    try:
        document = read_rtf(b"{\\rtf1 " + body, LIMIT)
    except ReadingError as error:
        assert "nested too deeply" in str(error)  # noqa: PT017 — most are read
    else:
        assert len(document.text) < 10_000_000
    assert time.monotonic() - began < 60  # it would take many minutes otherwise


WORDS = st.sampled_from(
    [b"{", b"}",
     b"\\par ", b"\\cell ", b"\\row ", b"\\trowd ", b"\\cellx100 ", b"\\intbl ", b"\\itap2 ", b"\\nestcell ",
     b"{\\footnote ",
     b"{\\*\\annotation ", b"\\chftn ", b"{\\listtext ", b"{\\field", b"{\\*\\fldinst TOC}", b"{\\fldrslt ",
     b"\\u8220", b"\\uc3 ", b"\\'e9", b"\\f3 ", b"\\f2 ", b"{\\fonttbl", b"{\\stylesheet", b"\\s1 ", b";", b"\\bin3 ",
     b"{\\header ",
     b"{\\info{\\title ", b"{\\shp{\\*\\shpinst{\\shptxt ", b"{\\upr", b"{\\*\\ud ", b"\\v ", b"\\deleted ",
     b"\\super ",
     b"\\*", b"\\clmrg ", b"\\clvmrg ", b"\\clvmgf ", b"\\outlinelevel1 ", b"{\\mnum ", b"\\ftnalt ", b"[x]", b"|"]
)  # fmt: skip


@given(st.lists(WORDS | st.binary(max_size=6), max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_tokens_give_text_or_a_reason(pieces: list[bytes]) -> None:
    """Whatever stands in a file, its text and the offsets of its blocks are whole."""
    document = read_rtf(b"{\\rtf1" + FONTS + b" " + b"".join(pieces), LIMIT)
    assert all(0 <= block.start < block.end <= len(document.text) for block in document.blocks)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Co")), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_characters_survive(characters: str) -> None:
    """Characters that are written as numbers in Unicode come back."""
    units = characters.encode("utf-16-le")
    numbers = [int.from_bytes(units[place : place + 2], "little") for place in range(0, len(units), 2)]
    body = "".join(f"\\u{number - 0x10000 if number > 0x7FFF else number}?" for number in numbers)
    assert text(body.encode()) == characters
