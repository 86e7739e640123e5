"""How fast and how large: ``python -m assistant.evaluation.benchmark`` prints ratios and asserts nothing.

Each part makes an index of its own in a temporary folder. Times are wall-clock seconds on this machine; the
ratios are taken in the same run and travel better. Questions are asked of the bundled corpus; indexing and
memory are measured on the data set that ``--data`` names (see ``datasets``), or on the bundled corpus too.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from assistant import resources
from assistant.assistant import Assistant
from assistant.embedding import Bundled
from assistant.evaluation.cases import load_cases
from assistant.evaluation.datasets import load_dataset
from assistant.evaluation.measures import times
from assistant.evaluation.processes import BenchmarkError, machine, output_of, peak_of, seconds_of
from assistant.indexing import embedding_text
from assistant.reading import read, survey
from assistant.text.passages import passages
from assistant.text.sentences import sentences
from assistant.types import Document, Passage, Sentence

if TYPE_CHECKING:
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

_ROUNDS = 5  # cold starts of each kind, taken in turn
_LARGEST = 10**8  # bytes of a file
_CHROMA_NEEDS = ("model.onnx", "tokenizer.json")
_CHROMA_LOOKS_FOR = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt")

_INDEX = """
import sys
from assistant import Assistant
with Assistant.open(home=sys.argv[1]) as assistant:
    assistant.index([sys.argv[2]])
"""
_ASK = """
import json, pathlib, sys
from assistant import Assistant
with Assistant.open(home=sys.argv[1]) as assistant:
    for question in json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")):
        assistant.ask(question)
