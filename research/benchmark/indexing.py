"""How fast documents are indexed and embedded, against Chroma's default embedding function."""

import shutil
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, cast

from assistant.client import Assistant
from assistant.models.e5 import E5Embedder
from assistant.readers import read_file, survey
from assistant.segmentation.chunks import embedding_inputs, split_chunks
from assistant.segmentation.sentences import split_sentences
from assistant.types import Chunk, Document, Sentence
from research.benchmark.processes import BenchmarkError, measure_seconds
from research.benchmark.workspace import Workspace
from research.command_line import print_now

if TYPE_CHECKING:
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

_MAX_FILE_BYTES = 10**8
_CHROMA_BATCH = 32  # texts that Chroma embeds at a time
_NEEDED_MODEL_FILES = ("model.onnx", "tokenizer.json")
_EXPECTED_MODEL_FILES = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt")
_WARM_UP = ["Loads the model."]

_Texts = dict[str, list[str]]  # by their kind: passages (the name of chunks in what is printed) and sentences


def measure_indexing(work: Workspace) -> None:
    """This package against Chroma's default embedding function, over the same chunks and sentences.

    Embedding is measured with both models loaded. The whole of indexing begins with reading the files and
    loading the model; it embeds each sentence with its title and headings, and computes a chunk's vector from
    them. It is compared with embedding the same chunks and adding them to Chroma, and likewise the same sentences.

    Raises:
        BenchmarkError: Chroma's model can't be loaded.
    """
    files, embedder = _first_files(work), E5Embedder()
    texts_by_kind = _texts_by_kind(files)
    whole_seconds = [_index_seconds(work, files, "before")]
    embedder.embed(_WARM_UP)
    our_rates = _rates_text(
        texts_by_kind, {kind: measure_seconds(partial(embedder.embed, texts)) for kind, texts in texts_by_kind.items()}
    )
    print_now(f"indexing {len(files)} documents, a second: this package: {our_rates};")
    whole_rates = [f"{len(texts) / whole_seconds[0]:.1f} {kind}" for kind, texts in texts_by_kind.items()]
    print_now(f"  the whole, {', '.join(whole_rates)}")
    chroma = chroma_embedder(work.chroma_model, work.folder)
    seconds = {kind: _embed_in_turn(embedder, chroma, texts) for kind, texts in texts_by_kind.items()}
    adding_seconds = _adding_seconds(work, texts_by_kind)
    whole_seconds.append(_index_seconds(work, files, "after"))
    chroma_seconds = {kind: theirs for kind, (_, theirs) in seconds.items()}
    print_now(f"  Chroma's default embedding function: {_rates_text(texts_by_kind, chroma_seconds)}")
    for kind, (ours, theirs) in seconds.items():
        whole_ratio = (theirs + adding_seconds[kind]) / fmean(whole_seconds)
        print_now(
            f"  ratio over the same {kind}: embedding {theirs / ours:.1f}, the whole of indexing {whole_ratio:.1f}"
        )


def chroma_embedder(model: Path | None, work: Path) -> "ONNXMiniLM_L6_V2":
    """Chroma's default embedding function, with its model loaded.

    Args:
        model: a folder with ``model.onnx`` and ``tokenizer.json`` of all-MiniLM-L6-v2 in float32; without it,
            Chroma downloads its own.
        work: the folder where the model is laid out as Chroma expects it.

    Raises:
        BenchmarkError: the model cannot be loaded.
    """
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

    embedder = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])
    if model:
        layout = work / "chroma-model" / embedder.EXTRACTED_FOLDER_NAME
        layout.mkdir(parents=True, exist_ok=True)
        for name in _NEEDED_MODEL_FILES:
            if not (model / name).is_file():
                raise BenchmarkError(f"{model / name} is missing. Give a folder that holds it.")
            shutil.copyfile(model / name, layout / name)
        for name in _EXPECTED_MODEL_FILES:
            (layout / name).touch()
        embedder.DOWNLOAD_PATH = layout.parent
    try:
        embedder(_WARM_UP)
    except Exception as error:  # whatever httpx, tarfile or onnxruntime raise
        raise BenchmarkError(
            f"Chroma's default model can't be had ({error}). Give a folder with it as --chroma-model."
        ) from error
    return embedder


def _index_seconds(work: Workspace, files: list[Path], name: str) -> float:
    with Assistant.open(home=work.folder / name) as assistant:
        return measure_seconds(lambda: assistant.index(files))


def _embed_in_turn(embedder: E5Embedder, chroma: "ONNXMiniLM_L6_V2", texts: list[str]) -> tuple[float, float]:
    """The seconds that each takes to embed the texts, taken in turn so that other load hits both alike."""
    our_seconds, chroma_seconds = [], 0.0
    for start in range(0, len(texts), _CHROMA_BATCH):
        chroma_seconds += measure_seconds(partial(chroma, texts[start : start + _CHROMA_BATCH]))
        our_seconds.append(measure_seconds(partial(embedder.embed, texts)))
    return fmean(our_seconds), chroma_seconds


def _adding_seconds(work: Workspace, texts_by_kind: _Texts) -> dict[str, float]:
    """The seconds that adding the texts with finished vectors to a Chroma collection takes."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(work.folder / "chroma"), Settings(anonymized_telemetry=False))
    seconds = {}
    for kind, texts in texts_by_kind.items():
        ids = [str(number) for number in range(len(texts))]
        collection = client.create_collection(kind, embedding_function=None)
        add = partial(collection.add, ids=ids, documents=texts, embeddings=E5Embedder().embed(texts))
        seconds[kind] = measure_seconds(cast("Any", add))
    return seconds


def _texts_by_kind(files: list[Path]) -> _Texts:
    texts: _Texts = {"passages": [], "sentences": []}
    for document, sentences, chunks in map(_split, files):
        texts["passages"] += (chunk.text for chunk in chunks)
        for chunk_input in embedding_inputs(document, sentences):
            texts["sentences"] += chunk_input.sentence_texts()
    return texts


def _rates_text(texts_by_kind: _Texts, seconds: dict[str, float]) -> str:
    return ", ".join(f"embedding {len(texts) / seconds[kind]:.1f} {kind}" for kind, texts in texts_by_kind.items())


def _split(path: Path) -> tuple[Document, tuple[Sentence, ...], tuple[Chunk, ...]]:
    document = read_file(path, max_bytes=_MAX_FILE_BYTES)
    return document, *split_chunks(document, split_sentences(document))


def _first_files(work: Workspace) -> list[Path]:
    """As many files as hold the chunks to measure."""
    files, count = [], 0
    for path in survey([work.data.documents]).files:
        if count >= work.chunk_count:
            break
        files.append(path)
        _, _, chunks = _split(path)
        count += len(chunks)
    return files
