"""Sentences with exact offsets."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.segmentation.layout import parse_layout
from assistant.segmentation.segments import split_segments
from assistant.segmentation.sentences import sentence_spans, split_sentences
from assistant.types import Document, Sentence

HARD = """
Mr. Stock, who is completing his term, must give way. | He leaves in Nov. 2024.
J. R. R. Tolkien wrote it. | W. E. B. Du Bois read it. | George W. Bush did not.
The value rose to 3.5 per cent. | It was 2,517 before. | Now it is 3.21. | More came.
See No. 5 on the list. | Fig. 2 and pp. 3-5 show it. | The answer is no. | Nobody asked.
The U.S. Navy found it. | The U.S. has many. | She lives in the U.K. | They met in D.C. in May.
The animals, e.g. Lions, were moved (cf. Table 2.1). | Prices fell, i.e. The trend broke.
“In their quest, groups exploit people, often repeatedly”lamented Stock. | He left.
“We did it.” | Then he left. | "Quite so." | "Not at all." | He asked, “Why?” and left.
“Stop!” he cried. | Yahoo! is a company. | Is it true? | Yes! | What?! | No way...
(This is one sentence.) | This is another. | It was found (by the police). | It was not (ca. 5 km).
Dr. Smith et al. Found nothing in 2010. | Jones et al. (2012) did. | Prof. Dr. h.c. Meyer spoke.
The company, Acme Inc., paid $3.2 million. | It fell 5%. | 71% rose.
It opened at 5 p.m. on Monday. | It closed at 6 a.m. | The next day it rained on St. Petersburg.
On Jan. 5 it rained. | On Sept. 29 and Oct. 4 it snowed. | He lied in Oct. | Interpol knew.
Visit www.example.com or example.org. | Then write to a.b@c.org. | Version 2.0.1 is out.
The Rev. Martin Luther King Jr. spoke. | He had a dream. | He is John Smith Jr. | She is not.
Plan B failed. | The letter is A. | It took 1.5 s. | HIV-1 was found. | HIV-2 was not.
The iPhone sold. | iPads did not. | He left at once. | eBay bought it. | 14th-century maps did. | ncRNA too.
It is over.[3] | The next began.[4][5] | It goes on. [citation needed] | It went far.12 | The end came.
It is **over.** | The *next* came. | See [the site.](https://a.example/b.c) | It has `code.` | Done.
5. Right to request is one. | (a) The other is another. | It fits in the box. | The item came. | It ends
1. First point. | Ms. Lee and Lt. Col. Green met Sen. Warren. | I have MS. | The wait was 10 ms. | Why?
He met Com. & Adm. at the desk. | The firm (est. 1990) is in Vik. | Smith, Jones, etc. & Sons came. | He left.
It rose (with losses). | (3) It fell. | They left.
Call Tel. 555 now. | It weighs max. 30 kg. | Built c. 1850 (rev. 2001), it stands. | He is the est. | The end came.
Many read its books. ³ | The next ones do not.¹ | They paint. ²,⁴ | Area is 5 m². | It is so.
¿Qué? | No sé. | Это так. | Да. | これは文です。 | 次の文です。 | यह है। | ठीक है।
""".strip()

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
WORDS = st.sampled_from(
    [
        *(
            "Mr.",
            "Stock",
            "said.",
            "“Why?”",
            "2,517",
            "3.5",
            "U.S.",
            "e.g.",
            "The",
            "the",
            "İ",
            "👩‍👩‍👧",
            "$ !",
        ),
        *(" ", "\n", "\n\n", "\r\n", "\u2028", "- ", "# ", "> ", "|", "| a | b |\n|---|---|\n| ", "---\n"),
        *("...", "[3]", "。", "*.*", "```\n", "<!--", "-->"),
    ]
)
ANY = st.one_of(TEXT, st.lists(WORDS).map("".join), st.lists(WORDS).map(" ".join))


def document(text: str, kind: str = "md", pages: tuple[int, ...] = ()) -> Document:
    return Document(id="d", title="T", source="s", text=text, kind=kind, pages=pages)


def sentence_texts(text: str, kind: str = "md") -> list[str]:
    return [sentence.text for sentence in split_sentences(document(text, kind))]


def check(text: str, sentences: tuple[Sentence, ...]) -> None:
    """Every promise about offsets, for any text."""
    position = 0
    for number, sentence in enumerate(sentences):
        assert number == sentence.number
        assert position <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert len(sentence.text) <= 1000
        position = sentence.end


@given(ANY, st.sampled_from(["md", "txt", "text", "pdf"]))
@example("İstanbul'da 2 kişi. İki kişi daha.", "txt")
@example("👩‍👩‍👧. 👩‍👩‍👧" * 300, "md")
@example("a\r\n\r\nb. C\r\n", "md")
def test_offsets_are_exact(text: str, kind: str) -> None:
    """For any text of any kind the spans are exact, stripped, in order and never overlap."""
    check(text, split_sentences(document(text, kind)))


@given(ANY, st.booleans())
def test_nothing_of_a_segment_is_lost(text: str, markdown: bool) -> None:
    """Everything but white space of a segment that has a letter or digit is in a sentence."""
    covered = [False] * len(text)
    for sentence in split_sentences(document(text, "md" if markdown else "txt")):
        covered[sentence.start : sentence.end] = [True] * len(sentence.text)
    for segment in split_segments(text, parse_layout(text, markdown=markdown)):
        content = text[segment.start : segment.end]
        if any(c.isalnum() for c in content):
            hits = covered[segment.start : segment.end]
            assert "" == "".join(c for c, hit in zip(content, hits, strict=True) if not hit).strip()


@given(TEXT)
def test_spans_of_running_text(text: str) -> None:
    """The spans of running text cover all of it but white space."""
    spans = list(sentence_spans(text))
    assert text.split() == " ".join(text[start:end] for start, end in spans).split()


@pytest.mark.parametrize("line", HARD.splitlines())
def test_hard_cases(line: str) -> None:
    """Abbreviations, initials, figures, quotes, references and marks of other scripts."""
    expected = line.split(" | ")
    text = " ".join(expected)
    assert expected == [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "line",
    [
        "Der Verein wurde am 3. März 1921 gegründet. | Er tagt am 1. und am 2. Juni. | Ende 3. Okt. 2020 war Schluss.",
        "Im 19. Jahrhundert stand er leer, z. B. im Winter. | Die 5. Klasse kam um 100 n. Chr. dazu. | Es waren 12.",
        "Er kam am 3. | Danach ging er. | Der Preis steht in Tab. 2. | Er gilt. | Es gilt Nr. 5. | Schluss.",
        "Foreningen ble stiftet 3. Mars 1921. | Den 17. mai er fri. | Det kom 20 gjester. | Alle gikk.",
        "Spolek vznikl 3. března 1921. | Schůze je 5. Října. | Přišlo jich 12. | Konec.",
        "Seura perustettiin 3. maaliskuuta 1921. | Juhla on 6. Joulukuuta. | Heitä oli 12. | Kaikki tulivat.",
        "Mødet er d. 5. Februar. | Der kom 30. | Alle gik hjem.",
    ],
)
def test_a_day_written_as_an_ordinal_does_not_end_a_sentence(line: str) -> None:
    """German, Scandinavian, Czech and Finnish dates have a full stop behind the day; other figures end sentences."""
    expected = line.split(" | ")
    text = " ".join(expected)
    assert expected == [text[start:end] for start, end in sentence_spans(text)]


def test_missing_space_after_a_sentence() -> None:
    """A sentence ends where a scraped page lost the space behind it, but no name or address is cut."""
    assert ["It fits in the box.", "The item came.", "Use Node.Js or example.Com now."] == sentence_texts(
        "It fits in the box.The item came. Use Node.Js or example.Com now."
    )


def test_repeated_text_has_its_own_offsets() -> None:
    """The same sentence three times has three spans."""
    assert [(0, 5), (6, 11), (12, 17)] == [
        (s.start, s.end) for s in split_sentences(document("It is. It is. It is.".replace("It is.", "Yes!!")))
    ]


def test_lists_tables_and_headings() -> None:
    """Marks are outside the spans, a row is one sentence, headings are context."""
    text = "# Results\n\n> - 2,517 arrests. See No. 5.\n\n| Country | Note |\n|--|--|\n| Mali | Over. So. |\n"
    sentences = split_sentences(document(text))
    assert [
        ("2,517 arrests.", "item", "Results"),
        ("See No. 5.", "item", "Results"),
        ("Mali | Over. So.", "row", "Results > Country | Note"),
    ] == [(sentence.text, sentence.kind, sentence.context) for sentence in sentences]


def test_plain_and_marked_text() -> None:
    """A hash is a heading in Markdown and in a LlamaIndex text that has such lines, and text in .txt."""
    text = "# Title\n\nIt is so."
    assert ["It is so."] == sentence_texts(text, "md") == sentence_texts(text, "text") == sentence_texts(text, "html")
    assert ["# Title", "It is so."] == sentence_texts(text, "txt")


def test_a_soft_wrapped_sentence_is_one() -> None:
    """A sentence that is wrapped over several lines stays whole, even after an abbreviation."""
    assert ["They met Mr.\nStock in\nLyon."] == sentence_texts("They met Mr.\nStock in\nLyon.")


def test_pieces_without_words_go_with_the_sentence_before() -> None:
    """Stray marks are no sentence of their own, and a text of marks alone has none."""
    assert ["It ended. !!!", "So. * *"] == sentence_texts("It ended. !!!\n\nSo. * *")
    assert [] == sentence_texts("... !!! ***") == sentence_texts("") == sentence_texts(" \n\n ")


def test_a_bold_term_joins_its_explanation() -> None:
    """A bold term at the head of a paragraph is no sentence by itself, unless nothing follows."""
    text = "**Red Notice.** A request. It is no warrant.\n\n**AFRIPOL**. A body.\n\n**Alone.**"
    assert ["**Red Notice.** A request.", "It is no warrant.", "**AFRIPOL**. A body.", "**Alone.**"] == sentence_texts(
        text
    )


def test_long_sentences_are_cut_between_words() -> None:
    """Text without an end mark is cut after semicolons, else at spaces, else between characters."""
    pieces = sentence_texts("word " * 1000)
    assert {"word"} == {word for piece in pieces for word in piece.split()}
    assert 5 == len(pieces)
    assert all(piece.endswith(";") for piece in sentence_texts("name of a town; " * 500)[:-1])
    assert [1000, 1000, 500] == [len(piece) for piece in sentence_texts("A" * 2500)]
    assert not any(
        piece.startswith(("\u200d", "\u0301")) for piece in sentence_texts("e\u0301" * 999 + "👩\u200d👧" * 999)
    )


def test_page_is_where_the_sentence_begins() -> None:
    """A sentence has the page that its first character is on."""
    sentences = split_sentences(document("One ends. Two goes\non here. Three.", "pdf", pages=(0, 19)))
    assert [1, 1, 2] == [sentence.page for sentence in sentences]
    assert [None] == [s.page for s in split_sentences(document("One."))]


REPEATED = ["Mr. ", ". ", ".a", "“a ", "A. ", "a", '."', "!", ". [1] ", "$ ! ", "$\n\n! ", ".\u0301", "e.g."]


@pytest.mark.parametrize("piece", REPEATED)
def test_time_is_linear(piece: str) -> None:
    """Fifty thousand characters of one kind are split at once: a quadratic rule would hang here."""
    text = piece * (50_000 // len(piece))
    check(text, split_sentences(document(text, "txt")))
