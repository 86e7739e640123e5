"""PowerPoint slides: text as it is shown and in the order in which it is read, tables, charts, diagrams, notes."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.chart import data as chart_data
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches

from assistant.errors import ReadingError
from assistant.readers import read_bytes
from assistant.readers.pptx.numbers import ParagraphNumbers, number_mark
from assistant.structure import Block
from assistant.types import Document
from tests.support.files import png, replace_member, zip_file

LIMIT = 3_000_000
CHARTS: Any = chart_data  # which has no types
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
BLANK, BULLETS, TITLE_ONLY, TITLE_SLIDE = 6, 1, 5, 0


def deck_with(fill: Callable[[Any], None], layout: int = BLANK) -> bytes:
    """A deck of one slide, into which a function writes."""
    deck = Presentation()
    fill(deck.slides.add_slide(deck.slide_layouts[layout]))
    return saved(deck)


def saved(deck: Any) -> bytes:
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def read(data: bytes, name: str = "a.pptx") -> Document:
    return read_bytes(data, name, max_bytes=LIMIT)


def box(slide: Any, text: str, left: float = 1, top: float = 1, width: float = 2) -> Any:
    """A text box, in inches."""
    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(1))
    shape.text_frame.text = text
    return shape


def set_paragraphs(shape: Any, paragraphs: str) -> None:
    """Gives a shape these paragraphs, in XML."""
    body = shape.text_frame._txBody
    for paragraph in list(body.findall(f"{{{A}}}p")):
        body.remove(paragraph)
    for paragraph in parse_xml(f'<a:x xmlns:a="{A}" xmlns:r="{R}">{paragraphs}</a:x>'):
        body.append(paragraph)


def paragraph(text: str, properties: str = "", attributes: str = "") -> str:
    return f"<a:p><a:pPr {attributes}>{properties}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>"


def block_at(document: Document, words: str) -> Block:
    """The block that holds these words."""
    place = document.text.index(words)
    return next(block for block in document.blocks if block.start <= place < block.end)


class TestText:
    """Paragraphs, bullets, numbers and what stands out."""

    def test_bullets_are_those_that_the_layout_gives(self) -> None:
        """Points nest as they are shown, and a paragraph whose bullet is switched off is none."""

        def fill(slide: Any) -> None:
            frame = slide.placeholders[1]
            set_paragraphs(
                frame, paragraph("One") + paragraph("Inner", attributes='lvl="1"') + paragraph("Plain.", "<a:buNone/>")
            )
            box(slide, "A box.", top=6.5)

        assert read(deck_with(fill, BULLETS)).text == "- One\n  - Inner\n\nPlain.\n\nA box."

    def test_numbers_are_counted_as_they_are_shown(self) -> None:
        """Deeper items count by themselves, a start is kept, and a plain paragraph ends a list."""
        roman = '<a:buAutoNum type="romanUcPeriod"/>'
        letters = '<a:buAutoNum type="alphaLcParenR" startAt="3"/>'

        def fill(slide: Any) -> None:
            set_paragraphs(
                box(slide, ""),
                paragraph("First", roman)
                + paragraph("Third letter", letters, 'lvl="1"')
                + paragraph("Fourth letter", letters, 'lvl="1"')
                + paragraph("Second", roman)
                + paragraph("Between.")
                + paragraph("Anew", roman),
            )

        document = read(deck_with(fill))
        assert document.text == "I. First\n  c) Third letter\n  d) Fourth letter\nII. Second\n\nBetween.\n\nI. Anew"
        assert (block_at(document, "Fourth").mark, block_at(document, "Fourth").level) == ("d)", 1)

    def test_raised_lowered_struck_and_linked_runs(self) -> None:
        """A raised mark is set off from a figure, struck words are left out, and a link leads where it leads."""

        def fill(slide: Any) -> None:
            shape = box(slide, "")
            set_paragraphs(
                shape,
                '<a:p><a:r><a:t>We sold 48,210</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>3</a:t></a:r>'
                '<a:r><a:t> books for </a:t></a:r><a:r><a:rPr strike="sngStrike"/><a:t>18 </a:t></a:r>'
                '<a:r><a:t>20 euros, with H</a:t></a:r><a:r><a:rPr baseline="-25000"/><a:t>2</a:t></a:r>'
                "<a:r><a:t>O.</a:t></a:r></a:p>",
            )
            run = box(slide, "", top=3).text_frame.paragraphs[0].add_run()
            run.text, run.hyperlink.address = "The report", "https://example.com/report"

        document = read(deck_with(fill))
        assert document.text == "We sold 48,210 ³ books for 20 euros, with H₂O.\n\nThe report"
        assert document.notes == ("struck out or deleted text in it is left out",)
        assert [run.target for run in block_at(document, "The report").runs] == ["https://example.com/report"]

    def test_lines_of_a_paragraph_are_parted(self) -> None:
        """A line break, also one in the old form of a vertical tab, is a space."""

        def fill(slide: Any) -> None:
            set_paragraphs(
                box(slide, ""), "<a:p><a:r><a:t>One</a:t></a:r><a:br/><a:r><a:t>Two_x000B_Three</a:t></a:r></a:p>"
            )

        assert read(deck_with(fill)).text == "One Two Three"

    def test_an_equation_is_text(self) -> None:
        """What a formula says stands in its paragraph, exponents raised."""
        math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
        formula = (
            f'<a14:m xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" xmlns:m="{math}"><m:oMath>'
            "<m:r><m:t>E=m</m:t></m:r><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
            "</m:sSup></m:oMath></a14:m>"
        )

        def fill(slide: Any) -> None:
            set_paragraphs(box(slide, ""), f"<a:p><a:r><a:t>It says</a:t></a:r>{formula}</a:p>")

        assert read(deck_with(fill)).text == "It says E=mc²"

    def test_a_box_to_tick_is_open_or_ticked(self) -> None:
        """A box as a bullet is a task, done or not."""

        def fill(slide: Any) -> None:
            set_paragraphs(
                box(slide, ""), paragraph("Paid", '<a:buChar char="☑"/>') + paragraph("Sent", '<a:buChar char="☐"/>')
            )

        document = read(deck_with(fill))
        assert document.text == "- [x] Paid\n- [ ] Sent"
        assert [block.is_ticked for block in document.blocks] == [True, False]

    @given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=30))
    def test_a_number_goes_up_by_one_or_starts_anew(self, paragraphs: list[tuple[int, bool]]) -> None:
        """Whatever comes before, the next number of a level is one more than its last one since a shallower one."""
        numbers, last = ParagraphNumbers(), dict[int, int]()
        for level, is_numbered in paragraphs:
            last = {one: number for one, number in last.items() if one <= level}
            if is_numbered:
                last[level] = last.get(level, 0) + 1
                assert numbers.next_mark(level, "arabicPlain", 1) == str(last[level])
            else:
                last.pop(level, None)
                numbers.pass_over(level)

    @pytest.mark.parametrize(
        ("scheme", "mark"),
        [("arabicParenBoth", "(3)"), ("alphaUcPeriod", "C."), ("romanLcParenR", "iii)"), ("circleNumDbPlain", "③"),
         ("thaiNumPeriod", "3."), ("", "3")],
    )  # fmt: skip
    def test_schemes_of_numbers(self, scheme: str, mark: str) -> None:
        """Each scheme has its digits or letters, and what stands around them."""
        assert number_mark(3, scheme) == mark


class TestSlides:
    """What of a slide is read, and in which order."""

    def test_boxes_are_read_from_top_to_bottom_whatever_their_order_in_the_file(self) -> None:
        """The title comes first, then columns from left to right, then what stands below."""

        def fill(slide: Any) -> None:
            box(slide, "Below.", left=1, top=6, width=8)
            box(slide, "Right.", left=6, top=3)
            box(slide, "Left.", left=1, top=3.1)
            slide.shapes.title.text = "Title"

        assert read(deck_with(fill, TITLE_ONLY)).text == "## Title\n\nLeft.\n\nRight.\n\nBelow."

    def test_a_group_stays_together(self) -> None:
        """What is grouped is read as one, in its own order, also in a group inside a group."""

        def fill(slide: Any) -> None:
            group = slide.shapes.add_group_shape()
            inner = group.shapes.add_group_shape()
            for shapes, text, left, top in ((group, "Low.", 1, 4), (inner, "High.", 1, 1), (group, "Middle.", 1, 2.5)):
                shape = shapes.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
                shape.text_frame.text = text
            box(slide, "Beside.", left=5, top=0.5)

        assert read(deck_with(fill)).text == "High.\n\nMiddle.\n\nLow.\n\nBeside."

    def test_the_title_of_the_deck_is_told_from_those_of_slides(self) -> None:
        """The centred title on the first slide is the document's."""

        def fill(slide: Any) -> None:
            slide.shapes.title.text = "Annual report"
            slide.placeholders[1].text = "Of the museum"

        document = read(deck_with(fill, TITLE_SLIDE))
        assert document.text == "# Annual report\n\nOf the museum"
        assert [block.role for block in document.blocks] == ["title", "body"]

    def test_footers_and_numbers_come_once(self) -> None:
        """What stands on each slide is read once, and marked as none of the deck's statements."""
        deck: Any = Presentation()
        for number in range(3):
            slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
            box(slide, f"Slide {number}.")
            for kind, text in (("ftr", "For staff only"), ("sldNum", str(number + 1))):
                placeholder = box(slide, text, top=7)
                placeholder._element.nvSpPr.nvPr.append(parse_xml(f'<p:ph xmlns:p="{P}" type="{kind}"/>'))
        document = read(saved(deck))
        assert document.text == "Slide 0.\n\nFor staff only\n\n1\n\nSlide 1.\n\nSlide 2."
        assert [block.role for block in document.blocks] == ["body", "footer", "page_number", "body", "body"]
        assert len(document.pages) == 3

    def test_hidden_slides_and_shapes_are_left_out(self) -> None:
        """What isn't shown is not read, the others keep their page numbers, and a note counts the slides."""
        deck: Any = Presentation()
        for text in ("One.", "Secret.", "Three."):
            box(deck.slides.add_slide(deck.slide_layouts[BLANK]), text)
        deck.slides[1]._element.set("show", "0")
        hidden = box(deck.slides[2], "Hidden box.", top=4)
        hidden._element.nvSpPr.cNvPr.set("hidden", "1")
        document = read(saved(deck))
        assert document.text == "One.\n\nThree."
        assert document.page_at(document.text.index("Three.")) == 3
        assert document.notes == ("1 hidden slide in it is left out",)

    def test_pictures_and_embedded_objects_are_counted(self) -> None:
        """What can't be read is said, and how many of it."""

        def fill(slide: Any) -> None:
            box(slide, "See below.")
            slide.shapes.add_ole_object(io.BytesIO(b"x"), "Package", Inches(1), Inches(3), icon_file=picture())
            for left in (1, 4):
                slide.shapes.add_picture(picture(), Inches(left), Inches(5))

        document = read(deck_with(fill))
        assert document.text == "See below."
        assert sorted(document.notes) == ["1 embedded object in it is not read", "2 pictures in it are not read"]

    def test_notes_and_both_forms_of_comments(self) -> None:
        """Speaker's notes, comments and the replies to them are notes with their label."""
        old = f'<p:cmLst xmlns:p="{P}"><p:cm authorId="0" idx="1"><p:text>Is this so?</p:text></p:cm></p:cmLst>'
        body = "<p188:txBody><a:bodyPr/><a:p><a:r><a:t>{}</a:t></a:r></a:p></p188:txBody>"
        new = (
            f'<p188:cmLst xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main" xmlns:a="{A}">'
            "<p188:cm>"
            f"<p188:replyLst><p188:reply>{body.format('It is.')}</p188:reply></p188:replyLst>{body.format('Check it.')}"
            "</p188:cm></p188:cmLst>"
        )

        def fill(slide: Any) -> None:
            box(slide, "We grew.")
            slide.notes_slide.notes_text_frame.text = "Say it slowly.\nThen pause."

        data = deck_with(fill)
        data = with_relation(data, "comments", "../comments/comment1.xml")
        data = with_relation(data, "comments", "../comments/modern.xml")
        data = replace_member(replace_member(data, "ppt/comments/comment1.xml", old), "ppt/comments/modern.xml", new)
        document = read(data)
        assert document.text == "We grew.\n\nSay it slowly.\n\nThen pause.\n\nIs this so?\n\nCheck it.\n\nIt is."
        assert [block.label for block in document.blocks] == ["", *["speaker's note"] * 2, *["comment"] * 3]

    def test_author_language_and_kinds_of_slide_shows(self) -> None:
        """Properties come from the file, and a show or a deck with macros is read as a deck is."""
        deck: Any = Presentation()
        deck.core_properties.author, deck.core_properties.title = "Jo Roe", "Growth"
        shape = box(deck.slides.add_slide(deck.slide_layouts[BLANK]), "")
        set_paragraphs(shape, '<a:p><a:r><a:rPr lang="de-CH"/><a:t>Wir wachsen.</a:t></a:r></a:p>')
        for name in ("a.pptx", "a.ppsx", "a.pptm"):
            document = read(saved(deck), name)
            assert (document.title, document.author, document.language) == ("Growth", "Jo Roe", "de-CH")

    def test_a_slide_that_is_damaged_costs_that_slide(self) -> None:
        """The others are read, and a note tells of it."""
        deck: Any = Presentation()
        for text in ("One.", "Two."):
            box(deck.slides.add_slide(deck.slide_layouts[BLANK]), text)
        document = read(replace_member(saved(deck), "ppt/slides/slide1.xml", "<p:sld"))
        assert document.text == "Two."
        assert document.page_at(0) == 2
        assert document.notes == ("1 damaged slide in it is not read",)


