"""Rows of tables as answers: which one a question names by its label, and which ones give other years than it asks for.

Rows of a table are alike in all but their labels: "Net sales" and "Cheese" stand below the same headings and headers,
so neither vectors nor the span reader tell well which of them a question about the net sales of cheese is for.
"""

import re
from collections.abc import Iterable, Sequence

from assistant.answering.disagreement import nearby
from assistant.nlp.figures import find_dates
from assistant.nlp.tokens import STOP_WORDS, stem, tokenize
from assistant.query.question import Question
from assistant.retrieval.retriever import Candidate
from assistant.segmentation.table_rows import column_names, label_of

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")  # in a column's name: "FY2024", "31 December 2024"


def row_named(question: Question, best: Candidate, candidates: Sequence[Candidate]) -> Candidate:
    """The best candidate, or a row of its document that the question names and that fits it better.

    A question names a row if it has all words of its label. In the best one's own table that row fits better if it has
    a rarer word of the question, or if the best one's label has words that the question hasn't. Elsewhere it does if
    its label has all content words of the question, more of them than the best one's label, and it is about as
    relevant: "total accrued expenses" rather than "accrued expenses".

    Args:
        question: what is asked.
        best: of the candidates.
        candidates: best first.
    """
    asked = _stems(question.text)
    rows = [row for row in candidates if row.document.id == best.document.id and _is_named(row, asked)]
    for row in rows:
        if _is_in_table_of(best, row) and _fits_better(row, best, asked):
            return row
    subject = frozenset(stem for stem in question.stems if not stem[0].isdigit())
    own_count = len(_label_stems(best)) if _is_named(best, asked) else 0
    wholly_named = (row for row in nearby(best, rows) if subject <= _label_stems(row))
    return next((row for row in wholly_named if len(_label_stems(row)) > own_count and _lacks_no_more(row, best)), best)


def is_of_other_years(question: Question, candidate: Candidate) -> bool:
    """Whether a row's columns are named by years, none of which the question asks for, though it asks for some."""
    if candidate.sentence.kind != "row":
        return False
    asked = _years(question.text)
    stated = {year for name in column_names(candidate.sentence) for year in _years_of_column(name)}
    return bool(asked and stated) and asked.isdisjoint(stated | _years(candidate.sentence.text))


def _years(text: str) -> set[int]:
    return {date.year for date in find_dates(text) if date.year}


def _years_of_column(name: str) -> Iterable[int]:
    """The years that a column's name states, with those between them: "2019 to 2024"."""
    years = [int(year) for year in _YEAR.findall(name)]
    return range(min(years), max(years) + 1) if years else ()


def _stems(text: str) -> frozenset[str]:
    """The stems of a text's words, those of asking too ("total"), without numbers."""
    words = (token.text for token in tokenize(text))
    return frozenset(stem(word) for word in words if word not in STOP_WORDS and not word[0].isdigit())


def _label_stems(candidate: Candidate) -> frozenset[str]:
    return _stems(label_of(candidate.sentence))


def _is_named(candidate: Candidate, asked: frozenset[str]) -> bool:
    label = _label_stems(candidate)
    return bool(label) and label <= asked


def _is_in_table_of(best: Candidate, row: Candidate) -> bool:
    return best.sentence.kind == "row" and best.sentence.context == row.sentence.context


def _fits_better(row: Candidate, best: Candidate, asked: frozenset[str]) -> bool:
    has_rarer_word = row.features["missing"] < best.features["missing"]
    return has_rarer_word or (_lacks_no_more(row, best) and not _is_named(best, asked))


def _lacks_no_more(row: Candidate, best: Candidate) -> bool:
    return row.features["missing"] <= best.features["missing"]
