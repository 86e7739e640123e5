"""The numbers of lines leave the text, and other numbers that stand below each other don't."""

import pytest

from assistant.readers.pdf.page import PagePhrases, Phrase
from assistant.readers.pdf.roles.line_numbers import extract_line_numbers
from tests.support.pdf_layouts import line
from tests.support.pdf_roles import page_phrases

TESTIMONY = [
    "The witness was sworn and said that he had", "left the warehouse at ten o'clock in the evening.",
    "He had locked the side door.", "Q. Who else had a key?", "A. Only the manager, who had taken it to a",
    "locksmith in Leith.",
]  # fmt: skip
FOREIGN = [
    "המים הוזרמו אל הטחנה דרך תעלה ארוכה מאוד", "שנחפרה בסלע לפני מאתיים שנים בידי אנשי", "הכפר והיא פועלת עד היום.",
    "בחורף התעלה קופאת ואז הטחנה עומדת ואין בה", "קמח ולכן האנשים קונים אותו בעיר הסמוכה", "במחיר גבוה יותר.",
]  # fmt: skip
POEM = [f"verse {name} of the poem" for name in "abcdefghijklmnopqrstu"]


def numbered(
    texts: list[str], first: int = 1, *, step: int = 1, x: float = 40.0, text_x: float = 72.0, page: int = 1
) -> PagePhrases:
    """Lines with numbers that end or begin at one place beside them."""
    phrases: list[Phrase] = []
    for place, text in enumerate(texts):
        y = 100.0 + 24 * place
        if (first + place) % step == 0:
            phrases.append(line(str(first + place), x=x, y=y, size=9))
        if text:
            phrases.append(line(text, x=text_x, y=y, size=10))
    return page_phrases(*phrases, number=page)


def texts_in(page: PagePhrases) -> list[str]:
    return [phrase.text for phrase in page.phrases]


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (TESTIMONY, {}),
        (TESTIMONY, {"first": 2101}),
        (TESTIMONY, {"x": 420.0}),
        (FOREIGN, {}),
        (POEM, {"step": 5}),
        (POEM, {"step": 5, "x": 420.0}),
        (POEM, {"step": 4, "first": 80}),
    ],
)
def test_line_numbers_leave_the_text(texts: list[str], options: dict[str, float]) -> None:
    """The numbers of every line, or of each fourth or fifth, leave the text; the first of them stands for all."""
    (page,), firsts = extract_line_numbers([numbered(texts, **options)])  # type: ignore[arg-type]
    assert texts_in(page) == texts
    assert len(firsts) == 1


def test_numbers_of_empty_lines() -> None:
    """Numbers with nothing beside them show that lines are counted."""
    texts = ["Q. Who had a key?", "", "A. Only the manager.", "", "Q. Did you see a van?", "A. A blue one."]
    (page,), _ = extract_line_numbers([numbered(texts)])
    assert texts_in(page) == list(filter(None, texts))


def test_numbers_in_one_phrase_with_their_lines() -> None:
    """A number that no wide gap parts from its line leaves it, too."""
    phrases = [line(f"{place}   {text}", x=40, y=100.0 + 14 * place) for place, text in enumerate(TESTIMONY, start=1)]
    (page,), firsts = extract_line_numbers([page_phrases(*phrases)])
    assert texts_in(page) == TESTIMONY
    assert firsts[0].text == "1"


@pytest.mark.parametrize(
    "texts",
    [
        ["Milk", "Bread", "Cheese and some butter", "Apples", "Pears", "Oatmeal"],
        ["apples", "pears", "plums from the south", "oats", "barley", "rye"],
        ["Buy a ticket at the gate of the mill.", "Put on a helmet.", "Wait for the guide.", "Go in.", "Leave."],
    ],
)
def test_numbers_of_items_stay(texts: list[str]) -> None:
    """The numbers of items in a list or rows in a table are no numbers of lines."""
    page = numbered(texts)
    assert extract_line_numbers([page]) == ([page], [])


def test_numbers_among_other_print_stay() -> None:
    """Numbers with words above and below them, at the same place, are of a table."""
    page = numbered(TESTIMONY)
    mixed = page_phrases(*page.phrases, line("(mean)", x=30, y=100.0 + 36))
    assert extract_line_numbers([mixed]) == ([mixed], [])


def test_years_stay() -> None:
    """Years that count on, each with a row of its own, count no lines."""
    page = numbered(["12.5 14.1", "13.9 15.0", "12.0 12.2", "11.9 10.4", "10.0 12.1", "9.8 12.2"], first=2015)
    assert extract_line_numbers([page]) == ([page], [])
    steps = page_phrases(*(line(str(2000 + 5 * row), x=40, y=100.0 + 14 * row) for row in range(5)),
                         *(line("12.5", x=90, y=100.0 + 14 * row) for row in range(5)))  # fmt: skip
    assert extract_line_numbers([steps]) == ([steps], [])


def test_the_marks_of_a_scale_stay() -> None:
    """The few numbers beside a diagram are no numbers of lines, though they count in even steps."""
    marks = [line(str(2 * row), x=40, y=100.0 + 28 * row) for row in range(1, 4)]
    page = page_phrases(*marks, *(line("Leith harbour", x=200, y=100.0 + 14 * row) for row in range(8)))
    assert extract_line_numbers([page]) == ([page], [])
