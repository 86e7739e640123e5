"""The mutation proof: what the gate is for, done to it on purpose, and it shuts every time."""

import math
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import paths
from assistant.answering.answer_builder import make_citation
from assistant.evaluation.command import EvalOptions, run_evaluation
from assistant.evaluation.scorecard import Scorecard
from assistant.grounding import check
from assistant.models import prompts
from assistant.models.e5 import E5Embedder, Vectors
from assistant.nlp.tokens import content_stems
from assistant.segmentation.chunks import ChunkInput, split_chunks
from assistant.types import Citation, Document, Sentence
from tests.support import openai_stub
from tests.support.files import replace_member
from tests.support.openai_stub import Exchange, says, streams

pytestmark = pytest.mark.slow


ASKED = ("liberterra-ii.yaml", "near-misses.yaml", "other-operations.yaml")  # every harm below is seen in these


def run_cases() -> Scorecard:
    """The cases of three files, over the whole corpus and against the gate of all."""
    cases = paths.data_folder("evals") / "cases"
    return run_evaluation(EvalOptions(cases=tuple(cases / name for name in ASKED), workers=2))


@pytest.fixture(scope="module", autouse=True)
def _embedded_once() -> Iterator[None]:
    """Each chunk is embedded by the first run that meets it: no harm below is one of vectors."""
    kept: dict[ChunkInput, Vectors] = {}
    embed = E5Embedder.embed_chunks

    def remembered(own: E5Embedder, chunks: Sequence[ChunkInput]) -> Vectors:
        new = [chunk for chunk in dict.fromkeys(chunks) if chunk not in kept]
        ends = accumulate(len(chunk.spans) for chunk in new)
        kept.update(zip(new, np.split(embed(own, new), [*ends][:-1]), strict=True) if new else ())
        return np.concatenate([kept[chunk] for chunk in chunks])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(E5Embedder, "embed_chunks", remembered)
        yield


@pytest.fixture(scope="module")
def unharmed() -> Scorecard:
    """The same cases over the bundled corpus as it is: for these the gate is open."""
    card = run_cases()
    assert ("", (), True) == (card.unfinished, card.gate.missed, card.passed)
    return card


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of corpus, cases, thresholds and prompts in place of the bundled ones, to be harmed."""
    for name in ("corpus", "evals", "prompts"):
        shutil.copytree(paths.data_folder(name), tmp_path / name)
    monkeypatch.setattr(paths, "_PACKAGE_FOLDER", tmp_path)
    prompts.load_prompt.cache_clear()
    yield tmp_path
    prompts.load_prompt.cache_clear()


def shuts(harmed: Scorecard, unharmed: Scorecard) -> list[str]:
    """What the harmed run misses that the unharmed one doesn't; the gate must be shut for it."""
    assert not harmed.passed
    return [reason for reason in harmed.gate.missed if reason not in unharmed.gate.missed]


def test_the_gate_is_open() -> None:
    """Nothing harmed, nothing missed: the gate of .ci/run, with all bundled cases."""
    card = run_evaluation(EvalOptions(workers=2))
    assert ("", (), True) == (card.unfinished, card.gate.missed, card.passed)


# A swapped digit in a document


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("liberterra-ii.md", "2,517", "2,571"),
        ("questions-and-answers.txt", "2,517", "2,571"),
        ("world-courier-liberterra-ii.html", "850", "805"),
        ("liberterra-iii.docx", "3,744", "3,474"),
    ],
)
def test_a_swapped_digit_shuts_it(bundle: Path, unharmed: Scorecard, name: str, right: str, wrong: str) -> None:
    """In one document of a dozen two digits change places: the gate names the document and what it should say."""
    swap(bundle / "corpus" / name, right, wrong)
    missed = shuts(run_cases(), unharmed)
    assert [] != [reason for reason in missed if f": {name} doesn't say “" in reason and right in reason]


def swap(path: Path, right: str, wrong: str) -> None:
    data = path.read_bytes()
    if path.suffix == ".docx":
        member = "word/document.xml"
        text = zipfile.ZipFile(path).read(member).decode()
        path.write_bytes(replace_member(data, member, text.replace(right, wrong)))
    else:
        text = data.decode()
        path.write_bytes(text.replace(right, wrong).encode())
    assert right in text


# A broken citation offset


def one_off(*arguments: Any) -> Citation:
    citation = make_citation(*arguments)
    return replace(citation, start=citation.start + 1)