def picture() -> io.BytesIO:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    out.seek(0)
    return out


def with_relation(data: bytes, kind: str, target: str) -> bytes:
    """The deck with one more relation of its first slide."""
    name = "ppt/slides/_rels/slide1.xml.rels"
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        relations = members.read(name).decode()
    relation = f'<Relationship Id="x{len(relations)}" Type="{R}/{kind}" Target="{target}"/>'
    return replace_member(data, name, relations.replace("</Relationships>", f"{relation}</Relationships>"))


class TestTables:
    """Tables on slides."""

    def fill_table(self, slide: Any, rows: list[list[str]]) -> Any:
        """Adds a table of these texts."""
        table = slide.shapes.add_table(len(rows), len(rows[0]), 0, 0, Inches(6), Inches(3)).table
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(number, column).text = text
        return table

    def test_merged_cells_stand_in_each_row_that_they_cover(self) -> None:
        """A region over two countries is that of both."""

        def fill(slide: Any) -> None:
            rows = [["Region", "Country", "Arrests"], ["Africa", "Mali", "24"], ["", "Togo", "3"], ["Total", "", "27"]]
            table = self.fill_table(slide, rows)
            table.cell(1, 0).merge(table.cell(2, 0))
            table.cell(3, 0).merge(table.cell(3, 1))

        document = read(deck_with(fill))
        assert "| Africa | Mali | 24 |\n| Africa | Togo | 3 |\n| Total |  | 27 |" in document.text
        assert document.blocks[0].table is not None
        assert document.blocks[0].table.header_rows == 1

    def test_two_header_rows_are_joined(self) -> None:
        """A header over two columns is named more closely in the row below."""

        def fill(slide: Any) -> None:
            table = self.fill_table(slide, [["Country", "Arrests", ""], ["", "Men", "Women"], ["Mali", "20", "4"]])
            table.cell(0, 1).merge(table.cell(0, 2))
            table.cell(0, 0).merge(table.cell(1, 0))

        assert read(deck_with(fill)).text.startswith("| Country | Arrests / Men | Arrests / Women |\n")

    def test_figures_below_a_wide_header_are_no_header(self) -> None:
        """A row of values stays a row, though the header above spans its columns."""

        def fill(slide: Any) -> None:
            table = self.fill_table(slide, [["Country", "Arrests", ""], ["Mali", "20", "4"], ["Togo", "3", "1"]])
            table.cell(0, 1).merge(table.cell(0, 2))

        assert "| Mali | 20 | 4 |" in read(deck_with(fill)).text

    def test_a_first_row_over_all_columns_is_the_title(self) -> None:
        """The row below it names the columns."""

        def fill(slide: Any) -> None:
            table = self.fill_table(slide, [["Arrests in 2024", ""], ["Country", "Count"], ["Mali", "24"]])
            table.cell(0, 0).merge(table.cell(0, 1))

        text = read(deck_with(fill)).text
        assert text == "Arrests in 2024\n\n| Country | Count |\n|---|---|\n| Mali | 24 |"


