"""OpenDocument text: lists as counted, notes, comments, tables, tracked changes, what is hidden, drawn or embedded."""

import datetime as dt

import pytest

from assistant.errors import ReadingError
from assistant.readers.extract import ExtractedDocument
from assistant.readers.opendocument.odt import read_odt
from assistant.structure import Block
from tests.support.odf_files import flat_odf, odf, row, text_style

LIMIT = 5_000_000
NUMBERED = (
    '<text:list-style style:name="L1">'
    '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>'
    '<text:list-level-style-number text:level="3" style:num-format="I" style:num-suffix="." text:display-levels="3"/>'
    "</text:list-style>"
)


def read(body: str, *, automatic: str = "", styles: str = "", masters: str = "", meta: str = "") -> ExtractedDocument:
    return read_odt(odf(body, automatic=automatic, styles=styles, masters=masters, meta=meta), LIMIT)


def words(document: ExtractedDocument, block: Block) -> str:
    return document.text[block.start : block.end]


def item(*content: str, attributes: str = "") -> str:
    parts = (part if part.startswith("<") else f"<text:p>{part}</text:p>" for part in content)
    return f"<text:list-item {attributes}>{''.join(parts)}</text:list-item>"


def test_a_file_of_one_sentence_is_read() -> None:
    """The smallest file that a program writes gives its sentence."""
    document = read("<text:p>The well is 18 metres deep.</text:p>")
    assert document.text == "The well is 18 metres deep."
    assert [(block.kind, block.start, block.end) for block in document.blocks] == [("paragraph", 0, 27)]


def test_a_flat_file_is_read_without_its_pictures() -> None:
    """A file that is one XML document is read too; the bytes of its pictures never become words."""
    picture = "<draw:frame><draw:image><office:binary-data>iVBORw0KGgo=</office:binary-data></draw:image></draw:frame>"
    document = read_odt(flat_odf(f"<text:p>A well.{picture}</text:p>"), LIMIT)
    assert document.text == "A well."
    assert document.notes == ("1 picture in it is not read",)


def test_lists_have_the_numbers_that_are_counted() -> None:
    """Numbers come from the list's style: formats, prefixes, several levels shown, start values, nesting."""
    deepest = f"<text:list>{item('Deepest')}</text:list>"
    deeper = f"<text:list>{item('Deeper', deepest)}{item('Again')}</text:list>"
    body = f'<text:list text:style-name="L1">{item("One")}{item("Two", deeper)}'
    body += (
        f"{item('Seven', attributes='text:start-value=&quot;7&quot;').replace('&quot;', chr(34))}"
        f"{item('Eight')}</text:list>"
    )
    document = read(body, automatic=NUMBERED)
    assert document.text.split("\n") == [
        "1. One", "2. Two", "  (a) Deeper", "    2.a.I. Deepest", "  (b) Again", "7. Seven", "8. Eight"
    ]  # fmt: skip
    assert [block.level for block in document.blocks] == [0, 0, 1, 2, 1, 0, 0]
    assert [block.mark for block in document.blocks][:3] == ["1.", "2.", "(a)"]


def test_a_list_goes_on_behind_a_paragraph() -> None:
    """A list that continues another one goes on counting; any other begins anew."""
    first = f'<text:list xml:id="a" text:style-name="L1">{item("One")}</text:list><text:p>Between.</text:p>'
    more = (
        f'<text:list text:style-name="L1" text:continue-numbering="true">{item("Two")}</text:list><text:p>X.</text:p>'
    )
    by_id = f'<text:list text:continue-list="a">{item("Three")}</text:list><text:p>Y.</text:p>'
    new = f'<text:list text:style-name="L1">{item("New")}</text:list>'
    by_id = by_id.replace("text:continue-list", 'text:style-name="L1" text:continue-list')
    marks = [
        block.mark for block in read(first + more + by_id + new, automatic=NUMBERED).blocks if block.kind == "item"
    ]
    assert marks == ["1.", "2.", "3.", "1."]


def test_only_the_first_paragraph_of_an_item_has_its_number() -> None:
    """Further paragraphs of an item, and list headers, have none."""
    body = '<text:list text:style-name="L1"><text:list-header><text:p>Head</text:p></text:list-header>'
    document = read(f"{body}{item('One', 'More of it.')}{item('Two')}</text:list>", automatic=NUMBERED)
    assert document.text == "Head\n\n1. One\n\nMore of it.\n\n2. Two"


