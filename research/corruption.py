"""Corrupts true statements: prints the share that the grounding check catches, and of true ones the share that passes.

    python -m research.corruption [DATA]

DATA is the folder of a data set; by default the sentences of the bundled corpus are taken. Every sentence that states
something is a true statement with itself as evidence. Each corruption changes one thing: a digit, the places of two
numbers, a name, a date, a unit, a negation. The paraphrases change nothing that is said. The span reader takes part
unless ``ASSISTANT_READER=off``.
"""

import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from assistant.evaluation.datasets import load_dataset
from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import Evidence
from assistant.grounding.span_reader_scorer import SpanReaderScorer, make_span_reader_scorer
from assistant.models.span_reader import SpanReader
from assistant.nlp.figures import find_dates, find_figures, find_names
from assistant.nlp.tokens import fold
from assistant.paths import data_folder
from assistant.readers import read_file
from assistant.retrieval.answer_types import can_answer
from assistant.segmentation.sentences import split_sentences
from assistant.settings import load_settings
from research.command_line import add_dataset_argument, print_now, program_parser
from research.paraphrases import MONTHS, PARAPHRASES

_SEED = 0
_MIN_SENTENCE_CHARS = 40  # of a sentence that states something
_MAX_FILE_BYTES = 10**8
_MAX_DAY = 31  # a greater number in a date is a year
_UNITS = {"million": "billion", "billion": "million", "thousand": "million", "percent": "per mille", "%": " per mille",
          "days": "weeks", "weeks": "months", "months": "years", "years": "months", "hours": "days", "minutes": "hours",
          "kilometres": "miles", "miles": "kilometres", "km": "miles", "metres": "feet", "kilograms": "tonnes",
          "kg": "tonnes", "tonnes": "kilograms", "euros": "dollars", "dollars": "euros", "USD": "EUR", "EUR": "USD",
          "feet": "metres", "acres": "hectares", "pounds": "ounces"}  # fmt: skip
_AUXILIARY = re.compile(
    r"\b(?:was|were|is|are|has|have|had|will|can|could|may|should|did|does)\b(?!\s+(?:not|no)\b|n['’]t)"
)
_NEGATED = re.compile(r"\b(was|were|is|are|has|have|had|will|can|could|did|does|do) not (?!only|just)")


class ChangedSentence(NamedTuple):
    """A sentence, what became of it, and how it was changed."""

    kind: str
    text: str
    sentence: str


def corruptions(sentences: Sequence[str], seed: int = _SEED) -> Iterator[ChangedSentence]:
    """Every kind of corruption of every sentence that allows it, drawn with the seed."""
    rng = random.Random(seed)  # noqa: S311 — a sample, no secret
    statements = list(_statements(sentences))
    names = sorted({name.text for text in statements for name in find_names(text)})
    for text in statements:
        for kind, corrupt in _CORRUPTIONS.items():
            changed = corrupt(text, rng, names)
            if changed and changed != text:
                yield ChangedSentence(kind, changed, text)


def paraphrases(sentences: Sequence[str]) -> Iterator[ChangedSentence]:
    """Every sentence as it is, and paraphrased in each way that changes it."""
    for text in _statements(sentences):
        yield ChangedSentence("unchanged", text, text)
        for kind, paraphrase in PARAPHRASES.items():
            changed = paraphrase(text)
            if changed != text:
                yield ChangedSentence(kind, changed, text)


def is_caught(changed: ChangedSentence, span_reader_scorer: SpanReaderScorer | None = None) -> bool:
    """Whether the grounding check finds the changed text unsupported by its own sentence.

    Args:
        changed: the sentence and what became of it.
        span_reader_scorer: as `assistant.grounding.check.verdict_for` takes it.
    """
    return verdict_for(changed.text, [Evidence(changed.sentence)], span_reader_scorer).verdict == "unsupported"


def _statements(sentences: Sequence[str]) -> Iterator[str]:
    """The sentences that state something, each once."""
    for text in dict.fromkeys(sentences):
        if len(text) >= _MIN_SENTENCE_CHARS and can_answer(text):
            yield text


def _replace_span(text: str, start: int, end: int, new: str) -> str:
    return f"{text[:start]}{new}{text[end:]}"


def _change_digit(text: str, rng: random.Random, _: Sequence[str]) -> str | None:
    figures = [figure for figure in find_figures(text) if re.search(r"\d", figure.text) and figure.kind != "ordinal"]
    if not figures:
        return None
    figure = rng.choice(figures)
    positions = [figure.start + match.start() for match in re.finditer(r"\d", figure.text)]
    position = rng.choice(positions)
    new_digit = rng.choice([digit for digit in "123456789" if digit != text[position]])
    return _replace_span(text, position, position + 1, new_digit)


def _swap_figures(text: str, rng: random.Random, _: Sequence[str]) -> str | None:
    figures = [figure for figure in find_figures(text) if figure.kind in ("number", "money", "percent", "measure")]
    pairs = [
        (first, second)
        for first in figures
        for second in figures
        if first.start < second.start
        and first.value != second.value
        and (first.kind, first.unit) == (second.kind, second.unit)
    ]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    between = text[first.end : second.start]
    return text[: first.start] + second.text + between + first.text + text[second.end :]