def test_a_citation_one_character_off_shuts_it(unharmed: Scorecard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Citations that start one too far are all removed by the check: everything is refused, and that shuts the gate."""
    monkeypatch.setattr("assistant.answering.context.make_citation", one_off)
    harmed = run_cases()
    assert (1.0, 0.0) == (harmed.metrics["refused_answerable"], harmed.metrics["facts"])
    assert [] != [reason for reason in shuts(harmed, unharmed) if reason.startswith("facts is 0.000, needs ")]


def test_an_offset_that_the_check_lets_pass_shuts_it(unharmed: Scorecard, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the check broken too, answers are as good as ever but for their offsets: the gate finds these by itself."""
    monkeypatch.setattr("assistant.answering.context.make_citation", one_off)
    monkeypatch.setattr(check, "is_exact_quote", lambda *_: True)
    harmed = run_cases()
    same = ("facts", "citation_recall", "citation_precision", "refusal_balanced", "number_accuracy")
    assert {name: unharmed.metrics[name] for name in same} == {name: harmed.metrics[name] for name in same}
    assert "quotes_exact is 0.000, needs 1.000" in shuts(harmed, unharmed)


def test_a_span_that_is_stored_wrong_shuts_it(unharmed: Scorecard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A splitter one off cuts every sentence, and text and offsets agree: no check can see it, but the cases do."""

    def cut(document: Document, split: Sequence[Sentence]) -> Any:
        return split_chunks(
            document,
            [
                replace(sentence, start=sentence.start + 1, text=document.text[sentence.start + 1 : sentence.end])
                for sentence in split
            ],
        )

    monkeypatch.setattr("assistant.ingest.indexer.split_chunks", cut)
    harmed = run_cases()
    assert 1.0 == harmed.metrics["quotes_exact"]
    assert [] != [reason for reason in shuts(harmed, unharmed) if reason.startswith("citation_recall is ")]


def test_a_span_that_belongs_to_another_text_shuts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stored offsets don't give the stored text nothing is answered, and an unfinished run passes nothing."""

    def moved(document: Document, split: Sequence[Sentence]) -> Any:
        return split_chunks(document, [replace(sentence, start=sentence.start + 1) for sentence in split])

    monkeypatch.setattr("assistant.ingest.indexer.split_chunks", moved)
    harmed = run_cases()
    assert not harmed.passed
    assert harmed.unfinished.startswith("0 of ")


# A prompt that stops refusing

QUESTION = re.compile(r"^Question: (.+)$", re.MULTILINE)
WIDTH = 0.1  # of coverage, within which an example speaks for a question
REFUSING = re.compile(r"=== user\n(?:(?!=== ).*\n)+?=== assistant\nno\n")
INSTRUCTION = re.compile(r" It is no when .+\.$", re.MULTILINE)
LEAST = 0.5  # of the unanswerable: the small model is a poor one


def learner(exchange: Exchange) -> None:
    """A small model that knows nothing but its prompt: it says yes as often as the examples that are like the question.

    How alike they are is by the share of a question's words that stand in its sentences: a mean of the examples'
    answers, weighted by a normal kernel (Nadaraya and Watson 1964). It answers with the likeliest sentence.
    """
    messages: Sequence[Any] = exchange.request.body["messages"]
    if "rewrite" in messages[0]["content"]:
        streams(messages[-1]["content"].rpartition("Last question: ")[2])(exchange)
        return
    *examples, (question, lines, _) = questions_of(messages)
    if exchange.request.is_streamed:
        best = max(lines, key=lambda line: coverage(question, [line]))
        number, _, text = best.partition("] ")
        streams(f"{text} {number}]")(exchange)
        return
    near = [(kernel(coverage(question, lines) - coverage(*example[:2])), example[2]) for example in examples]
    yes = sum(weight for weight, reply in near if reply == "yes") / sum(weight for weight, _ in near)
    says("yes" if yes >= 0.5 else "no", {word: p for word, p in (("yes", yes), ("no", 1 - yes)) if p > 0})(exchange)


def questions_of(messages: Sequence[Any]) -> Iterator[tuple[str, list[str], str]]:
    """Each question of a chat, the lines that it is asked of, and what was replied."""
    lines: list[str] = []
    for message, reply in zip(messages, [*messages[1:], {"content": ""}], strict=True):
        if message["role"] == "user" and (match := QUESTION.search(message["content"])):
            before = message["content"][: match.start()].strip()
            lines = [line for line in before.splitlines() if line.startswith("[")] or lines
            yield match[1], lines, reply["content"]


def coverage(question: str, lines: Sequence[str]) -> float:
    words = set(content_stems(question))
    return len(words & set(content_stems("\n".join(lines)))) / max(len(words), 1)


def kernel(distance: float) -> float:
    return math.exp(-((distance / WIDTH) ** 2) / 2) + 1e-9


@pytest.fixture
def by_model(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Scorecard]]:
    """Runs the cases that .ci/run asks the local model, by the small one over HTTP, with a threshold for refusing.

    Without the reader, which refuses on its own where it is sure, whatever the prompt.
    """
    (bundle / "evals" / "thresholds.toml").write_text(
        f"[cases.llm]\nrefused_unanswerable = {LEAST}\n", encoding="utf-8"
    )
    (bundle / "evals" / "baseline.json").unlink(missing_ok=True)
    with openai_stub.serve_openai_stub() as stub:
        stub.default_reply = learner
        monkeypatch.setenv("ASSISTANT_MODEL", "learner")
        monkeypatch.setenv("ASSISTANT_READER", "off")
        monkeypatch.setenv("OPENAI_BASE_URL", stub.base_url)
        yield lambda: run_evaluation(EvalOptions(only="model"))


def test_a_prompt_that_stops_refusing_shuts_it(bundle: Path, by_model: Callable[[], Scorecard]) -> None:
    """Without its refusing examples and its instruction to refuse, the prompt makes the same model answer all."""
    before = by_model()
    assert ("", {"refused_unanswerable": LEAST}, ()) == (before.unfinished, before.gate.thresholds, before.gate.missed)
    path = bundle / "prompts" / "answer.md"
    text, examples = REFUSING.subn("", path.read_text(encoding="utf-8"))
    text, instructions = INSTRUCTION.subn("", text)
    assert (True, 1) == (examples > 0, instructions)
    assert "=== assistant\nno\n" not in text
    path.write_text(text, encoding="utf-8")
    prompts.load_prompt.cache_clear()
    after = by_model()
    assert ("", False) == (after.unfinished, after.passed)
    assert [f"refused_unanswerable is {after.metrics['refused_unanswerable']:.3f}, needs {LEAST:.3f}"] == [
        *after.gate.missed
    ]
    assert before.made_with["prompts"]["answer"] != after.made_with["prompts"]["answer"]
