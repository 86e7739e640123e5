"""Rows of tables as answers: the one whose label a question has, and those of other years than it asks about.

Rows of a table are alike in all but their labels: "Net sales" and "Cheese" stand below the same headings and headers,
so neither vectors nor the span reader tell well which of them answers a question about the net sales of cheese.
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
    """The best candidate, or a row of its document that the question names and that fits the question better.

    A question names a row if it has all words of the row's label. A row in the table of the best candidate fits better
    if it has the rarest word of the question that the best one lacks, or if the question doesn't name the best one. A
    row elsewhere fits better if its label has all content words of the question, more than that of a best one which is
    named, and if it is nearly as relevant: "total accrued expenses" rather than "accrued expenses". Neither may lack a
    rarer word than the best one does.

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
    subject = frozenset(word_stem for word_stem in question.stems if not word_stem[0].isdigit())
    min_words = len(_label_stems(best)) + 1 if _is_named(best, asked) else 1
    for row in nearby(best, rows):
        label = _label_stems(row)
        if subject <= label and len(label) >= min_words and _lacks_no_rarer_word(row, best):
            return row
    return best


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
    """The stems of a text's words, without numbers; also of words that say little in a question, as "total" does."""
    words = (token.text for token in tokenize(text))
    return frozenset(stem(word) for word in words if word not in STOP_WORDS and not word[0].isdigit())


def _label_stems(candidate: Candidate) -> frozenset[str]:
    return _stems(label_of(candidate.sentence))


def _is_named(candidate: Candidate, asked: frozenset[str]) -> bool:
    label = _label_stems(candidate)
    return bool(label) and label <= asked


def _is_in_table_of(best: Candidate, row: Candidate) -> bool:
    """Whether two rows have the same table: its headings, title, group and header are the same."""
    return best.sentence.kind == "row" and best.sentence.context == row.sentence.context


def _fits_better(row: Candidate, best: Candidate, asked: frozenset[str]) -> bool:
    has_rarer_word = row.features["missing"] < best.features["missing"]  # than any that it lacks
    return has_rarer_word or (_lacks_no_rarer_word(row, best) and not _is_named(best, asked))


def _lacks_no_rarer_word(row: Candidate, best: Candidate) -> bool:
    """Whether the rarest word of the question that a row lacks is no rarer than that which the best one lacks."""
    return row.features["missing"] <= best.features["missing"]
