"""The public sets of ``data/train`` as questions over passages, split by document, with hard negatives.

Passages are made as the product makes them (`assistant.segmentation.chunks`), so that the reader learns on what it will
read: some 400 characters of whole sentences under the document's title.
"""

import hashlib
import json
import logging
import pickle
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from Stemmer import Stemmer  # type: ignore[import-not-found]  # it ships no types

from assistant.models.span_reader import heading_text
from assistant.segmentation.chunks import split_chunks as grouped
from assistant.segmentation.sentences import split_sentences as split
from assistant.types import Document, Sentence

log = logging.getLogger(__name__)

Span = tuple[int, int]
_HELD = {"squad2": 0.18, "new_wiki": 0.08}  # share of a set's passages that validate; of the others:
_HELD_ELSE = 0.04
_SEARCHED = ("squad2", "new_wiki", "selqa")  # encyclopaedias: one index to look for hard negatives in
_NEGATIVES = 8  # of each kind that are kept for a question


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as it is read."""

    heading: str
    text: str
    sentences: tuple[Span, ...]  # in ``text``
    title: str  # of its document: what the split into training and validation goes by
    paragraph: int  # passages of one paragraph of the set share it


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question with its own paragraph's passages and others that may be taken for an answer."""

    source: str  # the name of the set
    held: bool  # whether it validates
    text: str
    own: tuple[int, ...]  # passages of its paragraph
    gold: tuple[tuple[int, int, int], ...]  # passage, start, end of each answer in it; empty where there is none
    whole: bool  # whether the gold spans are sentences, not answers
    answers: tuple[str, ...] = ()
    near: tuple[int, ...] = ()  # passages of the same document that don't answer, the most similar first
    far: tuple[int, ...] = ()  # the same of other documents


@dataclass
class TrainingData:
    """All passages and questions."""

    passages: list[Passage] = field(default_factory=list)
    questions: list[TrainingQuestion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Raw:
    """A paragraph of a set with its questions: text, answer spans, the answers' texts."""

    source: str
    title: str
    text: str
    asked: tuple[tuple[str, tuple[Span, ...], tuple[str, ...]], ...]
    shown: bool = True  # whether the title says what the text is about
    sentences: tuple[Span, ...] = ()  # where the set gives them
    whole: bool = False


def load(folder: Path, cache: Path, seed: int = 0) -> TrainingData:
    """The sets of ``folder``, made once and kept in ``cache``.

    Args:
        folder: the ``train`` folder with one folder a set.
        cache: a file that is written where it is missing.
        seed: of which documents validate.
    """
    if cache.is_file():
        data: TrainingData = pickle.loads(cache.read_bytes())  # noqa: S301 — written by this function
        return data
    data = _passages(_raws(folder), seed)
    _add_negatives(data)
    cache.write_bytes(pickle.dumps(data))
    return data


def _raws(folder: Path) -> Iterator[_Raw]:
    yield from _squad2(folder / "squad2")
    for name in ("new_wiki", "amazon_reviews", "reddit"):
        yield from _squad(folder / "squadshifts" / f"{name}_v1.0.json", name, shown=name == "new_wiki")
    yield from _squad(folder / "covid_qa" / "200423_covidQA.json", "covid_qa", shown=True)
    for name in ("dev", "test"):
        yield from _selqa(folder / "selqa" / f"selqa-ass-{name}.json")
    yield from _quotesum(folder / "quotesum" / "dev.jsonl")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _squad2(folder: Path) -> Iterator[_Raw]:
    """SQuAD 2.0 in the project's own form: answers are looked up in the sentences given as evidence."""
    asked = defaultdict(list)
    for line in _lines(folder / "questions.jsonl"):
        asked[line["source_doc"]].append(line)
    for line in _lines(folder / "corpus.jsonl"):
        text, spans, at = " ".join(line["sentences"]), [], 0
        for sentence in line["sentences"]:
            spans.append((at, at + len(sentence)))
            at += len(sentence) + 1
        questions = []
        for each in asked[line["doc_id"]]:
            evidence = {spans[number] for items in each["evidence_sets"] for _, number in items}
            found = {
                (start + hit.start(), start + hit.end())
                for start, end in evidence
                for answer in each["answers"]
                for hit in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text[start:end])
            }
            if bool(found) == each["answerable"]:
                questions.append((each["question"], tuple(sorted(found)), tuple(each["answers"])))
        yield _Raw("squad2", line["title"], text, tuple(questions))


def _squad(path: Path, source: str, *, shown: bool) -> Iterator[_Raw]:
    """SQuAD's own form."""
    for number, article in enumerate(json.loads(path.read_text("utf-8"))["data"]):
        for place, paragraph in enumerate(article["paragraphs"]):
            text = paragraph["context"]
            title = article.get("title") or text.split("\n", 1)[0]
            if source == "reddit":
                title = f"{title} {place}"  # each paragraph is by someone else
            asked = []
            for each in paragraph["qas"]:
                hits = [(a["answer_start"], a["answer_start"] + len(a["text"]), a["text"]) for a in each["answers"]]
                spans = {(start, end) for start, end, answer in hits if text[start:end] == answer}
                if spans:
                    asked.append((each["question"], tuple(sorted(spans)), tuple({hit[2] for hit in hits})))
            yield _Raw(source, f"{title}#{number}" if source == "amazon_reviews" else title, text, tuple(asked), shown)


def _selqa(path: Path) -> Iterator[_Raw]:
    """Answer-sentence selection: which sentences of a section answer."""
    for each in json.loads(path.read_text("utf-8")):
        spans, at = [], 0
        for sentence in each["candidates"]:
            spans.append((at, at + len(sentence)))
            at += len(sentence) + 1
        gold = tuple(spans[number] for number in each["answers"] if number < len(spans))
        if gold:
            text = " ".join(each["candidates"])
            asked = ((each["question"], gold, ()),)
            yield _Raw("selqa", each["article"], text, asked, sentences=tuple(spans), whole=True)