def _change_name(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    own_names = find_names(text)
    if not own_names:
        return None
    name = rng.choice(own_names)
    folded = fold(text)
    others = [other for other in names if fold(other) not in folded and name.key not in fold(other)]
    return _replace_span(text, name.start, name.end, rng.choice(others)) if others else None


def _change_date(text: str, rng: random.Random, _: Sequence[str]) -> str | None:
    dates = [date for date in find_dates(text) if date.grain in ("day", "month", "year")]
    if not dates:
        return None
    date = rng.choice(dates)
    month = next((name for name in MONTHS if name in date.text), None)
    if month and rng.random() < 0.5:
        new_month = rng.choice([name for name in MONTHS if name != month])
        return _replace_span(text, date.start, date.end, date.text.replace(month, new_month))
    numbers = list(re.finditer(r"\d+", date.text))
    if not numbers:
        return None
    number = rng.choice(numbers)
    value = int(number[0])
    new_value = value + rng.choice([-2, -1, 1, 2, 3]) if value > _MAX_DAY else value % 27 + 1
    return _replace_span(text, date.start + number.start(), date.start + number.end(), str(new_value))


def _change_unit(text: str, rng: random.Random, _: Sequence[str]) -> str | None:
    units = [
        (match, new)
        for old, new in _UNITS.items()
        for match in re.finditer(rf"(?<=\d)\s?{re.escape(old)}(?!\w)|(?<=\d )(?<!\w){re.escape(old)}(?!\w)", text)
    ]
    if not units:
        return None
    match, new = rng.choice(units)
    return _replace_span(text, match.start(), match.end(), f" {new}" if match[0].startswith(" ") else new)


def _negate(text: str, rng: random.Random, _: Sequence[str]) -> str | None:
    """Takes a negation out, or puts one in."""
    negated = _NEGATED.search(text)
    if negated:
        return _replace_span(text, negated.start(), negated.end(), f"{negated[1]} ")
    auxiliaries = list(_AUXILIARY.finditer(text))
    if not auxiliaries:
        return None
    auxiliary = rng.choice(auxiliaries)
    return _replace_span(text, auxiliary.end(), auxiliary.end(), " not")


# Each takes a sentence, what chooses, and the names of all sentences; None where the sentence doesn't allow it.
_CORRUPTIONS: Mapping[str, Callable[[str, random.Random, Sequence[str]], str | None]] = {
    "digit": _change_digit,
    "swap": _swap_figures,
    "name": _change_name,
    "date": _change_date,
    "unit": _change_unit,
    "negation": _negate,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and prints the shares, a line for each kind."""
    parser = program_parser("research.corruption", __doc__)
    add_dataset_argument(parser, optional=True)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print up to N misses of each kind")
    options = parser.parse_args(arguments)
    sentences = load_sentences(options.data)
    span_reader_scorer = make_span_reader_scorer(SpanReader() if load_settings().reader == "on" else None)
    seconds = _report("caught", corruptions(sentences), options.show, span_reader_scorer)
    seconds += _report("passed", paraphrases(sentences), options.show, span_reader_scorer)
    print_now(f"a statement: median {1000 * median(seconds):.1f} ms, most {1000 * max(seconds):.1f} ms")
    return 0


def _report(
    title: str,
    changed_sentences: Iterator[ChangedSentence],
    max_shown: int,
    span_reader_scorer: SpanReaderScorer | None,
) -> list[float]:
    """Checks the sentences, and prints the share of each kind that is judged rightly.

    Args:
        title: ``caught`` where the check should catch them, ``passed`` where it should let them pass.
        changed_sentences: to check.
        max_shown: the misses of each kind that are printed.
        span_reader_scorer: as `is_caught` takes it.

    Returns:
        The seconds that each check took.
    """
    seconds = []
    outcomes: dict[str, list[bool]] = defaultdict(list)
    misses: dict[str, list[ChangedSentence]] = defaultdict(list)
    for changed in changed_sentences:
        started = time.perf_counter()
        is_right = is_caught(changed, span_reader_scorer) == (title == "caught")
        seconds.append(time.perf_counter() - started)
        outcomes[changed.kind].append(is_right)
        if not is_right:
            misses[changed.kind].append(changed)
    for kind, rights in outcomes.items():
        print_now(f"{title} {kind}: {sum(rights) / len(rights):.3f} ({len(rights)})")
        for miss in misses[kind][:max_shown]:
            why = verdict_for(miss.text, [Evidence(miss.sentence)], span_reader_scorer).why
            print_now(f"    {miss.text}\n    = {miss.sentence}\n    {why}")
    return seconds


def load_sentences(folder: Path | None) -> list[str]:
    """The sentences of a data set, or those of the bundled corpus in prose."""
    if folder:
        return [text for document in load_dataset(folder).documents.values() for text in document.sentences]
    paths = [path for path in sorted(data_folder("corpus").iterdir()) if path.suffix in (".md", ".html", ".txt")]
    return [
        " ".join(sentence.text.split())
        for path in paths
        for sentence in split_sentences(read_file(path, max_bytes=_MAX_FILE_BYTES))
        if sentence.kind == "prose"
    ]


if __name__ == "__main__":
    sys.exit(main())
