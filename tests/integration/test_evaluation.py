import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from assistant import resources
from assistant.assistant import Assistant
from assistant.errors import CasesError
from assistant.evaluation.cases import load_cases
from assistant.evaluation.datasets import load_dataset
from assistant.evaluation.run import Asker, evaluate, run_cases, run_dataset
from assistant.reading import read

LIGHTHOUSE = (
    "The lighthouse of Port Arlen was built in 1871.",
    "Its lamp can be seen from forty kilometres away.",
    "Mary Collins kept the light for thirty years.",
)
BAKERY = (
    "The bakery on Mill Street sells 240 loaves of rye bread a day.",
    "It was opened by the Novak family.",
    "On Sundays it stays closed.",
)
QUESTIONS = (
    ("built", "When was the lighthouse of Port Arlen built?", "A/1", 0),
    ("loaves", "How many loaves of rye bread does the bakery sell a day?", "b", 0),
    ("budget", "What is the gross domestic product of Bolivia?", "b", None),
)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    documents = [
        {"doc_id": "A/1", "title": "Port Arlen", "sentences": LIGHTHOUSE},
        {"doc_id": "b", "title": "The bakery", "sentences": BAKERY},
    ]
    questions = [
        {
            "qid": name,
            "question": text,
            "answerable": number is not None,
            "evidence_sets": [] if number is None else [[[document, number]]],
            "source_doc": document,
        }
        for name, text, document, number in QUESTIONS
    ]
    for name, lines in (("corpus", documents), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return folder


def test_a_data_set_is_measured(dataset: Path) -> None:
    """Of three plain questions the two answerable find and cite their sentence and the third is refused."""
    figures = run_dataset(dataset).figures
    right = ("first_1", "full_1", "answered", "evidence_hit", "own_evidence_hit", "refusal_balanced")
    assert {name: figures[name] for name in right} == dict.fromkeys(right, 1.0)
    assert (figures["seconds_median"] or 0) > 0


def test_a_question_is_asked_of_its_own_document(dataset: Path, tmp_path: Path) -> None:
    """An unanswerable question is asked of its own document alone, an answerable one of all as well."""
    loaded = load_dataset(dataset)
    loaded.write(tmp_path / "documents")
    with Assistant.open(home=tmp_path / "home") as assistant:
        assistant.index([tmp_path / "documents"])
        built, _, budget = (Asker(assistant, loaded).ask(question) for question in loaded.questions)
    assert built.everywhere is not None
    assert built.own is not None
    assert frozenset({("A/1", 0)}) in built.own.cited
    assert budget.everywhere is None
    assert budget.own is not None
    assert {document for span in built.own.cited for document, _ in span} == {"A/1"}


def test_a_run_leaves_nothing_but_its_record(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run writes its JSON where it is told, prints the card, and doesn't touch the user's index."""
    place = tmp_path / "user"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("ASSISTANT_HOME", str(place / "home"))
    out = io.StringIO()
    assert evaluate(dataset=dataset, json_file=place / "card.json", console=Console(file=out)) == 0
    assert os.listdir(place) == ["card.json"]  # noqa: PTH208 — names are all that's wanted
    record = json.loads((place / "card.json").read_text(encoding="utf-8"))
    assert [result["id"] for result in record["results"]] == [name for name, *_ in QUESTIONS]
    assert "3 questions over 2 documents of small" in out.getvalue()


def test_a_sample_is_stated_and_the_same_each_time(dataset: Path) -> None:
    """With a maximum a seeded sample is asked, and the card says so."""
    one, two = (run_dataset(dataset, maximum=1) for _ in range(2))
    assert one.title.startswith("1 of 3 (a sample, seed 0) questions")
    assert one.to_dict()["results"][0]["id"] == two.to_dict()["results"][0]["id"]
    assert len(one.results) == 1


def test_a_missed_threshold_is_exit_code_one(tmp_path: Path) -> None:
    """Cases that demand what no document says miss their thresholds: exit code 1, each named."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "- id: wrong\n  question: How many people were arrested in Operation Liberterra II?\n"
        "  answerable: true\n  must_say: ['123,456,789']\n"
        "  must_cite: [{document: nowhere.md, quote: nothing}]\n  tags: [impossible]\n",
        encoding="utf-8",
    )
    out = io.StringIO()
    assert evaluate([wrong], console=Console(file=out)) == 1
    for part in ("Failed: wrong", "123,456,789", "Missed: facts is 0.000", "Missed: cites is 0.000"):
        assert part in out.getvalue()
    assert "Missed: quotes_exact" not in out.getvalue()


def test_options_that_do_not_go_together_are_refused(dataset: Path, tmp_path: Path) -> None:
    """Wrong options are one clear line, before anything is indexed."""
    with pytest.raises(CasesError, match="--only"):
        evaluate(dataset=dataset, only="figures")
    with pytest.raises(CasesError, match=r"card\.json"):
        evaluate(dataset=dataset, json_file=tmp_path / "nowhere" / "card.json")
    with pytest.raises(CasesError, match="--max 0"):
        run_dataset(dataset, maximum=0)
    with pytest.raises(CasesError, match=r"no-such-tag.*tags are: .+"):
        run_cases(only="no-such-tag")


def test_a_damaged_document_stops_the_run(dataset: Path) -> None:
    """A document that can't be read is named: figures without it would be of another set."""
    (dataset / "corpus.jsonl").write_text(
        json.dumps({"doc_id": "b", "title": "\x00", "sentences": ["\x00\x01\x02" * 500]}), encoding="utf-8"
    )
    (dataset / "questions.jsonl").write_text(
        json.dumps({"qid": "q", "question": "?", "answerable": False, "evidence_sets": []}), encoding="utf-8"
    )
    with pytest.raises(CasesError, match=r"b\.md"):
        run_dataset(dataset)


def test_the_bundled_cases_are_many_and_mixed() -> None:
    """There are sixty cases at least, a third of them for refusing."""
    cases = load_cases([resources.folder("evals") / "cases"])
    assert len(cases) >= 60
    assert sum(not case.answerable or "near-miss" in case.tags for case in cases) * 3 >= len(cases)


def test_the_bundled_cases_quote_the_corpus() -> None:
    """Every quote that a case wants cited stands in its document, as the assistant reads it."""
    corpus = resources.folder("corpus")
    quotes = {q for case in load_cases([resources.folder("evals") / "cases"]) for q in case.must_cite}
    texts = {
        name: " ".join(read(corpus / name, max_bytes=10**8).text.split())
        for name in {quote.document for quote in quotes}
    }
    assert [q for q in quotes if " ".join(q.quote.split()) not in texts[q.document]] == []