def _quotesum(path: Path) -> Iterator[_Raw]:
    seen = set()
    for each in _lines(path):
        for number in range(1, 9):
            title, text, answer = (each[f"{name}{number}"] for name in ("title", "source", "short_ans_"))
            spans = tuple((hit.start(), hit.end()) for hit in re.finditer(re.escape(answer), text)) if answer else ()
            if spans and (each["question"], text) not in seen:
                seen.add((each["question"], text))
                yield _Raw("quotesum", title, text, ((each["question"], spans, (answer,)),))


def _passages(raws: Iterable[_Raw], seed: int) -> TrainingData:
    data, raws = TrainingData(), list(raws)
    held = _held_titles(raws, seed)
    for number, raw in enumerate(raws):
        document = Document("", "", "", raw.text, "text")
        given = raw.sentences or [(each.start, each.end) for each in split(document)]
        numbered = [Sentence("", place, a, b, raw.text[a:b]) for place, (a, b) in enumerate(given) if a < b]
        if not numbered:
            continue
        sentences, made = grouped(document, numbered)
        first = len(data.passages)
        for passage in made:
            inside = tuple((s.start - passage.start, s.end - passage.start) for s in sentences[passage.first :]
                           if s.number <= passage.last)  # fmt: skip
            heading = heading_text(raw.title, "") if raw.shown else ""
            data.passages.append(Passage(heading, passage.text, inside, raw.title, number))
        for text, spans, answers in raw.asked:
            gold = tuple(_placed(spans, made, first))
            if gold or not spans:
                own = tuple(range(first, len(data.passages)))
                is_held = (raw.source, raw.title) in held
                data.questions.append(TrainingQuestion(raw.source, is_held, text, own, gold, raw.whole, answers))
    return data


def _held_titles(raws: Sequence[_Raw], seed: int) -> set[tuple[str, str]]:
    """The documents that validate: of each set the first by a hash, up to its share of the paragraphs."""
    sizes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for raw in raws:
        sizes[raw.source][raw.title] += 1
    held = set()
    for source, titles in sizes.items():
        wanted = _HELD.get(source, _HELD_ELSE) * sum(titles.values())
        for title in sorted(titles, key=lambda t: hashlib.sha256(f"{seed} {t}".encode()).digest()):
            if wanted <= 0:
                break
            held.add((source, title))
            wanted -= titles[title]
    return held


def _placed(spans: Iterable[Span], made: Sequence[Any], first: int) -> Iterator[tuple[int, int, int]]:
    """The spans in the passages; one that begins in a passage and ends in the next is cut."""
    for start, end in spans:
        for number, passage in enumerate(made):
            if passage.start <= start < passage.end:
                yield first + number, start - passage.start, min(end, passage.end) - passage.start


def _add_negatives(data: TrainingData) -> None:
    """Finds each question's hard negatives: what BM25 ranks high among passages that don't hold the answer's words."""
    wanted = [n for n, each in enumerate(data.questions) if each.source in _SEARCHED]
    rows = sorted({row for n in wanted for row in data.questions[n].own})
    log.info("ranking %d passages for %d questions", len(rows), len(wanted))
    index = _Index([data.passages[row].heading + data.passages[row].text for row in rows])
    places = {row: place for place, row in enumerate(rows)}
    titles = [data.passages[row].title for row in rows]
    held = {data.passages[row].title for n in wanted if data.questions[n].held for row in data.questions[n].own}
    folded = [data.passages[row].text.casefold() for row in rows]
    for n in wanted:
        each = data.questions[n]
        similar = index.scores(each.text)
        title = data.passages[each.own[0]].title
        right = {places[row] for row, _, _ in each.gold}
        bad = [answer.casefold() for answer in each.answers]
        order = [place for place in np.argsort(-similar)[:300].tolist() if place not in right]
        usable = [place for place in order if not any(words in folded[place] for words in bad)]
        own = {places[row] for row in each.own}
        near = [rows[p] for p in usable if titles[p] == title and p not in own][:_NEGATIVES]
        far = [rows[p] for p in usable if titles[p] != title and (titles[p] in held) == each.held][:_NEGATIVES]
        ordered = tuple(sorted(each.own, key=lambda row: -similar[places[row]]))
        data.questions[n] = replace(each, own=ordered, near=tuple(near), far=tuple(far))


class _Index:
    """BM25 (Robertson and Zaragoza 2009) over some texts."""

    def __init__(self, texts: Sequence[str], k: float = 1.2, b: float = 0.75) -> None:
        counts = [Counter(_terms(text)) for text in texts]
        lengths = np.array([sum(each.values()) for each in counts])
        norm = k * (1 - b + b * lengths / lengths.mean())
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, each in enumerate(counts):
            for term, count in each.items():
                found[term].append((place, count))
        self._size = len(texts)
        self._postings = {}
        for term, pairs in found.items():
            where, count = np.array(pairs).T
            rarity = np.log1p((len(texts) - len(pairs) + 0.5) / (len(pairs) + 0.5))
            self._postings[term] = (where, rarity * count * (k + 1) / (count + norm[where]))

    def scores(self, question: str) -> NDArray[np.float64]:
        """Each text's score, shape (texts,)."""
        scores = np.zeros(self._size)
        for term in set(_terms(question)):
            if term in self._postings:
                where, weight = self._postings[term]
                scores[where] += weight
        return scores


_STEMMER = Stemmer("english")


def _terms(text: str) -> list[str]:
    stems: list[str] = _STEMMER.stemWords(re.findall(r"\w+", text.casefold()))
    return stems
