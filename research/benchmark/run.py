"""How fast and how large: ``python -m research.benchmark.run`` prints ratios and asserts nothing.

Each part makes an index of its own in a temporary folder. Times are wall-clock seconds on this machine; the
ratios are taken in the same run and travel better. Questions are asked of the bundled corpus; indexing and
memory are measured on the data set that ``--data`` names (see ``datasets``), or on the bundled corpus too.
"""

import argparse
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from assistant import paths as resources
from assistant.client import Assistant
from assistant.evaluation.cases import load_cases
from assistant.evaluation.datasets import load_dataset
from assistant.models.minilm import MiniLMEmbedder
from assistant.query.understanding import LONGEST_QUESTION
from assistant.readers import read_file, survey
from assistant.segmentation.chunks import embedding_inputs, split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.types import Chunk, Document, Sentence
from research.benchmark.costs import Material, Work, ask, check, cold, memory
from research.benchmark.processes import BenchmarkError, machine, say, seconds_of

if TYPE_CHECKING:
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

_LARGEST = 10**8  # bytes of a file
_BATCH = 32  # texts that Chroma embeds at a time
_CHROMA_NEEDS = ("model.onnx", "tokenizer.json")
_CHROMA_LOOKS_FOR = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the parts that were asked for.

    Args:
        arguments: those of the command line, by default this process's own.

    Returns:
        The exit code: 0, or 1 when a part could not be measured.
    """
    options = _options(arguments)
    say(machine())
    failed = False
    with TemporaryDirectory(prefix="assistant-benchmark-", ignore_cleanup_errors=True) as folder:
        work = _work(options, Path(folder))
        for name in options.only or PARTS:
            try:
                PARTS[name](work)
            except BenchmarkError as error:
                failed = True
                say(f"{name}: not measured: {error}")
    return int(failed)


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
    files, bundled = _first_files(work), MiniLMEmbedder()
    texts = _texts(files)
    whole = [_whole(work, files, "before")]
    bundled.embed(["Loads the model."])
    ours = {kind: seconds_of(partial(bundled.embed, some)) for kind, some in texts.items()}
    say(f"indexing {len(files)} documents, a second: this package: {_rates(texts, ours)};")
    say(f"  the whole, {', '.join(f'{len(some) / whole[0]:.1f} {kind}' for kind, some in texts.items())}")
    chroma = chroma_embedder(work.chroma_model, work.folder)
    pairs = {kind: _in_turn(bundled, chroma, some) for kind, some in texts.items()}
    adding = _adding(work, texts)
    whole.append(_whole(work, files, "after"))
    say(f"  Chroma's default embedding function: {_rates(texts, {kind: at[1] for kind, at in pairs.items()})}")
    for kind, (our, their) in pairs.items():
        ratio = (their + adding[kind]) / fmean(whole)
        say(f"  ratio over the same {kind}: embedding {their / our:.1f}, the whole of indexing {ratio:.1f}")


def _whole(work: Work, files: list[Path], name: str) -> float:
    with Assistant.open(home=work.folder / name) as assistant:
        return seconds_of(lambda: assistant.index(files))


def _in_turn(bundled: MiniLMEmbedder, chroma: "ONNXMiniLM_L6_V2", texts: list[str]) -> tuple[float, float]:
    """The seconds that each takes to embed the texts, taken in turn so that other load hits both alike."""
    our, their = [], 0.0
    for start in range(0, len(texts), _BATCH):
        their += seconds_of(partial(chroma, texts[start : start + _BATCH]))
        our.append(seconds_of(partial(bundled.embed, texts)))
    return fmean(our), their


def _adding(work: Work, texts: dict[str, list[str]]) -> dict[str, float]:
    """The seconds that adding the texts to a Chroma collection takes, their vectors given."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(work.folder / "chroma"), Settings(anonymized_telemetry=False))
    seconds = {}
    for kind, some in texts.items():
        ids = [str(number) for number in range(len(some))]
        collection = client.create_collection(kind, embedding_function=None)
        add = partial(collection.add, ids=ids, documents=some, embeddings=MiniLMEmbedder().embed(some))
        seconds[kind] = seconds_of(cast("Any", add))
    return seconds


def _texts(files: list[Path]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {"passages": [], "sentences": []}
    for document, of, held in map(_parts, files):
        texts["passages"] += (passage.text for passage in held)
        texts["sentences"] += (text for chunk in embedding_inputs(document, of) for text in chunk.alone())
    return texts


def _rates(texts: dict[str, list[str]], seconds: dict[str, float]) -> str:
    return ", ".join(f"embedding {len(some) / seconds[kind]:.1f} {kind}" for kind, some in texts.items())


def _parts(path: Path) -> tuple[Document, tuple[Sentence, ...], tuple[Chunk, ...]]:
    document = read_file(path, max_bytes=_LARGEST)
    return document, *split_chunks(document, split_sentences(document))


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
    "check": check,
    "cold": cold,
    "memory": memory,
}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m research.benchmark.run", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="has corpus.jsonl and questions.jsonl")
    parser.add_argument("--only", action="append", choices=[*PARTS], help="may be given several times")
    parser.add_argument("--passages", type=int, default=100, metavar="N", help="for indexing, default 100")
    parser.add_argument("--chroma-model", type=Path, metavar="FOLDER", help="has Chroma's model.onnx")
    return parser.parse_args(arguments)


def _work(options: argparse.Namespace, folder: Path) -> Work:
    cases = load_cases([resources.data_folder("evals") / "cases"])
    questions = tuple(case.question for case in cases if 0 < len(case.question.strip()) <= LONGEST_QUESTION)
    bundled = data = Material(resources.data_folder("corpus"), questions)
    if options.data:
        dataset = load_dataset(options.data)
        data = Material(folder / "documents", tuple(question.text for question in dataset.questions))
        dataset.write(data.documents)
    return Work(folder, bundled, data, options.passages, options.chroma_model)


if __name__ == "__main__":
    raise SystemExit(main())
