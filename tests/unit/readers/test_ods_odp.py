"""OpenDocument spreadsheets and presentations: what sheets and slides show."""

import pytest

from assistant.readers.extract import ExtractedDocument
from assistant.readers.opendocument.odp import read_odp
from assistant.readers.opendocument.ods import read_ods
from tests.support.odf_files import NAMESPACES, flat_odf, odf, row

LIMIT = 5_000_000
HEADER = row("Town", "Rain", "Year")


def sheet(rows: str, name: str = "Rain", style: str = "", columns: str = "") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{columns}{rows}</table:table>'


def read_sheets(body: str, automatic: str = "") -> ExtractedDocument:
    return read_ods(odf(body, kind="spreadsheet", automatic=automatic), LIMIT)


def read_slides(body: str, automatic: str = "") -> ExtractedDocument:
    return read_odp(odf(body, kind="presentation", automatic=automatic), LIMIT)


def frame(*paragraphs: str, attributes: str = "") -> str:
    texts = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    return f"<draw:frame {attributes}><draw:text-box>{texts}</draw:text-box></draw:frame>"


class TestSheets:
    """Spreadsheets."""

    def test_cells_show_what_people_see(self) -> None:
        """The text of a cell is what it shows, not the value behind it; a value without text is read itself."""
        cell = '<table:table-cell office:value-type="{}" office:value="{}">{}</table:table-cell>'
        cells = cell.format("percentage", "0.125", "<text:p>12.5 %</text:p>") + cell.format("float", "3.140000", "")
        document = read_sheets(sheet(row("Share", "Length") + f"<table:table-row>{cells}</table:table-row>"))
        assert document.text.endswith("| 12.5 % | 3.14 |")

    @pytest.mark.parametrize(("content", "shown"), [("", "5"), ("<text:p>5 m</text:p>", "5 m")])
    def test_a_repeated_cell_is_there_as_often_as_it_counts(self, content: str, shown: str) -> None:
        """Cells in a row that are alike are written once, with text or only with a value."""
        cell = f'<table:table-cell office:value-type="float" office:value="5" {{}}>{content}</table:table-cell>'
        repeated = cell.format('table:number-columns-repeated="3"') + cell.format("")
        document = read_sheets(sheet(row("A", "B", "C", "D") + f"<table:table-row>{repeated}</table:table-row>"))
        assert document.text.endswith(f"| {shown} | {shown} | {shown} | {shown} |")

    def test_sheets_have_their_names_and_cells_their_addresses(self) -> None:
        """Each sheet is under its name, and rows and columns know where they are, behind repeated ones too."""
        gap = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        shifted = '<table:table-row><table:table-cell table:number-columns-repeated="2"/>{}</table:table-row>'
        cells = "<table:table-cell><text:p>{}</text:p></table:table-cell>" * 2
        rows = gap + shifted.format(cells.format("Town", "Rain")) + shifted.format(cells.format("Bern", "81"))
        document = read_sheets(sheet(rows, "North") + sheet(rows, "South"))
        assert document.text.startswith("## North\n\n| Town | Rain |")
        assert "## South" in document.text
        table = document.blocks[1].table
        assert table is not None
        assert (table.sheet, table.address(0, 1)) == ("North", "D5")

    def test_hidden_sheets_rows_and_columns_are_left_out(self) -> None:
        """What a sheet hides is not read, and the document says how much there is."""
        style = (
            '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>'
            "</style:style>"
        )
        columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
        hidden = row("Basel", "90", "2020").replace(
            "<table:table-row>", '<table:table-row table:visibility="collapse">'
        )
        shown = sheet(HEADER + row("Bern", "81", "2019") + hidden + row("Chur", "70", "2021"), columns=columns)
        document = read_sheets(shown + sheet(HEADER + row("Rome", "1", "2"), "Secret", "ta2"), style)
        assert document.text.endswith("| Town | Year |\n|---|---|\n| Bern | 2019 |\n| Chur | 2021 |")
        assert document.notes == ("what is hidden in it is left out: 1 sheet, 1 row, 1 column",)

    def test_merged_cells_hold_for_all_that_they_cover(self) -> None:
        """A label over several rows stands in each of them."""
        merged = '<table:table-cell table:number-rows-spanned="2"><text:p>North</text:p></table:table-cell>'
        cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
        first = f"<table:table-row>{merged}{cell.format('Bern')}{cell.format('81')}</table:table-row>"
        second = (
            f"<table:table-row><table:covered-table-cell/>{cell.format('Chur')}{cell.format('70')}</table:table-row>"
        )
        document = read_sheets(sheet(row("Part", "Town", "Rain") + first + second))
        assert document.text.endswith("| North | Bern | 81 |\n| North | Chur | 70 |")

    def test_a_comment_on_a_cell_has_its_address(self) -> None:
        """A comment is a note with the address of its cell, who made it and when."""
        comment = (
            "<office:annotation><dc:creator>Anna</dc:creator><dc:date>2024-03-12</dc:date><text:p>Estimated."
            "</text:p></office:annotation>"
        )
        rows = HEADER + row("Bern", "81", "2019").replace("<text:p>81", f"{comment}<text:p>81")
        document = read_sheets(sheet(rows))
        assert document.text.endswith("| Bern | 81 | 2019 |\n\nB2: Anna, 2024-03-12: Estimated.")
        assert document.blocks[-1].label == "comment"

    def test_a_chart_on_a_sheet_gives_its_title(self) -> None:
        """The values of a chart are in cells already; its title is not, and a note says what is read."""
        title = "<chart:title><text:p>Rain by town</text:p></chart:title>"
        chart = f"<office:document-content {NAMESPACES}><office:body><office:chart><chart:chart>{title}</chart:chart>"
        shapes = (
            '<table:shapes><draw:frame><draw:object xlink:href="./Object 1"/><draw:image/></draw:frame></table:shapes>'
        )
        members: dict[str, str | bytes] = {
            "Object 1/content.xml": f"{chart}</office:chart></office:body></office:document-content>"
        }
        body = sheet(shapes + HEADER + row("Bern", "81", "2019"))
        document = read_ods(odf(body, kind="spreadsheet", members=members), LIMIT)
        assert document.text.endswith("| Bern | 81 | 2019 |\n\nRain by town")
        assert document.notes == ("1 chart in it: only titles are read, the values stand in the cells",)

    @pytest.mark.parametrize("attribute", ["table:number-rows-repeated", "table:number-columns-repeated"])
    def test_a_million_repeated_cells_are_bounded(self, attribute: str) -> None:
        """Counts to the end of the sheet, as programs write them, and beyond it cost nothing."""
        empty = (
            f'<table:table-row {attribute}="999999999"><table:table-cell {attribute}="999999999"/></table:table-row>'
        )
        document = read_sheets(sheet(HEADER + row("Bern", "81", "2019") + empty))
        assert document.text.endswith("| Bern | 81 | 2019 |")
        for cell in ("><text:p>x</text:p></table:table-cell>", 'office:value-type="float" office:value="5"/>'):
            full = f'<table:table-row><table:table-cell {attribute}="999999999" {cell}</table:table-row>'
            assert len(read_sheets(sheet(HEADER + full)).text) < 150_000

    def test_rows_beyond_the_limit_are_said(self) -> None:
        """A row that is repeated to the end of the sheet is read up to the limit, and a note says so."""
        full = row("Bern", "81", "2019").replace(
            "<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">'
        )
        assert read_sheets(sheet(HEADER + full)).notes == ("only its first 100,000 rows are read",)

    def test_struck_cells_and_flat_files(self) -> None:
        """A cell whose style strikes it out is left out; a file that is one XML document is read too."""
        style = (
            '<style:style style:name="ce1" style:family="table-cell">'
            '<style:text-properties style:text-line-through-type="single"/></style:style>'
        )
        rows = HEADER + row("Bern", "81", "2019").replace(
            "<table:table-cell><text:p>81", '<table:table-cell table:style-name="ce1"><text:p>81'
        )
        document = read_ods(flat_odf(sheet(rows), kind="spreadsheet", automatic=style), LIMIT)
        assert "81" not in document.text
        assert document.notes == ("struck out or deleted text in it is left out",)


