"""The kinds that are text with marks or values: what becomes of them, and that hostile ones take no time."""

import json
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import FILE_KINDS, read_bytes
from assistant.segmentation.sentences import split_sentences
from assistant.structure import Block
from assistant.types import Document

PLAIN_KINDS = ("rst", "org", "adoc", "tex", "log", "srt", "json", "ipynb", "xml", "yaml", "code")


def read(data: str | bytes, name: str) -> Document:
    return read_bytes(data.encode() if isinstance(data, str) else data, name, max_bytes=20_000_000)


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def only(document: Document, kind: str) -> Block:
    return next(block for block in document.blocks if block.kind == kind)


class TestJson:
    """JSON and JSON Lines."""

    def test_nested_objects_are_fields_with_dotted_names(self) -> None:
        """A value says where it stands, and numbers stay as they are written."""
        document = read(
            '{"mill": {"name": "Ekra", "rent": {"sum": 1.50, "paid": true}}, "tags": ["old", "wet"]}', "a.json"
        )
        assert document.text.split("\n") == [
            "mill.name: Ekra",
            "mill.rent.sum: 1.50",
            "mill.rent.paid: true",
            "tags: old, wet",
        ]
        assert {"field"} == {kind for kind, _ in blocks(document)}

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('[{"Part": "bolt", "Size": {"mm": 8}}, {"Part": "nut", "Size": {"mm": 10}}]', "a.json"),
            ('{"Part": "bolt", "Size": {"mm": 8}}\n\n{"Part": "nut", "Size": {"mm": 10}}\n', "a.jsonl"),
        ],
    )
    def test_records_are_a_table(self, text: str, name: str) -> None:
        """A list of objects, or one a line, is a table with the names as its columns."""
        document = read(text, name)
        table = only(document, "table").table
        assert table is not None
        assert ["Part", "Size.mm"] == [column.name for column in table.columns]
        assert ("nut", "10") == table.cells(document.text, 1)

    def test_objects_under_names_are_a_table_of_those_names(self) -> None:
        """Where like objects have names, the names are the first column; unlike ones are fields."""
        assert "| P-1 | 120 |\n| P-2 | 90 |" in read('{"P-1": {"flow": 120}, "P-2": {"flow": 90}}', "a.json").text
        assert "a.x: 1\nb.y: 2" == read('{"a": {"x": 1}, "b": {"y": 2}}', "a.json").text

    def test_long_texts_keep_their_paragraphs(self) -> None:
        """A text of several paragraphs is a field and paragraphs, no cell."""
        document = read(json.dumps([{"id": 1, "text": "One.\n\nTwo " + "x" * 400}] * 2), "a.json")
        assert ["field", "field", "paragraph"] * 2 == [kind for kind, _ in blocks(document)]

    def test_empty_texts_and_nothing_are_no_fields(self) -> None:
        """A value of white space says nothing; null says that there is none."""
        assert "c: null" == read('{"a": "", "b": " \\n\\n ", "c": null}', "a.json").text

    def test_what_is_no_json_is_read_as_lines_with_a_note(self) -> None:
        """A file that was cut off still has its words."""
        document = read('{"mill": "Ekra",\n"rent":', "a.json")
        assert '{"mill": "Ekra",\n"rent":' == document.text
        assert "no valid JSON" in document.notes[0]

    @pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 500 + "1" + "}" * 500, "[" * 200 + "]" * 200])
    def test_deep_nesting_is_refused(self, text: str) -> None:
        """Values nested hundreds of levels deep are no document."""
        with pytest.raises(ReadingError, match="nested"):
            read(text, "a.json")


