"""What stands in the margin beside a text, or over two texts, doesn't run into it."""

import pytest

from assistant.readers.pdf.order.phrases import phrases_of
from assistant.readers.pdf.page import Column, PagePhrases
from assistant.readers.pdf.reader import lay_out_page
from assistant.readers.pdf.words.words import words_of
from tests.support.pdf_layouts import blocks, column, columns, page, wrap
from tests.support.pdf_pages import Text, content_of, draw, text_of

BOARD = (
    "The harbour board met on Monday to discuss the dredging of the north basin. The chair said that the work would "
    "cost 4.2 million euros and begin in March. The board approved the plan by seven votes to two after a long debate, "
    "in which the masters of the fishing boats were heard as well."
)
GERMAN = (
    "Der Hafenrat beriet am Montag den Ausbau des Nordbeckens. Die Vorsitzende sagte, die Arbeit koste 4,2 Millionen "
    "Euro und beginne im März. Der Rat stimmte dem Plan mit sieben zu zwei Stimmen zu."
)


@pytest.mark.parametrize(
    "notes", [["1834", "1840", "1851", "1860"], ["Costs", "Boats", "The dredger", "Votes of 1860"]]
)
def test_notes_beside_prose_are_no_table(notes: list[str]) -> None:
    """Paragraphs with years or words in the right margin are read whole, each with its note behind it."""
    lines = wrap(BOARD, 340)
    texts = [Text(72, 100 + 72 * place, lines) for place in range(4)]
    texts += [Text(450, 100 + 72 * place, [note]) for place, note in enumerate(notes)]
    content = content_of(draw(*texts, by_row=True))
    phrases = tuple(phrases_of(words_of(content)))
    layout = lay_out_page(PagePhrases(1, content.width, content.height, phrases))
    read = [text_of(item.lines) for item in layout.items if isinstance(item, Column)]
    assert read == [text for note in notes for text in (BOARD, note)]


@pytest.mark.parametrize("names", [("English", "Deutsch"), ("Board of the harbour", "Rat des Hafens")])
def test_names_over_two_texts_run_into_neither(names: tuple[str, str]) -> None:
    """The names over two texts beside each other are a line of their own."""
    head = columns(column(names[0], y=80), column(names[1], x=320, y=80))
    left, right = column(*wrap(BOARD, 220), y=110), column(*wrap(GERMAN, 220), x=320, y=110)
    texts = [text for _, text in blocks(page(head, left, right))]
    assert texts == [" ".join(names), BOARD, GERMAN]


@pytest.mark.parametrize("aside", ["Opening hours of the museum are from ten to four.", "The Board has nine members."])
def test_an_unfinished_column_goes_on_in_one_as_wide(aside: str) -> None:
    """A sentence that breaks off at the end of a column goes on in the next of its width, not in a narrow one."""
    text = BOARD.replace("by seven votes", "of Ruth Okafor")
    lines = wrap(text, 220)
    first, rest = lines[:5], lines[5:]
    narrow = wrap(aside + " " + GERMAN, 110)
    shown = blocks(page(column(*first, y=100), column(*narrow, x=460, y=100), column(*rest, x=220, y=100)))
    assert shown[0][1].startswith(" ".join(first))
    assert aside not in shown[0][1]