class TestSlides:
    """Presentations."""

    def test_a_slide_is_a_page_with_its_title_and_notes(self) -> None:
        """Titles are headings, lists keep their nesting, notes are the speaker's, and each slide is a page."""
        items = (
            "<text:list><text:list-item><text:p>Dig</text:p><text:list><text:list-item><text:p>Deep</text:p>"
            "</text:list-item></text:list></text:list-item></text:list>"
        )
        outline = f'<draw:frame presentation:class="outline"><draw:text-box>{items}</draw:text-box></draw:frame>'
        title = frame("Wells", attributes='presentation:class="title"')
        said = frame("Say this slowly.", attributes='presentation:class="notes"')
        notes = f"<presentation:notes>{said}</presentation:notes>"
        document = read_slides(f"<draw:page>{outline}{title}{notes}</draw:page><draw:page>{frame('End.')}</draw:page>")
        assert document.text == "## Wells\n\n- Dig\n  - Deep\n\nSay this slowly.\n\nEnd."
        assert document.pages == (0, document.text.index("End."))
        assert [(block.kind, block.label) for block in document.blocks][3] == ("note", "speaker's note")

    def test_shapes_are_read_as_people_read_them(self) -> None:
        """The order is that of the page, whatever the file's; groups and shapes with text are read."""
        place = 'svg:x="1cm" svg:y="{}cm" svg:width="8cm" svg:height="1cm"'
        group = f"<draw:g><draw:custom-shape {place.format(9)}><text:p>Last</text:p></draw:custom-shape></draw:g>"
        first, second = frame("First", attributes=place.format(1)), frame("Second", attributes=place.format(4))
        assert read_slides(f"<draw:page>{group}{second}{first}</draw:page>").text == "First\n\nSecond\n\nLast"

    def test_hidden_slides_and_placeholders_are_left_out(self) -> None:
        """A slide that is not shown is counted in a note; what only invites to write is nothing."""
        style = (
            '<style:style style:name="dp2" style:family="drawing-page">'
            '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
        )
        empty = frame("Click to add text", attributes='presentation:placeholder="true"')
        hidden = f'<draw:page draw:style-name="dp2">{frame("Secret")}</draw:page>'
        document = read_slides(f"<draw:page>{frame('Open.')}{empty}</draw:page>{hidden}", style)
        assert (document.text, document.notes) == ("Open.", ("1 hidden slide in it is left out",))

    def test_footers_come_once(self) -> None:
        """The footer that slides share is read once, with its role."""
        declared = '<presentation:footer-decl presentation:name="f">Village council</presentation:footer-decl>'
        document = read_slides(
            f"{declared}<draw:page>{frame('One.')}</draw:page><draw:page>{frame('Two.')}</draw:page>"
        )
        assert document.text == "One.\n\nTwo.\n\nVillage council"
        assert [block.role for block in document.blocks] == ["body", "body", "footer"]