class TestCharts:
    """Charts become tables."""

    def test_categories_series_and_formats(self) -> None:
        """Values are as their format shows them, below the titles of the chart and of its axis."""

        def fill(slide: Any) -> None:
            data = CHARTS.CategoryChartData(number_format="0%")
            data.categories = ["2023", "2024"]
            data.add_series("Men", (0.45, 0.5))
            data.add_series("Women", (0.55, None))
            kind = XL_CHART_TYPE.COLUMN_CLUSTERED
            chart = slide.shapes.add_chart(kind, 0, 0, Inches(6), Inches(4), data).chart
            chart.has_title = True
            chart.chart_title.text_frame.text = "Arrests by sex"
            chart.value_axis.has_title = True
            chart.value_axis.axis_title.text_frame.text = "Share of all"

        document = read(deck_with(fill))
        assert document.text == (
            "Arrests by sex\n\nShare of all\n\n"
            "|  | Men | Women |\n|---|---|---|\n| 2023 | 45% | 55% |\n| 2024 | 50% |  |"
        )
        assert [block.kind for block in document.blocks] == ["caption", "caption", "table"]

    def test_levels_of_categories_have_a_column_each(self) -> None:
        """A wider category goes for all those below it."""

        def fill(slide: Any) -> None:
            data = CHARTS.CategoryChartData()
            for year in ("2023", "2024"):
                category = data.add_category(year)
                for quarter in ("Q1", "Q2"):
                    category.add_sub_category(quarter)
            data.add_series("Sales", (1, 2.5, 3, 1234567))
            slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, Inches(6), Inches(4), data)

        text = read(deck_with(fill)).text
        assert "| 2023 | Q1 | 1 |\n| 2023 | Q2 | 2.5 |\n| 2024 | Q1 | 3 |\n| 2024 | Q2 | 1234567 |" in text

    def test_points_of_a_scatter_chart(self) -> None:
        """Each point is a row of its two values."""

        def fill(slide: Any) -> None:
            data = CHARTS.XyChartData()
            series = data.add_series("Height")
            for x, y in ((1.5, 10), (2, 11.25)):
                series.add_data_point(x, y)
            slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, 0, Inches(6), Inches(4), data)

        assert read(deck_with(fill)).text.endswith("|  | Height |\n|---|---|\n| 1.5 | 10 |\n| 2 | 11.25 |")

    def test_both_axes_of_a_scatter_chart_have_their_titles(self) -> None:
        """The title of the first axis names the column of x values, that of the second is what the values are in."""

        def fill(slide: Any) -> None:
            data = CHARTS.XyChartData()
            data.add_series("Tank").add_data_point(2, 11)
            chart = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, 0, Inches(6), Inches(4), data).chart
            for axis, words in ((chart.category_axis, "Salt (g)"), (chart.value_axis, "Growth (mm)")):
                axis.has_title = True
                axis.axis_title.text_frame.text = words

        document = read(deck_with(fill))
        assert document.text.endswith("Growth (mm)\n\n| Salt (g) | Tank |\n|---|---|\n| 2 | 11 |")
        (table,) = [block.table for block in document.blocks if block.table]
        assert "Growth (mm)" == table.unit

    def test_a_chart_without_its_values_is_said(self) -> None:
        """Where the chart's part is damaged the rest is read, and a note tells of it."""

        def fill(slide: Any) -> None:
            box(slide, "See the chart.")
            data = CHARTS.CategoryChartData()
            data.categories = ["One"]
            data.add_series("Sales", (1,))
            slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, Inches(3), Inches(6), Inches(4), data)

        data = deck_with(fill)
        with zipfile.ZipFile(io.BytesIO(data)) as members:
            chart = next(name for name in members.namelist() if name.startswith("ppt/charts/chart"))
        document = read(replace_member(data, chart, "<c:chartSpace"))
        assert document.text == "See the chart."
        assert document.notes == ("1 chart in it is not read",)


DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


def deck_with_frame(content: str, kind: str, part: str, *, is_alternative: bool = False) -> bytes:
    """A deck with a frame whose content refers by the relation "dm" to a part of this kind."""

    def fill(slide: Any) -> None:
        frame = f"""<p:graphicFrame xmlns:p="{P}" xmlns:a="{A}"><p:nvGraphicFramePr><p:cNvPr id="9" name="x"/>
<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></p:xfrm>
<a:graphic><a:graphicData uri="x">{content}</a:graphicData></a:graphic></p:graphicFrame>"""
        if is_alternative:
            fallback = f'<p:pic xmlns:p="{P}"/>'
            namespace = "http://schemas.openxmlformats.org/markup-compatibility/2006"
            choices = f"<mc:Choice>{frame}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback>"
            frame = f'<mc:AlternateContent xmlns:mc="{namespace}">{choices}</mc:AlternateContent>'
        slide.shapes._spTree.append(parse_xml(frame))

    data = with_relation(deck_with(fill), kind, "../parts/part1.xml")
    name = "ppt/slides/_rels/slide1.xml.rels"
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        relations = re.sub(r'Id="x\d+"', 'Id="dm"', members.read(name).decode())
    return replace_member(replace_member(data, name, relations), "ppt/parts/part1.xml", part)