"""


@dataclass(frozen=True, slots=True)
class Material:
    """Documents, and questions about them."""

    documents: Path
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What the parts work on, and a folder that is theirs alone."""

    folder: Path
    bundled: Material
    data: Material
    passages: int  # how many of them the throughput is taken over
    chroma_model: Path | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the parts that were asked for.

    Args:
        arguments: those of the command line, by default this process's own.

    Returns:
        The exit code: 0, or 1 when a part could not be measured.
    """
    options = _options(arguments)
    _say(machine())
    failed = False
    with TemporaryDirectory(prefix="assistant-benchmark-", ignore_cleanup_errors=True) as folder:
        work = _work(options, Path(folder))
        for name in options.only or PARTS:
            try:
                PARTS[name](work)
            except BenchmarkError as error:
                failed = True
                _say(f"{name}: not measured: {error}")
    return int(failed)


def cold(work: Work) -> None:
    """A question asked by a process of its own, against the mere import of the two vendors it needs."""
    home = work.folder / "cold"
    with Assistant.open(home=home, mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
    ask = [
        sys.executable,
        "-m",
        "assistant",
        "--home",
        str(home),
        "ask",
        "--mode",
        "quotes",
        work.bundled.questions[0],
    ]
    imports = [sys.executable, "-c", "import chromadb, onnxruntime"]
    asked, imported = [], []
    for _ in range(_ROUNDS):
        imported.append(seconds_of(partial(output_of, imports)))
        asked.append(seconds_of(partial(output_of, ask)))
    _say(
        f"cold: a question takes {median(asked):.2f} s as a process, importing chromadb and onnxruntime "
        f"{median(imported):.2f} s: {median(asked) / median(imported):.2f} times (medians of {_ROUNDS})"
    )


def ask(work: Work) -> None:
    """Questions asked one after the other of an open index, the first left out."""
    with Assistant.open(home=work.folder / "ask", mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
        assistant.ask(work.bundled.questions[0])
        figures = times([seconds_of(partial(assistant.ask, question)) for question in work.bundled.questions])
    shown = ", ".join(
        f"{name.removeprefix('seconds_')} {1000 * (value or 0):.1f} ms" for name, value in figures.items()
    )
    _say(f"ask, warm: {shown} over {len(work.bundled.questions)} questions")


def memory(work: Work) -> None:
    """The peak memory of a process that indexes the documents, and of one that asks the questions."""
    home, questions = work.folder / "memory", work.folder / "questions.json"
    questions.write_text(json.dumps(work.data.questions[:50]), encoding="utf-8")
    count = len(survey([work.data.documents]).files)
    for words, script, argument in (
        (f"indexing {count} documents", _INDEX, work.data.documents),
        (f"asking {len(work.data.questions[:50])} questions of them", _ASK, questions),
    ):
        seconds, peak = peak_of([sys.executable, "-c", script, str(home), str(argument)])
        _say(f"memory: {words}: peak {peak:.0f} MiB, {seconds:.1f} s")
    _add(work, home)


def _add(work: Work, home: Path) -> None:
    """One document more in the index that ``memory`` made, and the first question after it."""
    new = work.folder / "new.md"
    new.write_text(
        "# A new document\n\nThe lighthouse keeper counted 4,711 gulls on Tuesday.\n", encoding="utf-8"
    )
    with Assistant.open(home=home) as assistant:
        assistant.ask(work.data.questions[0])
        added = seconds_of(lambda: assistant.index([new]))
        asked = seconds_of(lambda: assistant.ask("How many gulls did the lighthouse keeper count?"))
        again = seconds_of(lambda: assistant.ask(work.data.questions[0]))
    _say(
        f"add: one document more takes {added:.2f} s, the first question after it {asked:.3f} s, "
        f"the next {again:.3f} s"
    )


def chroma_embedder(model: Path | None, work: Path) -> "ONNXMiniLM_L6_V2":
    """Chroma's default embedding function, with its model loaded.

    Args:
        model: a folder with ``model.onnx`` and ``tokenizer.json`` of all-MiniLM-L6-v2 in float32; without it,
            Chroma fetches its own.
        work: where the model is laid out as Chroma wants it.

    Raises:
        BenchmarkError: the model cannot be had.
    """
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

    embedder = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])
    if model:
        place = work / "chroma-model" / embedder.EXTRACTED_FOLDER_NAME
        place.mkdir(parents=True, exist_ok=True)
        for name in _CHROMA_NEEDS:
            if not (model / name).is_file():
                raise BenchmarkError(f"{model / name} is missing. Give a folder that holds it.")
            shutil.copyfile(model / name, place / name)
        for name in _CHROMA_LOOKS_FOR:
            (place / name).touch()
        embedder.DOWNLOAD_PATH = place.parent
    try:
        embedder(["Loads the model."])
    except Exception as error:  # whatever httpx, tarfile or onnxruntime raise
        raise BenchmarkError(
            f"Chroma's default model can't be had ({error}). Give a folder with it as --chroma-model."
        ) from error
    return embedder


def indexing(work: Work) -> None:
    """This package against Chroma's default embedding function, over the same passages and sentences.

    Embedding is measured with both models loaded. The whole of indexing begins with reading the files and
    loading the model; it embeds each sentence with its title and headings, and takes a passage's vector from
    them. It is set against embedding and adding to Chroma the same passages, and the same sentences.
    """
    files = _first_files(work)
    texts: dict[str, list[str]] = {"passages": [], "sentences": []}
    for document, of, held in map(_parts, files):
        texts["passages"] += (passage.text for passage in held)
        texts["sentences"] += (embedding_text(document, sentence) for sentence in of)
    with Assistant.open(home=work.folder / "indexing") as assistant:
        whole = seconds_of(lambda: assistant.index(files))
    bundled = Bundled()
    bundled.embed(["Loads the model."])
    ours = {kind: seconds_of(partial(bundled.embed, some)) for kind, some in texts.items()}
    _say(f"indexing {len(files)} documents, a second: this package: {_rates(texts, ours)};")
    _say(f"  the whole, {', '.join(f'{len(some) / whole:.1f} {kind}' for kind, some in texts.items())}")
    theirs, adding = _chroma_seconds(texts, work)
    _say(f"  Chroma's default embedding function: {_rates(texts, theirs)}")
    for kind, seconds in theirs.items():
        ratio, added = seconds / ours[kind], (seconds + adding[kind]) / whole
        _say(f"  ratio over the same {kind}: embedding {ratio:.1f}, the whole of indexing {added:.1f}")


def _chroma_seconds(texts: dict[str, list[str]], work: Work) -> tuple[dict[str, float], dict[str, float]]:
    """What embedding the texts takes, and what adding them with these vectors to a collection takes."""
    import chromadb
    from chromadb.config import Settings

    embedder = chroma_embedder(work.chroma_model, work.folder)
    client = chromadb.PersistentClient(str(work.folder / "chroma"), Settings(anonymized_telemetry=False))
    embedding, adding = {}, {}
    for kind, some in texts.items():
        started = time.perf_counter()
        vectors = embedder(some)
        embedding[kind] = time.perf_counter() - started
        collection = client.create_collection(kind, embedding_function=None)
        ids = [str(number) for number in range(len(some))]
        add = partial(collection.add, ids=ids, documents=some, embeddings=cast("Any", vectors))
        adding[kind] = seconds_of(add)
    return embedding, adding


def _rates(texts: dict[str, list[str]], seconds: dict[str, float]) -> str:
    return ", ".join(f"embedding {len(some) / seconds[kind]:.1f} {kind}" for kind, some in texts.items())


def _parts(path: Path) -> tuple[Document, tuple[Sentence, ...], tuple[Passage, ...]]:
    document = read(path, max_bytes=_LARGEST)
    return document, *passages(document, sentences(document))


def _first_files(work: Work) -> list[Path]:
    """As many files as hold the passages asked for."""
    files, count = [], 0
    for path in survey([work.data.documents]).files:
        if count >= work.passages:
            break
        files.append(path)
        count += len(_parts(path)[-1])
    return files


PARTS: dict[str, Callable[[Work], None]] = {
    "indexing": indexing,
    "ask": ask,
    "cold": cold,
    "memory": memory,
}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m assistant.evaluation.benchmark", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="has corpus.jsonl and questions.jsonl")
    parser.add_argument("--only", action="append", choices=[*PARTS], help="may be given several times")
    parser.add_argument("--passages", type=int, default=100, metavar="N", help="for indexing, default 100")
    parser.add_argument("--chroma-model", type=Path, metavar="FOLDER", help="has Chroma's model.onnx")
    return parser.parse_args(arguments)


def _work(options: argparse.Namespace, folder: Path) -> Work:
    cases = load_cases([resources.folder("evals") / "cases"])
    bundled = data = Material(resources.folder("corpus"), tuple(case.question for case in cases))
    if options.data:
        dataset = load_dataset(options.data)
        data = Material(folder / "documents", tuple(question.text for question in dataset.questions))
        dataset.write(data.documents)
    return Work(folder, bundled, data, options.passages, options.chroma_model)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
