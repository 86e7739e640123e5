"""Corrupts true statements and counts how many the check catches, and how many true ones it lets pass.

    python -m research.corruption [FOLDER]

FOLDER is a data set with ``corpus.jsonl``; by default the sentences of the bundled corpus are taken. Every sentence
that states something is a true statement of itself. Each corruption changes one thing: a digit, two numbers'
places, a name, a date, a unit, a negation. The paraphrases change nothing that is said. The reader has its say unless
``ASSISTANT_READER=off``.
"""

import argparse
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from assistant.grounding.check import ReaderScorer, reader_scorer, verdict_for
from assistant.grounding.support import Evidence
from assistant.models.span_reader import SpanReader
from assistant.nlp.figures import Date, find_dates, find_figures, find_names
from assistant.nlp.tokens import fold
from assistant.retrieval.answer_types import can_answer
from assistant.settings import load_settings

_SEED = 0
_LEAST = 40  # characters of a sentence that states something


class Changed(NamedTuple):
    """A sentence, what became of it, and how it was changed."""

    kind: str
    text: str
    sentence: str


def corruptions(sentences: Sequence[str], seed: int = _SEED) -> Iterator[Changed]:
    """Every corruption of every sentence that has what it takes, drawn with a fixed seed."""
    rng = random.Random(seed)  # noqa: S311 — a sample, no secret
    stated = [text for text in dict.fromkeys(sentences) if len(text) >= _LEAST and can_answer(text)]
    known = sorted({name.text for text in stated for name in find_names(text)})
    for text in stated:
        for kind, corrupt in _CORRUPTIONS.items():
            changed = corrupt(text, rng) if corrupt is not _name else _name(text, rng, known)
            if changed and changed != text:
                yield Changed(kind, changed, text)


def paraphrases(sentences: Sequence[str]) -> Iterator[Changed]:
    """Every sentence as it is, and lightly paraphrased in each way that changes it."""
    for text in dict.fromkeys(each for each in sentences if len(each) >= _LEAST and can_answer(each)):
        yield Changed("unchanged", text, text)
        for kind, paraphrase in _PARAPHRASES.items():
            changed = paraphrase(text)
            if changed != text:
                yield Changed(kind, changed, text)


def caught(changed: Changed, reads: ReaderScorer | None = None) -> bool:
    """Whether the check finds the changed text unsupported by its own sentence; ``reads`` is as `judge` takes it."""
    return verdict_for(changed.text, [Evidence(changed.sentence)], reads).verdict == "unsupported"


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return f"{text[:start]}{new}{text[end:]}"


def _digit(text: str, rng: random.Random) -> str | None:
    found = [each for each in find_figures(text) if re.search(r"\d", each.text) and each.kind != "ordinal"]
    if not found:
        return None
    figure = rng.choice(found)
    places = [figure.start + match.start() for match in re.finditer(r"\d", figure.text)]
    place = rng.choice(places)
    other = rng.choice([d for d in "123456789" if d != text[place]])
    return _replaced(text, place, place + 1, other)


def _swap(text: str, rng: random.Random) -> str | None:
    found = [each for each in find_figures(text) if each.kind in ("number", "money", "percent", "measure")]
    pairs = [(a, b) for a in found for b in found if a.start < b.start and a.value != b.value and
             (a.kind, a.unit) == (b.kind, b.unit)]  # fmt: skip
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return text[: a.start] + b.text + text[a.end : b.start] + a.text + text[b.end :]


def _name(text: str, rng: random.Random, known: Sequence[str] = ()) -> str | None:
    found = find_names(text)
    if not found:
        return None
    name = rng.choice(found)
    here = fold(text)
    others = [each for each in known if fold(each) not in here and name.key not in fold(each)]
    return _replaced(text, name.start, name.end, rng.choice(others)) if others else None


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _date(text: str, rng: random.Random) -> str | None:
    found = [each for each in find_dates(text) if each.grain in ("day", "month", "year")]
    if not found:
        return None
    date: Date = rng.choice(found)
    month = next((each for each in _MONTHS if each in date.text), None)
    if month and rng.random() < 0.5:
        return _replaced(
            text, date.start, date.end, date.text.replace(month, rng.choice([m for m in _MONTHS if m != month]))
        )
    numbers = list(re.finditer(r"\d+", date.text))
    if not numbers:
        return None
    number = rng.choice(numbers)
    other = str(int(number[0]) + rng.choice([-2, -1, 1, 2, 3])) if int(number[0]) > 31 else str(int(number[0]) % 27 + 1)
    return _replaced(text, date.start + number.start(), date.start + number.end(), other)


_UNITS = {"million": "billion", "billion": "million", "thousand": "million", "percent": "per mille", "%": " per mille",
          "days": "weeks", "weeks": "months", "months": "years", "years": "months", "hours": "days", "minutes": "hours",
          "kilometres": "miles", "miles": "kilometres", "km": "miles", "metres": "feet", "kilograms": "tonnes",
          "kg": "tonnes", "tonnes": "kilograms", "euros": "dollars", "dollars": "euros", "USD": "EUR", "EUR": "USD",
          "feet": "metres", "acres": "hectares", "pounds": "ounces"}  # fmt: skip