def test_headings_have_their_level_and_number() -> None:
    """The outline counts headings; one that is a list header has no number, and does not count."""
    outline = (
        '<text:outline-style style:name="Outline">'
        '<text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
        "</text:outline-style>"
    )
    heading = '<text:h text:outline-level="{}"{}>{}</text:h>'
    parts = [
        (1, "", "Aims"),
        (2, "", "Water"),
        (2, "", "Wells"),
        (1, ' text:is-list-header="true"', "Annex"),
        (1, "", "End"),
    ]
    document = read("".join(heading.format(*part) for part in parts), styles=outline)
    assert document.text.split("\n\n") == ["# 1. Aims", "## 1.1 Water", "## 1.2 Wells", "# Annex", "# 2. End"]
    assert [(block.kind, block.level, block.mark) for block in document.blocks][:2] == [
        ("heading", 1, "1."),
        ("heading", 2, "1.1"),
    ]


def test_a_note_stands_behind_its_paragraph_with_its_anchor() -> None:
    """The mark of a footnote is set off from a figure, and the note knows the place of it."""
    note = (
        '<text:note text:note-class="{}"><text:note-citation>{}</text:note-citation><text:note-body>'
        "<text:p>{}</text:p></text:note-body></text:note>"
    )
    footnote_3, endnote_i = note.format("footnote", "3", "In 2024."), note.format("endnote", "i", "And maps.")
    body = f"<text:p>We lent 48,210{footnote_3} books{endnote_i}.</text:p>"
    document = read(f"{body}<text:p>Next.</text:p>")
    assert document.text == "We lent 48,210 ³ books ⁱ.\n\n³ In 2024.\n\nⁱ And maps.\n\nNext."
    footnote, endnote = document.blocks[1:3]
    assert (footnote.label, footnote.mark, footnote.anchor) == ("footnote", "3", document.text.index("³"))
    assert (endnote.label, endnote.anchor) == ("endnote", document.text.index("ⁱ"))


def test_a_comment_names_who_made_it_and_when() -> None:
    """A comment is a note at its place, without any mark in the text."""
    comment = (
        "<office:annotation><dc:creator>Anna Berg</dc:creator><dc:date>2024-03-12T10:00:00</dc:date>"
        "<text:p>Check this.</text:p></office:annotation>"
    )
    document = read(f"<text:p>It costs 18{comment} euros.</text:p>")
    assert document.text == "It costs 18 euros.\n\nAnna Berg, 2024-03-12: Check this."
    assert (document.blocks[1].label, document.blocks[1].anchor) == ("comment", len("It costs 18"))


def test_notes_in_notes_take_no_time() -> None:
    """Notes nested dozens of levels deep are each read once."""
    depth = 60
    begin = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Deep {}"
    body = "".join(begin.format(level) for level in range(depth)) + "</text:p></text:note-body></text:note>" * depth
    text = read(f"<text:p>Top.{body}</text:p>").text
    assert all(text.count(f"Deep {level} ") == 1 for level in range(depth - 1))


def test_styles_raise_lower_strike_and_hide() -> None:
    """What styles make of characters holds also where it is inherited, and may be taken back."""
    styles = (
        text_style("Up", 'style:text-position="super 58%"')
        + text_style("Gone", 'style:text-line-through-style="solid"')
        + text_style("Secret", 'text:display="none"')
    )
    automatic = (
        text_style("T1", 'fo:color="#000000"', more='style:parent-style-name="Up"')
        + text_style("T2", 'style:text-position="-33% 58%"')
        + text_style("T3", 'fo:color="#000000"', more='style:parent-style-name="Gone"')
        + text_style("T4", 'style:text-line-through-style="none"')
        + text_style("T5", 'fo:color="#000000"', more='style:parent-style-name="Secret"')
    )
    span = '<text:span text:style-name="{}">{}</text:span>'
    body = f"10{span.format('T1', '6')} of CO{span.format('T2', '2')}, "
    body += f"{span.format('T3', 'not ' + span.format('T4', 'and') + ' valid')} now{span.format('T5', ' or never')}."
    document = read(f"<text:p>{body}</text:p>", styles=styles, automatic=automatic)
    assert document.text == "10⁶ of CO₂, and now."
    assert [run.kind for run in document.blocks[0].runs] == ["raised", "lowered"]
    assert document.notes == ("struck out or deleted text in it is left out", "hidden text in it is left out")


def test_a_style_that_is_its_own_parent_is_no_endless_loop() -> None:
    """A cycle of styles is followed a few steps and no further."""
    cycle = text_style("A", "", more='style:parent-style-name="B"') + text_style(
        "B", "", more='style:parent-style-name="A"'
    )
    assert read('<text:p><text:span text:style-name="A">Read.</text:span></text:p>', automatic=cycle).text == "Read."