def deck_with_diagram(points: str, connections: str) -> bytes:
    """A deck with a diagram of these nodes and connections."""
    lists = f"<d:ptLst>{points}</d:ptLst><d:cxnLst>{connections}</d:cxnLst>"
    model = f'<d:dataModel xmlns:d="{DIAGRAM}" xmlns:a="{A}">{lists}</d:dataModel>'
    reference = f'<d:relIds xmlns:d="{DIAGRAM}" xmlns:r="{R}" r:dm="dm"/>'
    return deck_with_frame(reference, "diagramData", model)


def point(key: int, text: str, kind: str = "node") -> str:
    return f'<d:pt modelId="{key}" type="{kind}"><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>'


def connection(source: int, target: int, place: int = 0) -> str:
    return f'<d:cxn srcId="{source}" destId="{target}" srcOrd="{place}"/>'


def test_a_chart_of_the_newer_form_is_a_table_too() -> None:
    """Waterfalls and treemaps keep their data apart; what stands in for them in older programs isn't read."""
    namespace = "http://schemas.microsoft.com/office/drawing/2014/chartex"
    words = "".join(f'<cx:pt idx="{place}">{word}</cx:pt>' for place, word in enumerate(("Oak", "Ash")))
    values = "".join(f'<cx:pt idx="{place}">{value}</cx:pt>' for place, value in enumerate((0.25, 0.5)))
    part = f"""<cx:chartSpace xmlns:cx="{namespace}" xmlns:a="{A}"><cx:chartData><cx:data id="0">
<cx:strDim type="cat"><cx:lvl>{words}</cx:lvl></cx:strDim>
<cx:numDim type="val"><cx:lvl formatCode="0%">{values}</cx:lvl></cx:numDim></cx:data></cx:chartData>
<cx:chart><cx:title><cx:tx><cx:rich><a:p><a:r><a:t>Trees</a:t></a:r></a:p></cx:rich></cx:tx></cx:title><cx:plotArea>
<cx:plotAreaRegion><cx:series><cx:tx><cx:txData><cx:v>Share</cx:v></cx:txData></cx:tx><cx:dataId val="0"/></cx:series>
</cx:plotAreaRegion></cx:plotArea></cx:chart></cx:chartSpace>"""
    reference = f'<cx:chart xmlns:cx="{namespace}" xmlns:r="{R}" r:id="dm"/>'
    document = read(deck_with_frame(reference, "chartEx", part, is_alternative=True))
    assert document.text == "Trees\n\n|  | Share |\n|---|---|\n| Oak | 25% |\n| Ash | 50% |"
    assert document.notes == ()