def _unit(text: str, rng: random.Random) -> str | None:
    found = [
        (match, new)
        for old, new in _UNITS.items()
        for match in re.finditer(rf"(?<=\d)\s?{re.escape(old)}(?!\w)|(?<=\d )(?<!\w){re.escape(old)}(?!\w)", text)
    ]
    if not found:
        return None
    match, new = rng.choice(found)
    return _replaced(text, match.start(), match.end(), f" {new}" if match[0].startswith(" ") else new)


_AUXILIARY = re.compile(
    r"\b(?:was|were|is|are|has|have|had|will|can|could|may|should|did|does)\b(?!\s+(?:not|no)\b|n['’]t)"
)


def _negation(text: str, rng: random.Random) -> str | None:
    present = re.search(r"\b(was|were|is|are|has|have|had|will|can|could|did|does|do) not (?!only|just)", text)
    if present:
        return _replaced(text, present.start(), present.end(), f"{present[1]} ")
    found = list(_AUXILIARY.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    return _replaced(text, match.end(), match.end(), " not")


_CORRUPTIONS: dict[str, Callable[[str, random.Random], str | None]] = {
    "digit": _digit, "swap": _swap, "name": _name, "date": _date, "unit": _unit, "negation": _negation,
}  # fmt: skip


def _bare_thousands(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)


def _dates_turned(text: str) -> str:
    return re.sub(
        rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)})\b( \d{{4}})?",
        lambda m: f"{m[2]} {m[1]}{',' + m[3] if m[3] else ''}",
        text,
    )


def _contracted(text: str) -> str:
    return re.sub(r"\b(is|are|was|were|has|have|did|does|could) not\b", r"\1n't", text)


def _lead_moved(text: str) -> str:
    found = re.fullmatch(r"((?:In|On|At|During|After|Since|By|From) [^,.;]{3,50}), ([^;]+)\.", text)
    if not found:
        return text
    rest = found[2]
    first = rest if find_names(rest[:20]) and find_names(rest[:20])[0].start == 0 else rest[0].upper() + rest[1:]
    return f"{first} {found[1][0].lower()}{found[1][1:]}."


_SYNONYMS = {"approximately": "about", "however, ": "", "began": "started", "because": "since", "many": "numerous",
             "a number of": "several", "in order to": "to", "also ": "", "purchased": "bought", "percent": "per cent",
             "According to": "As reported by", "a total of ": "", "A total of ": ""}  # fmt: skip


def _reworded(text: str) -> str:
    for old, new in _SYNONYMS.items():
        text = re.sub(rf"\b{re.escape(old)}", new, text)
    return text


def _tail_dropped(text: str) -> str:
    found = re.fullmatch(r"(.{40,}?[a-z]{2}), ([^,]+)\.", text)
    return f"{found[1]}." if found and not re.search(r"\b(?:and|or)\b", found[2]) else text


_PARAPHRASES: dict[str, Callable[[str], str]] = {
    "thousands": _bare_thousands, "dates turned": _dates_turned, "contracted": _contracted, "lead moved": _lead_moved,
    "reworded": _reworded, "tail dropped": _tail_dropped,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and prints the shares, a row a kind."""
    parser = argparse.ArgumentParser(description="Corrupt true statements and count what the check catches.")
    parser.add_argument("folder", type=Path, nargs="?", help="a data set; by default the bundled corpus")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="show so many misses of each kind")
    options = parser.parse_args(arguments)
    sentences = sentences_of(options.folder)
    reads = reader_scorer(SpanReader() if load_settings().reader == "on" else None)
    taken = []
    for title, made, wanted in (("caught", corruptions(sentences), True), ("passed", paraphrases(sentences), False)):
        table: dict[str, list[bool]] = defaultdict(list)
        misses: dict[str, list[Changed]] = defaultdict(list)
        for each in made:
            begun = time.perf_counter()
            right = caught(each, reads) == wanted
            taken.append(time.perf_counter() - begun)
            table[each.kind].append(right)
            if not right:
                misses[each.kind].append(each)
        for kind, rights in table.items():
            sys.stdout.write(f"{title} {kind}: {sum(rights) / len(rights):.3f} ({len(rights)})\n")
            for miss in misses[kind][: options.show]:
                why = verdict_for(miss.text, [Evidence(miss.sentence)], reads).why
                sys.stdout.write(f"    {miss.text}\n    = {miss.sentence}\n    {why}\n")
    sys.stdout.write(f"a statement: median {1000 * median(taken):.1f} ms, most {1000 * max(taken):.1f} ms\n")
    return 0


def sentences_of(folder: Path | None) -> list[str]:
    """The sentences of a data set, or of the bundled corpus."""
    if folder:
        from assistant.evaluation.datasets import load_dataset

        return [text for document in load_dataset(folder).documents.values() for text in document.sentences]
    from assistant.paths import data_folder as resource
    from assistant.readers import read_file
    from assistant.segmentation.sentences import split_sentences

    paths = [path for path in sorted(resource("corpus").iterdir()) if path.suffix in (".md", ".html", ".txt")]
    return [
        " ".join(each.text.split())
        for path in paths
        for each in split_sentences(read_file(path, max_bytes=10**8))
        if each.kind == "prose"
    ]


if __name__ == "__main__":
    sys.exit(main())