class TestYaml:
    """YAML."""

    def test_values_stay_as_written_and_comments_stay(self) -> None:
        """A version is no number, a day no other day, and what a comment says is kept."""
        document = read("# The pump house.\npump:\n  version: 1.10\n  since: 2024-02-30\n  parts: [a, b]\n", "a.yml")
        assert "The pump house.\n\npump.version: 1.10\npump.since: 2024-02-30\npump.parts: a, b" == document.text

    def test_a_list_of_records_is_a_table(self) -> None:
        """Items that share their names are rows; what an anchor gives is filled in."""
        document = read("- &a {name: bolt, mm: 8}\n- {<<: *a, name: nut}\n", "a.yaml")
        assert "| name | mm |\n|---|---|\n| bolt | 8 |\n| nut | 8 |" == document.text

    def test_anchors_that_multiply_are_refused(self) -> None:
        """A few lines that stand for thousands of millions of values are refused at once."""
        lines = ["a0: &a0 [x, y]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
        with pytest.raises(ReadingError, match="anchors"):
            read("\n".join(lines), "a.yaml")

    @pytest.mark.parametrize("text", ["a: [1, 2", "a: b: c\n  - d", "[" * 30_000])
    def test_what_is_no_yaml_is_read_as_lines_with_a_note(self, text: str) -> None:
        """A file with a mistake still has its words."""
        document = read(text, "a.yaml")
        assert text == document.text
        assert "no valid YAML" in document.notes[0]


class TestXml:
    """XML."""

    def test_repeated_elements_are_a_table_and_single_ones_fields(self) -> None:
        """Data has its elements' names; attributes count as elements."""
        text = '<stock day="Monday"><part id="1"><name>bolt</name></part><part id="2"><name>nut</name></part></stock>'
        assert "day: Monday\n\npart\n\n| id | name |\n|---|---|\n| 1 | bolt |\n| 2 | nut |" == read(text, "a.xml").text
        assert "from: Ola\ntext: Bring it." == read("<mail><from>Ola</from><text>Bring it.</text></mail>", "a.xml").text

    def test_an_article_of_jats_has_its_parts(self) -> None:
        """Title, authors, sections, notes, tables and references of a journal's article."""
        text = """<article xml:lang="en"><front><article-meta><title-group><article-title>On wells</article-title>
        </title-group><contrib-group><contrib><name><surname>Lee</surname><given-names>Ann</given-names></name></contrib>
        </contrib-group><pub-date><day>5</day><month>3</month><year>2024</year></pub-date></article-meta></front>
        <body><sec><title>Depth</title><p>It is 18 m<xref ref-type="fn" rid="n1">1</xref> or 10<sup>2</sup> feet.</p>
        <fn id="n1"><p>As measured.</p></fn><table-wrap><caption><p>Wells</p></caption>
        <table><tr><th>Name</th><th>Depth</th>
        </tr><tr><td>A</td><td>18</td></tr></table></table-wrap></sec></body><back><ref-list><ref>Ray: Wells, 1990</ref>
        </ref-list></back></article>"""
        document = read(text, "a.xml")
        assert ("On wells", "Ann Lee", "2024-03-05", "en") == (
            document.title, document.author, str(document.date), document.language,
        )  # fmt: skip
        assert "It is 18 m ¹ or 10² feet." in document.text
        assert only(document, "note").anchor == document.text.index("¹ or")
        assert "| A | 18 |" in document.text
        assert [("item", "bibliography")] == [(b.kind, b.role) for b in document.blocks if b.role != "body"]

    def test_a_book_of_docbook_has_its_parts(self) -> None:
        """Numbered lists, footnotes inside paragraphs, and code."""
        text = """<book xmlns="http://docbook.org/ns/docbook"><title>Wells</title><chapter><title>Digging</title>
        <para>Dig first<footnote><para>With a spade.</para></footnote>, then drink.</para>
        <orderedlist><listitem><para>Dig.</para></listitem><listitem><para>Drink.</para></listitem></orderedlist>
        <programlisting>a = 1
b = 2</programlisting></chapter></book>"""
        assert [
            ("heading", "Wells"), ("heading", "Digging"), ("paragraph", "Dig first ¹, then drink."),
            ("note", "¹ With a spade."), ("item", "1. Dig."), ("item", "2. Drink."), ("code", "a = 1\nb = 2"),
        ] == blocks(read(text, "a.xml"))  # fmt: skip

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("at <choice><sic>tow</sic><corr>two</corr></choice>.", "at two."),
            ("at <choice>\n <orig>ye</orig>\n <reg>the</reg>\n</choice>.", "at the."),
            ("<choice><expan>Mister</expan><abbr>Mr</abbr></choice> Lee", "Mister Lee"),
        ],
    )
    def test_of_two_forms_of_a_word_the_edited_one_is_read(self, words: str, expected: str) -> None:
        """What the editor has corrected or spelled out is left out, and a note says so."""
        document = read(f"<TEI><text><body><p>We met.</p><p>{words}</p></body></text></TEI>", "a.xml")
        assert f"We met.\n\n{expected}" == document.text
        assert any("original" in note for note in document.notes)

    def test_a_word_in_its_only_form_stays(self) -> None:
        """An abbreviation or a slip that nobody has corrected is the text."""
        document = read("<TEI><text><body><p>Met <choice><sic>tow</sic></choice> men.</p></body></text></TEI>", "a.xml")
        assert "Met tow men." == document.text
        assert not document.notes

    def test_a_novel_of_fictionbook_has_its_parts(self) -> None:
        """What it says of itself are fields, its last body holds the notes, and pictures in it are left out."""
        text = """<FictionBook xmlns:l="http://www.w3.org/1999/xlink"><description><title-info><author>
        <first-name>Ann</first-name><last-name>Lee</last-name></author><book-title>Wells</book-title></title-info>
        </description><body><title><p>Wells</p></title><section><title><p>One</p></title>
        <p>It was <emphasis>deep</emphasis><a l:href="#n1" type="note">1</a>.</p></section></body>
        <body name="notes"><section id="n1"><title><p>1</p></title><p>As measured.</p></section></body>
        <binary id="a">AAAA</binary></FictionBook>"""
        document = read(text, "a.fb2")
        assert [
            ("field", "first-name: Ann"), ("field", "last-name: Lee"), ("field", "book-title: Wells"),
            ("heading", "Wells"), ("heading", "One"), ("paragraph", "It was deep ¹."), ("note", "¹ As measured."),
        ] == blocks(document)  # fmt: skip
        assert "Ann Lee" == document.author

    def test_a_feed_has_its_entries(self) -> None:
        """Each entry of a feed has its title, date and text, without the marks of its HTML."""
        text = """<rss><channel><title>News</title><item><title>The bridge is open</title>
        <pubDate>Tue, 5 Mar 2024</pubDate>
        <description>&lt;p&gt;It &lt;b&gt;opened&lt;/b&gt; today.&lt;/p&gt;</description>
        </item></channel></rss>"""
        document = read(text, "a.rss")
        assert "# News\n\n## The bridge is open\n\npubDate: Tue, 5 Mar 2024\n\nIt opened today." == document.text
        assert "News" == document.title

    def test_entities_are_not_expanded_and_nothing_is_fetched(self) -> None:
        """Neither a file of this machine nor a thousand million characters come in by an entity."""
        bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "zz"><!ENTITY z "&y;&y;">]>'
        document = read(f"{bomb}<a><b>Before &x; &z; behind.</b><c>More.</c></a>", "a.xml")
        assert "b: Before behind.\nc: More." == document.text
        assert "not read" in document.notes[0]

    def test_names_of_characters_that_html_has_are_those_characters(self) -> None:
        """Articles name letters as HTML does, without declaring them."""
        assert "b: Café & <Ørsta>" == read("<a><b>Caf&eacute; &amp; &lt;&Oslash;rsta&gt;</b></a>", "a.xml").text

    @pytest.mark.parametrize("text", ["<a><b></a>", "no tags", "<a>" * 5_000 + "x" + "</a>" * 5_000])
    def test_what_is_no_xml_is_refused(self, text: str) -> None:
        """Damaged XML, other text and deep nesting have a reason in one line."""
        with pytest.raises(ReadingError, match=r"no valid XML|nested"):
            read(text, "a.xml")