def test_tracked_deletions_are_out_and_insertions_in() -> None:
    """What a reviewer deleted is left out with a note, in a paragraph and between paragraphs."""
    region = '<text:changed-region xml:id="c{0}" text:id="c{0}"><text:{1}>{2}</text:{1}></text:changed-region>'
    info = "<office:change-info><dc:creator>Anna</dc:creator></office:change-info>"
    changes = region.format(1, "deletion", f"{info}<text:p>20</text:p>") + region.format(2, "insertion", info)
    changes += region.format(3, "deletion", f"{info}<text:p>A whole paragraph.</text:p>")
    body = (
        f"<text:tracked-changes>{changes}</text:tracked-changes>"
        '<text:p>It costs <text:change text:change-id="c1"/><text:change-start text:change-id="c2"/>18'
        '<text:change-end text:change-id="c2"/> euros.</text:p><text:change text:change-id="c3"/>'
    )
    document = read(body)
    assert document.text == "It costs 18 euros."
    assert document.notes == ("struck out or deleted text in it is left out",)


def test_hidden_sections_paragraphs_and_fields_are_left_out() -> None:
    """What the program doesn't show is not read, and the document says so."""
    body = (
        '<text:section text:display="none"><text:p>Secret section.</text:p></text:section>'
        '<text:p><text:hidden-paragraph text:is-hidden="true"/>Secret paragraph.</text:p>'
        '<text:p>Open<text:hidden-text text:is-hidden="true">secret field</text:hidden-text>.</text:p>'
        "<text:section><text:p>Open section.</text:p></text:section>"
    )
    document = read(body)
    assert document.text == "Open.\n\nOpen section."
    assert document.notes == ("hidden text in it is left out",)


def test_a_table_has_its_spans_and_header_rows() -> None:
    """Cells over rows and columns stand where they belong; the header rows are those that the file names."""
    cell = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"
    covered = "<table:covered-table-cell/>"
    header = cell.format("", "Class") + cell.format("", "Adults") + cell.format("", "Children")
    first = cell.format('table:number-rows-spanned="2"', "A") + cell.format("", "18") + cell.format("", "9")
    second = covered + cell.format('table:number-columns-spanned="2"', "free") + covered
    body = (
        f'<table:table table:name="Prices"><table:table-column table:number-columns-repeated="3"/>'
        f"<table:table-header-rows><table:table-row>{header}</table:table-row></table:table-header-rows>"
        f"<table:table-row>{first}</table:table-row><table:table-row>{second}</table:table-row></table:table>"
    )
    document = read(body)
    assert document.text.split("\n") == [
        "| Class | Adults | Children |", "|---|---|---|", "| A | 18 | 9 |", "| A | free |  |"
    ]  # fmt: skip
    table = document.blocks[0].table
    assert table is not None
    assert (table.header_rows, [column.name for column in table.columns]) == (1, ["Class", "Adults", "Children"])


@pytest.mark.parametrize("attribute", ["table:number-rows-repeated", "table:number-columns-repeated"])
def test_a_million_repeated_cells_are_bounded(attribute: str) -> None:
    """Counts that no table has give no table of that size."""
    cells = row("Oak", "12").replace("<table:table-cell>", f'<table:table-cell {attribute}="999999999">', 1)
    cells = cells.replace("<table:table-row>", f'<table:table-row {attribute}="999999999">')
    document = read(f"<table:table>{row('Tree', 'Age')}{cells}</table:table>")
    assert "| Oak |" in document.text
    assert len(document.text) < 10_000_000


def test_a_table_of_one_column_is_only_layout() -> None:
    """Text that somebody put into a frame of one column is read as text, with a table in it as a table."""
    inner = f"<table:table>{row('Tree', 'Age')}{row('Oak', '12')}</table:table>"
    body = (
        f"<table:table><table:table-row><table:table-cell><text:h text:outline-level='2'>Trees</text:h>"
        f"<text:p>Old ones.</text:p>{inner}</table:table-cell></table:table-row></table:table>"
    )
    assert read(body).text == "## Trees\n\nOld ones.\n\n| Tree | Age |\n|---|---|\n| Oak | 12 |"


def test_a_divided_cell_gives_the_table_its_rows_and_columns() -> None:
    """A cell that is divided is no table of its own: what stands beside it holds for all of its rows."""
    inner = f'<table:table table:is-sub-table="true">{row("Adults", "18")}{row("Children", "9")}</table:table>'
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    divided = f"<table:table-row>{cell.format('Bern')}<table:table-cell>{inner}</table:table-cell></table:table-row>"
    body = f"<table:table>{row('Town', 'Prices')}{divided}{row('Chur', 'closed')}</table:table>"
    assert read(body).text.split("\n")[2:] == [
        "| Bern | Adults | 18 |",
        "| Bern | Children | 9 |",
        "| Chur | closed |  |",
    ]