class TestDiagrams:
    """SmartArt becomes items."""

    def test_nodes_nest_as_they_are_connected(self) -> None:
        """The order is that of the connections, not of the nodes in the file; transitions have no text."""
        points = point(0, "", "doc") + point(3, "Second") + point(2, "Inner") + point(1, "First")
        points += point(8, "never", "parTrans")
        connections = connection(0, 3, 1) + connection(0, 1, 0) + connection(1, 2)
        assert read(deck_with_diagram(points, connections)).text == "- First\n  - Inner\n- Second"

    def test_nodes_in_a_circle_come_once(self) -> None:
        """Connections that lead back neither hold a reader up nor double text; loose nodes are kept."""
        points = point(0, "", "doc") + point(1, "One") + point(2, "Two") + point(3, "Loose")
        connections = connection(0, 1) + connection(1, 2) + connection(2, 1) + connection(2, 0)
        assert read(deck_with_diagram(points, connections)).text == "- One\n  - Two\n- Loose"

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
    @settings(max_examples=20, deadline=None)
    def test_no_node_is_lost_or_doubled(self, pairs: list[tuple[int, int]]) -> None:
        """However nodes are connected, each word comes once."""
        points = point(0, "", "doc") + "".join(point(key, f"node{key}") for key in range(1, 6))
        text = read(deck_with_diagram(points, "".join(connection(*pair) for pair in pairs))).text
        assert all(text.count(f"node{key}") == 1 for key in range(1, 6))


def test_a_deck_without_slides_is_refused() -> None:
    """A zip file with the folder of a deck and nothing in it is none."""
    with pytest.raises(ReadingError, match="it holds no slides"):
        read(zip_file({"ppt/media/image1.png": png()}))


def test_a_deck_of_damaged_slides_is_refused() -> None:
    """Where no slide can be read the file is called damaged, not empty."""
    data = replace_member(deck_with(lambda slide: box(slide, "One.")), "ppt/slides/slide1.xml", "<p:sld")
    with pytest.raises(ReadingError, match="its slides cannot be read"):
        read(data)