class TestSubtitles:
    """SubRip and WebVTT."""

    def test_a_cue_has_its_time_and_cues_are_joined_to_sentences(self) -> None:
        """Numbers of cues and tags go; the time stays before the words."""
        text = (
            "1\n00:00:05,000 --> 00:00:07,000\n<i>The mill was sold</i>\n\n2\n00:00:07,000 --> 00:00:09,000\nin 1920.\n"
        )
        document = read(text, "a.srt")
        assert [("message", "[00:00:05] The mill was sold in 1920.")] == blocks(document)

    def test_speakers_are_kept(self) -> None:
        """A voice of WebVTT, a name before a colon and a dash begin a turn."""
        text = (
            "WEBVTT - Board\nLanguage: en\n\n01:02.000 --> 01:04.000 align:start\n"
            "<v Ann Lee>We met &amp; talked.\n\n"
            "01:05.000 --> 01:06.000\nBOB: Did we?\n- No.\n"
        )
        document = read(text, "a.vtt")
        assert [
            "[00:01:02] Ann Lee: We met & talked.", "[00:01:05] BOB: Did we?", "[00:01:05] No."
        ] == [words for _, words in blocks(document)]  # fmt: skip
        assert ("Board", "en", "Ann Lee") == (document.title, document.language, document.blocks[0].label)

    def test_each_sentence_of_a_speaker_is_that_speakers(self) -> None:
        """Where a turn has several sentences, the speaker's name is the context of each."""
        document = read("00:00:05,000 --> 00:00:07,000\nAnn Lee: It was sold. It was cheap.\n", "a.srt")
        assert [("[00:00:05] Ann Lee: It was sold.", "Ann Lee"), ("It was cheap.", "Ann Lee")] == [
            (sentence.text, sentence.context) for sentence in split_sentences(document)
        ]

    def test_a_line_that_rolls_up_is_read_once(self) -> None:
        """Captions that repeat the line before say it once."""
        text = "WEBVTT\n\n00:01.000 --> 00:02.000\none\n\n00:02.000 --> 00:03.000\none\ntwo.\n"
        assert "[00:00:01] one two." == read(text, "a.vtt").text

    def test_words_that_roll_up_have_the_time_at_which_they_first_appear(self) -> None:
        """A caption that begins with a line of spaces, and is then shown again at once, counts from its own time."""
        text = (
            "WEBVTT\nKind: captions\n\n00:01.000 --> 00:03.000 align:start\n \nit was<00:01.500><c> deep.</c>\n\n"
            "00:03.000 --> 00:03.010\nit was deep.\n \n\n00:03.010 --> 00:05.000\nit was deep.\nand dry.\n"
        )
        assert "[00:00:01] it was deep.\n\n[00:00:03] and dry." == read(text, "a.vtt").text

    def test_an_empty_cue_says_nothing(self) -> None:
        """Spaces below a time are no words, and neither is the number of the next cue."""
        text = "1\n00:00:01,000 --> 00:00:02,000\n \n2\n00:00:03,000 --> 00:00:04,000\nDeep.\n \n3\n"
        assert "[00:00:03] Deep." == read(text, "a.srt").text

    @pytest.mark.parametrize("comment", ["NOTE by hand", "NOTE\nby hand\non paper", "NOTE"])
    def test_comments_are_left_out_with_a_note(self, comment: str) -> None:
        """Nobody says what stands in a comment."""
        document = read(f"WEBVTT\n\n{comment}\n\n01:02.000 --> 01:04.000\nNOTE that.\n\n{comment}", "a.vtt")
        assert ("[00:01:02] NOTE that.", ("comments in it are left out",)) == (document.text, document.notes)

    @pytest.mark.parametrize("name", ["NOTE", "NOTED", "NOTE 1"])
    def test_a_cue_may_have_any_name(self, name: str) -> None:
        """What has a time is a cue, whatever its name looks like."""
        document = read(f"WEBVTT\n\n{name}\n01:02.000 --> 01:04.000\nDeep.\n", "a.vtt")
        assert ("[00:01:02] Deep.", ()) == (document.text, document.notes)

    def test_a_file_without_times_is_refused(self) -> None:
        """Other text under this ending is named so."""
        with pytest.raises(ReadingError, match="no subtitles"):
            read("Just words.", "a.srt")