def test_generated_parts_have_their_roles() -> None:
    """The table of contents, the bibliography and the index are marked as such; their templates are not text."""
    part = (
        "<text:{0}><text:{0}-source><text:index-title-template>Template</text:index-title-template></text:{0}-source>"
    )
    part += (
        "<text:index-body><text:index-title><text:p>{1}</text:p></text:index-title><text:p>{2}</text:p>"
        "</text:index-body></text:{0}>"
    )
    body = (
        part.format("table-of-content", "Contents", "Wells 3")
        + "<text:p>The body.</text:p>"
        + part.format("bibliography", "References", "Berg 2020")
        + part.format("alphabetical-index", "Index", "well 3")
    )
    document = read(body)
    assert [(block.role, words(document, block)) for block in document.blocks] == [
        ("contents", "Contents"), ("contents", "Wells 3"), ("body", "The body."), ("bibliography", "References"),
        ("bibliography", "Berg 2020"), ("index", "Index"), ("index", "well 3"),
    ]  # fmt: skip


def test_headers_and_footers_come_once() -> None:
    """The header of all master pages is read once, a bare page number not at all."""
    header = "<style:header><text:p>Village council</text:p></style:header>"
    footer = "<style:footer><text:p><text:page-number>1</text:page-number></text:p></style:footer>"
    named = "<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer>"
    masters = f'<style:master-page style:name="A">{header}{footer}</style:master-page>'
    masters += f'<style:master-page style:name="B">{header}{named}</style:master-page>'
    document = read("<text:p>The body.</text:p>", masters=masters)
    assert [(block.role, words(document, block)) for block in document.blocks] == [
        ("header", "Village council"), ("body", "The body."), ("page_number", "Page 1")
    ]  # fmt: skip


def test_captions_titles_and_code_are_told() -> None:
    """Paragraph styles and counted numbers tell what a paragraph is."""
    styles = '<style:style style:name="Code" style:display-name="Preformatted Text" style:family="paragraph"/>'
    body = (
        '<text:p text:style-name="Title">Report</text:p>'
        '<text:p>Table <text:sequence text:name="Table">2</text:sequence>: Prices</text:p>'
        '<text:p text:style-name="Code">if ready:</text:p>'
        '<text:p text:style-name="Code"><text:s text:c="4"/>start()</text:p>'
    )
    document = read(body, styles=styles)
    assert [(block.kind, block.role, words(document, block)) for block in document.blocks] == [
        ("heading", "title", "Report"), ("caption", "body", "Table 2: Prices"),
        ("code", "body", "if ready:\n    start()")
    ]  # fmt: skip


def test_a_frame_is_read_behind_its_paragraph() -> None:
    """The text of a box is no part of the sentence that it is anchored in, and comes once."""
    box = "<draw:frame><draw:text-box><text:p>In the box.</text:p></draw:text-box><draw:image/></draw:frame>"
    document = read(f"<text:p>Before {box}and after.</text:p>")
    assert document.text == "Before and after.\n\nIn the box."
    assert document.notes == ()


def test_forms_give_labels_and_values() -> None:
    """A control of a form is a field with its value, or a task with its box."""
    controls = (
        '<form:text form:id="c1" form:label="Name" form:current-value="Anna Berg"/>'
        '<form:checkbox form:id="c2" form:label="Member" form:current-state="checked"/>'
        '<form:checkbox form:id="c3" form:label="Donor" form:state="unchecked"/>'
        '<form:listbox form:id="c4" form:label="Town"><form:option form:label="Bern" form:current-selected="true"/>'
        '<form:option form:label="Basel"/></form:listbox><form:button form:id="c5" form:label="Send"/>'
    )
    shown = "".join(f'<text:p><draw:control draw:control="c{number}"/></text:p>' for number in range(1, 6))
    document = read(f"<office:forms><form:form>{controls}</form:form></office:forms>{shown}")
    assert document.text == "Name: Anna Berg\n\n[x] Member\n\n[ ] Donor\n\nTown: Bern"
    assert [(block.kind, block.label, block.is_ticked) for block in document.blocks] == [
        ("field", "Name", None), ("paragraph", "", True), ("paragraph", "", False), ("field", "Town", None)
    ]  # fmt: skip