class TestNotebooks:
    """Jupyter notebooks."""

    def test_cells_and_outputs_are_read(self) -> None:
        """Markdown is structure, code is code, and printed words and errors are kept; pictures are counted."""
        outputs = [
            {"output_type": "stream", "text": ["\x1b[31m0.91\x1b[0m\n"]},
            {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure>"}},
            {"output_type": "error", "ename": "ValueError", "evalue": "too deep"},
        ]
        cells = [
            {"cell_type": "markdown", "source": ["# Depth\n", "\n", "It is **18** m, ~~20~~.\n", "- [ ] check\n"]},
            {"cell_type": "code", "source": "x = 1", "outputs": outputs},
        ]
        document = read(json.dumps({"cells": cells, "metadata": {"authors": [{"name": "Ann"}]}}), "a.ipynb")
        assert [
            ("heading", "Depth"), ("paragraph", "It is 18 m, ."), ("item", "[ ] check"), ("code", "x = 1"),
            ("code", "0.91"), ("code", "ValueError: too deep"),
        ] == blocks(document)  # fmt: skip
        assert "1 picture in it is not read" in document.notes
        assert "Ann" == document.author

    @pytest.mark.parametrize("text", ["{}", "[]", "x", '{"cells": 5}'])
    def test_what_is_no_notebook_is_refused(self, text: str) -> None:
        """Other JSON under this ending is named so."""
        with pytest.raises(ReadingError, match="no notebook"):
            read(text, "a.ipynb")


MARKUP = {
    "a.rst": """Wells
=====

:Author: Ann Lee

Digging
-------

A well of *18* metres [1]_ and H\\ :sub:`2`\\ O, see `the site <https://a.example>`_.

* one
  more

  * inner
1. first

+------+-------+
| Name | Depth |
+======+=======+
| A    | 18    |
+------+-------+

Code::

    x = 1

.. image:: a.png
.. a comment

.. [1] As measured.
""",
    "a.org": """#+TITLE: Wells
#+AUTHOR: Ann Lee

** Digging
A well of *18* metres[fn:1] and H_{2}O, see [[https://a.example][the site]].

- one
  more
  - inner
1. first

| Name | Depth |
|------+-------|
| A    | 18    |

Code:
#+BEGIN_SRC python
x = 1
#+END_SRC
# a comment
[[file:a.png]]

[fn:1] As measured.
""",
    "a.tex": r"""\documentclass{article}
\title{Wells} \author{Ann Lee}
\begin{document}
\maketitle
\section{Digging}\label{d}
A well of \emph{18} metres\footnote{As measured.} and H\textsubscript{2}O, see \href{https://a.example}{the site}.

\begin{itemize}
\item one
more
\begin{itemize}\item inner\end{itemize}
\end{itemize}
\begin{enumerate}\item first\end{enumerate}
\begin{tabular}{l|l}
Name & Depth \\ \hline
A & 18
\end{tabular}

Code:
\begin{verbatim}
x = 1
\end{verbatim}
% a comment
\includegraphics{a.png}
\end{document}
""",
}


class TestMarkup:
    """reStructuredText, Org mode, AsciiDoc and LaTeX."""

    @pytest.mark.parametrize("name", MARKUP)
    def test_the_same_document_in_each_markup(self, name: str) -> None:
        """Headings, notes, lowered text, links, lists, tables and code come out alike; comments go."""
        document = read(MARKUP[name], name)
        paragraph = "A well of 18 metres ¹ and H₂O, see the site."
        assert [
            ("heading", "Wells"), ("field", "Author: Ann Lee"), ("heading", "Digging"), ("paragraph", paragraph),
            ("item", "one more"), ("item", "inner"), ("item", "1. first"),
            ("table", "| Name | Depth |\n|---|---|\n| A | 18 |"),
            ("paragraph", "Code:"), ("code", "x = 1"), ("note", "¹ As measured."),
        ] == sorted(blocks(document), key=lambda block: block[0] == "note")  # fmt: skip
        assert ("Wells", "Ann Lee") == (document.title, document.author)
        assert document.text.index("¹ and") == only(document, "note").anchor
        assert ["https://a.example"] == [run.target for run in document.blocks[3].runs if run.kind == "link"]
        assert [0, 1, 0] == [block.level for block in document.blocks if block.kind == "item"]
        assert ("1 picture in it is not read",) == document.notes

    def test_asciidoc(self) -> None:
        """AsciiDoc's title lines, attributes, task lists, spans over columns, blocks and struck text."""
        text = """= Wells
Ann Lee <a@b.example>
v1, 2024-03-05
:pump: P-4

== Digging
The {pump} is [line-through]#20# *18* m deep.footnote:[Measured.]

* [ ] open
. first
. second

.Depths
[options="header"]
|===
|Name |Depth
|A |18
2+|both
|===

----
x = 1
----
image::a.png[]

[bibliography]
== Sources
* Ray
"""
        document = read(text, "a.adoc")
        assert [
            ("heading", "Wells"), ("field", "Author: Ann Lee <a@b.example>"), ("field", "Date: v1, 2024-03-05"),
            ("heading", "Digging"), ("paragraph", "The P-4 is 18 m deep. (Measured.)"), ("item", "[ ] open"),
            ("item", "1. first"), ("item", "2. second"), ("caption", "Depths"),
            ("table", "| Name | Depth |\n|---|---|\n| A | 18 |\n| both |  |"), ("code", "x = 1"),
            ("heading", "Sources"), ("item", "Ray"),
        ] == blocks(document)  # fmt: skip
        assert ("Ann Lee", "2024-03-05") == (document.author, str(document.date))
        assert "bibliography" == document.blocks[-1].role

    def test_what_restructuredtext_includes_is_told(self) -> None:
        """Another file that would be put in is not there, and a note says so; admonitions are read."""
        document = read(
            "Wells\n=====\n\n.. include:: b.txt\n\n.. note:: Dig\n   deep.\n\n.. toctree::\n\n   c\n", "a.rst"
        )
        assert "# Wells\n\nNote: Dig deep.\n\n- c" == document.text
        assert "contents" == document.blocks[-1].role
        assert ("1 included file in it is not read",) == document.notes

    def test_what_is_indented_in_restructuredtext_is_read(self) -> None:
        """Behind two dots alone a quote goes on, which is no comment; a note may begin below its mark."""
        quote = "   Dig.\n\n..\n\n   ::\n\n      x = 18\n\n   - a spade\n\n"
        text = f"Say:\n\n{quote}.. hidden\n   comment\n\n.. [1]\n   Deep.\n"
        document = read(text, "a.rst")
        assert [
            ("paragraph", "Say:"), ("paragraph", "Dig."), ("code", "x = 18"), ("item", "a spade"), ("note", "¹ Deep."),
        ] == blocks(document)  # fmt: skip

    def test_long_tables_of_latex(self) -> None:
        """The head is read once, its boxes too, the foot last, and the caption is the table's title."""
        head = r"\toprule \begin{minipage}[b]{\linewidth}\centering Well\\ (name)\end{minipage} & Depth \\ \midrule"
        text = (
            r"{\def\LTcaptype{none}\begin{longtable}[]{@{}ll@{}} "
            r"\caption[Wells]{The \emph{old} wells}\label{w}\tabularnewline "
            f"{head}\\endfirsthead {head}\\endhead "
            r"Sum & 41 \\ \bottomrule\endlastfoot North & 18 \\ South & 23 \\ \end{longtable}}"
        )
        document = read(text, "a.tex")
        assert [
            ("caption", "The old wells"),
            ("table", "| Well (name) | Depth |\n|---|---|\n| North | 18 |\n| South | 23 |\n| Sum | 41 |"),
        ] == blocks(document)

    def test_what_latex_defines_or_names_is_not_printed(self) -> None:
        """The name of a language, a target, and the second form of a heading are no words of the text."""
        text = r"\def\x{hidden}Go \foreignlanguage{british}{home} \hypertarget{a}{now}. "
        title = r"\section{\texorpdfstring{$x$}{x} axis}"
        assert "Go home now.\n\n## x axis" == read(text + title, "a.tex").text

    def test_letters_and_signs_of_latex(self) -> None:
        """Accents, dashes, quotes and escaped signs are the characters that they print; formulas stay."""
        text = r"M\"uller, caf\'{e}, \O rsta, \ss{} --- ``so''~5\,\% of \$3, $x = \pi$ and \unknown{words} \cite{ray}."
        assert "Müller, café, Ørsta, ß — “so” 5 % of $3, $x = \\pi$ and words [ray]." == read(text, "a.tex").text

    def test_open_tasks_of_org_stay_open(self) -> None:
        """A box that isn't ticked is part of the block."""
        document = read("* List\n- [ ] dig\n- [X] drink\n", "a.org")
        assert [("[ ] dig", False), ("[x] drink", True)] == [
            (document.text[block.start : block.end], block.is_ticked) for block in document.blocks[1:]
        ]


def test_lines_of_logs_and_code_stay_lines() -> None:
    """A log's entries and a program's lines are one block of lines, whose comments are no headings."""
    text = "# 5 pumps\nERROR pump P-4 stopped\n  at 10:00"
    for name in ("a.log", "a.py", "a.toml", "Makefile"):
        document = read(text, name)
        assert [("code", text)] == blocks(document)
        assert "# 5 pumps" != document.title != "5 pumps"


def test_the_colours_of_a_terminal_are_no_text() -> None:
    """A log that was written for a screen has its words alone."""
    assert "ERROR pump P-4 stopped" == read("\x1b[1;31mERROR\x1b[0m pump P-4 stopped\x1b[K", "a.log").text


@pytest.mark.parametrize("name", ["README", "LICENSE", "Copying", "changelog"])
def test_files_that_people_write_without_an_ending_are_text(name: str) -> None:
    """README and the like are plain text; where they are binary they are refused."""
    assert "txt" == read("The well is 18 metres deep.", name).kind
    with pytest.raises(ReadingError, match="not text"):
        read(b"\x00\x01\xff" * 50, name)


PIECES = st.sampled_from(
    [
        *("\n", "\n\n", " ", "  ", "word", "* ", "- ", "1. ", "# ", "== ", "====", "----", "|", "|===", "+--+", "+==+"),
        *(".. x::", "::", ":a: b", "[1]_", "`a <b>`_", "**", "*", "_", "~", "^", "{", "}", "[", "]", "(", ")", "<"),
        *("\\begin{tabular}{l}", "\\end{tabular}", "\\item", "\\footnote{", "\\section{", "&", "\\\\", "$", "%", "\\'"),
        *("#+BEGIN_SRC", "#+END_SRC", "[fn:1]", ":END:", "footnote:[", "image::a[]"),
        *("00:00:01,000 --> 00:00:02,000", "WEBVTT"),
        *("<a>", "</a>", "<p>", "</p>", "<table>", "<tr>", "<td rowspan='9'>"),
        *("<?xml?>", '{"a":', "[1,", '"', "- a: &b", "*b"),
    ]
)  # fmt: skip


@given(st.sampled_from(PLAIN_KINDS), st.lists(PIECES, max_size=60).map("".join))
@settings(deadline=None)
def test_any_text_is_read_or_refused_with_exact_offsets(kind: str, text: str) -> None:
    """Whatever the marks, the blocks lie in order over the text, or the file is refused."""
    try:
        document = read(text, f"a{FILE_KINDS[kind].suffixes[0]}")
    except ReadingError:
        return
    position = 0
    for block in document.blocks:
        assert position <= block.start < block.end <= len(document.text)
        assert all(block.start <= run.start < run.end <= block.end for run in block.runs)
        position = block.end


HOSTILE: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "[" * n,
    "backticks": lambda n: "`" * n,
    "stars": lambda n: "*a " * n,
    "open items": lambda n: "".join(f"{' ' * (i % 40)}* x\n" for i in range(n // 20)),
    "braces": lambda n: "{" * n + "}" * n,
    "environments": lambda n: "\\begin{tabular}{l}\\begin{equation*}\\begin{verbatim*}" * (n // 50),
    "footnotes": lambda n: "\\footnote{" * (n // 10) + "}" * (n // 10),
    "titles": lambda n: "\\title{" * (n // 10) + "x" + "}" * (n // 10),
    "borders": lambda n: "=== ===\n" * (n // 8),
    "blank lines": lambda n: "* a\n" + "\n" * n + "* b\n",
    "drawers": lambda n: ":a:\n" * (n // 4),
    "cells": lambda n: "|===\n" + "|" * n,
    "pipes": lambda n: "a |b " * n,
    "dollars": lambda n: "$a " * n,
    "cues": lambda n: "00:00:01,000 --> 00:00:02,000\n" * (n // 30),
}


@pytest.mark.parametrize("tags", ["p", "div", "sec", "item", "table", "b"])
def test_nested_xml_takes_time_in_proportion(tags: str) -> None:
    """Two hundred levels of one element around ten thousand paragraphs are read within seconds."""
    start = time.perf_counter()
    text = f"<article>{f'<{tags}>' * 200}{'<p>It is <b>so</b>.</p>' * 10_000}{f'</{tags}>' * 200}</article>"
    with suppress(ReadingError):
        read(text, "a.xml")
    assert time.perf_counter() - start < 60  # it would take many minutes otherwise


@pytest.mark.parametrize("kind", ["rst", "org", "adoc", "tex", "srt", "yaml"])
@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_markup_takes_time_in_proportion(kind: str, shape: str) -> None:
    """Thousands of marks of one sort are read or refused within seconds."""
    start = time.perf_counter()
    with suppress(ReadingError):
        read(HOSTILE[shape](30_000), f"a{FILE_KINDS[kind].suffixes[0]}")
    assert time.perf_counter() - start < 60  # it would take many minutes otherwise