def test_a_check_box_in_text_tells_whether_it_is_ticked() -> None:
    """A content control that is a box is written as one."""
    box = '<loext:content-control loext:checkbox="true" loext:checked="{}">{}</loext:content-control>'
    body = (
        f"<text:p>{box.format('true', '☒')} Pump tested</text:p>"
        f"<text:p>{box.format('false', '☐')} Well cleaned</text:p>"
    )
    document = read(body)
    assert document.text == "[x] Pump tested\n\n[ ] Well cleaned"
    assert [block.is_ticked for block in document.blocks] == [True, False]


def test_a_formula_is_text_in_its_sentence() -> None:
    """An embedded formula is read on one line, where it stands."""
    math = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>Y</mi><mo>=</mo><mfrac><mrow><mi>a</mi>'
        "<mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac><mo>−</mo><msup><mi>x</mi><mn>2</mn></msup></mrow>"
        "<annotation>{a+b} over 2</annotation></semantics></math>"
    )
    frame = '<draw:frame><draw:object xlink:href="./Object 1"/><draw:image/></draw:frame>'
    data = odf(f"<text:p>The yield is {frame}, where x is rain.</text:p>", members={"Object 1/content.xml": math})
    assert read_odt(data, LIMIT).text == "The yield is Y = (a + b)/2 − x², where x is rain."


def test_a_chart_gives_its_title_and_values() -> None:
    """The values that an embedded chart draws are a table; a chart without any is named in a note."""
    from tests.support.odf_files import NAMESPACES

    table = f"<table:table>{row('Month', 'Rain')}{row('May', '81')}{row('June', 'NaN')}</table:table>"
    chart = "<office:document-content {}><office:body><office:chart><chart:chart><chart:title><text:p>Rain</text:p>"
    chart += "</chart:title>{}</chart:chart></office:chart></office:body></office:document-content>"
    frame = '<text:p><draw:frame><draw:object xlink:href="./Object {}"/></draw:frame></text:p>'
    members: dict[str, str | bytes] = {
        "Object 1/content.xml": chart.format(NAMESPACES, table),
        "Object 2/content.xml": chart.format(NAMESPACES, ""),
    }
    document = read_odt(odf(frame.format(1) + frame.format(2) + frame.format(3), members=members), LIMIT)
    assert document.text.startswith("Rain\n\n| Month | Rain |\n|---|---|\n| May | 81 |\n| June |  |")
    assert document.notes == ("1 chart in it is not read", "1 embedded object in it is not read")


def test_links_and_spaces_are_kept() -> None:
    """A link is a run with its target; counted spaces, tabs and line breaks part words."""
    body = (
        '<text:p>See <text:a xlink:href="https://example.org/a">the list</text:a>:<text:tab/>one'
        '<text:line-break/>two<text:s text:c="999999999"/>three.</text:p>'
    )
    document = read(body)
    assert document.text == "See the list: one two three."
    assert [(run.kind, run.target) for run in document.blocks[0].runs] == [("link", "https://example.org/a")]


def test_metadata_are_read() -> None:
    """Title, author, language and day come from the metadata; the language else from the default style."""
    meta = (
        "<dc:title>Wells of the valley</dc:title><meta:initial-creator>Anna Berg</meta:initial-creator>"
        "<dc:creator>Somebody else</dc:creator><dc:date>2024-03-12T10:00:00</dc:date><dc:language>de-CH</dc:language>"
    )
    document = read("<text:p>Text.</text:p>", meta=meta)
    assert (document.title, document.author, document.language) == ("Wells of the valley", "Anna Berg", "de-CH")
    assert document.date == dt.date(2024, 3, 12)
    default = (
        '<style:default-style style:family="paragraph">'
        '<style:text-properties fo:language="fr" fo:country="FR"/></style:default-style>'
    )
    assert read("<text:p>Text.</text:p>", styles=default).language == "fr-FR"


def test_an_encrypted_file_says_so() -> None:
    """A file with a password is refused with the reason, and with what to do."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry>'
        "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    data = odf("<text:p>x</text:p>", members={"META-INF/manifest.xml": manifest, "content.xml": b"\x93\x01\xff"})
    with pytest.raises(ReadingError, match="encrypted: it needs a password"):
        read_odt(data, LIMIT)


def test_a_file_of_another_kind_is_named() -> None:
    """A spreadsheet with the ending of a text is refused with the ending that it needs, zipped or flat."""
    with pytest.raises(ReadingError, match=r"not a real \.odt file: it is a \.ods file"):
        read_odt(odf("", kind="spreadsheet"), LIMIT)
    with pytest.raises(ReadingError, match=r"not a real \.odt file: it is a \.odp file"):
        read_odt(flat_odf("", kind="presentation"), LIMIT)
