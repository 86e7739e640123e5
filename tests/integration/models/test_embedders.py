"""The bundled model itself, and any LlamaIndex embedding in its place."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.embeddings import MockEmbedding

from assistant.errors import EmbeddingError, WeightsError
from assistant.models.e5 import E5Embedder
from assistant.models.embedders import LlamaIndexEmbedder, open_embedder
from assistant.models.weight_files import WEIGHT_HASHES, WEIGHTS_FOLDER
from assistant.segmentation.chunks import ChunkInput
from assistant.settings import load_settings

TEXTS = [
    "Police arrested 2,517 people in the operation.",
    "The cake needs three eggs and a little sugar.",
    "Officers detained more than two thousand suspects.",
    "Bake it for an hour. " * 40,
    "Arrests",
]


@pytest.fixture(scope="module")
def bundled() -> E5Embedder:
    return E5Embedder()


def test_the_vectors_carry_meaning(bundled: E5Embedder) -> None:
    """A question is nearer to what answers it, in other words, than to something else."""
    similarities = bundled.embed(TEXTS) @ bundled.embed_question("How many people were arrested?")
    assert {0, 2} == set(np.argsort(similarities[:4])[-2:].tolist())


def test_the_vectors_are_those_of_the_published_model(bundled: E5Embedder) -> None:
    """Three likenesses stay as float32 torch gave them for the published weights, the mean taken off, to 0.03."""
    a, b, c = bundled.embed(TEXTS[:3])
    assert pytest.approx((0.1555, 0.6564, 0.1905), abs=0.03) == (a @ b, a @ c, b @ c)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Wie viele Menschen wurden festgenommen?", 0),
        ("Combien d’œufs faut-il pour le gâteau ?", 1),
        ("¿A cuántas personas arrestó la policía?", 0),
        ("Сколько яиц нужно для торта?", 1),
    ],
)
def test_a_question_finds_a_sentence_in_another_language(bundled: E5Embedder, question: str, found: int) -> None:
    """Of two English sentences the one that answers is nearer to a question in another language."""
    assert found == np.argmax(bundled.embed(TEXTS[:2]) @ bundled.embed_question(question))


def test_shape_type_and_length(bundled: E5Embedder) -> None:
    """Rows are float32, 384 long and of unit length."""
    vectors = bundled.embed(TEXTS)
    assert ((5, 384), np.dtype(np.float32)) == (vectors.shape, vectors.dtype)
    assert pytest.approx(np.ones(5), abs=1e-5) == np.linalg.norm(vectors, axis=1)
    assert (384,) == bundled.embed_question("?").shape


def test_no_texts_give_no_rows(bundled: E5Embedder) -> None:
    """An empty list of texts gives an array of no rows and the right width."""
    assert (0, 384) == bundled.embed([]).shape


def test_a_sentence_in_a_chunk_knows_what_stands_around_it(bundled: E5Embedder) -> None:
    """The pronoun is nearer to a question about the ferry where the sentence before names the ferry."""
    text = "The ferry to Gotland sank in March. It carried 212 people."
    near, far = ChunkInput("", text, ((0, 35), (36, 58))), ChunkInput("", text[36:], ((0, 22),))
    _, inside, alone = bundled.embed_chunks([near, far])
    question = bundled.embed_question("How many people were on the ferry to Gotland?")
    assert inside @ question > alone @ question + 0.1


def test_the_vectors_of_chunks_stand_in_their_order(bundled: E5Embedder) -> None:
    """Chunks of every length come back in the order given, also those too long for the model."""
    texts = ["Short.", "Bake it for an hour. " * 99 + "Then let it cool in the garden.", "Arrests rose."]
    spans = [((0, 6),), (*((n * 21, n * 21 + 20) for n in range(99)), (2079, 2110)), ((0, 13),)]
    vectors = bundled.embed_chunks(
        [ChunkInput("", text, text_spans) for text, text_spans in zip(texts, spans, strict=True)]
    )
    alone = bundled.embed(
        ["Short.", *["Bake it for an hour."] * 99, "Then let it cool in the garden.", "Arrests rose."]
    )
    assert alone.shape == vectors.shape
    assert (alone @ vectors.T).argmax(axis=1)[[0, 100, 101]].tolist() == [0, 100, 101]
    assert pytest.approx(np.ones(len(vectors)), abs=1e-5) == np.linalg.norm(vectors, axis=1)


def test_no_chunks_give_no_rows(bundled: E5Embedder) -> None:
    """An empty list of chunks gives an array of no rows and the right width."""
    assert (0, 384) == bundled.embed_chunks([]).shape


@pytest.mark.parametrize("text", ["\x00\x01\x02", "\ud800\udfff.", "🙂", "İ İ İ", "\u200b"])
def test_an_odd_sentence_in_a_chunk_has_a_vector(bundled: E5Embedder, text: str) -> None:
    """A sentence without a word piece of its own has the chunk's vector."""
    vectors = bundled.embed_chunks([ChunkInput("Title. ", f"Before. {text}", ((0, 7), (8, 8 + len(text))))])
    assert np.isfinite(vectors).all()


def test_the_order_given_is_kept(bundled: E5Embedder) -> None:
    """Sorting by length does not show: each row is nearest to its own text embedded alone."""
    texts = [f"The number {n} is written here{' and again' * (n % 7)}." for n in range(60)]
    alone = np.concatenate([bundled.embed([text]) for text in texts])
    assert list(range(60)) == np.argmax(bundled.embed(texts) @ alone.T, axis=1).tolist()


def test_neighbours_and_padding_hardly_change_a_vector(bundled: E5Embedder) -> None:
    """In 8 bits a batch's neighbours move a vector a little: cosine .98 was the least measured."""
    together = bundled.embed(TEXTS)
    alone = np.concatenate([bundled.embed([text]) for text in TEXTS])
    assert np.min(np.sum(together * alone, axis=1)) > 0.975


def test_the_same_texts_give_the_same_vectors(bundled: E5Embedder) -> None:
    """Embedding is deterministic, in another instance with another number of threads too."""
    assert np.array_equal(bundled.embed(TEXTS * 6), E5Embedder(threads=1).embed(TEXTS * 6))


def test_only_the_first_tokens_count(bundled: E5Embedder) -> None:
    """A text is cut at 256 word pieces, and a huge one costs no more than that."""
    text = "word " * 400
    assert np.array_equal(bundled.embed_question(text), bundled.embed_question(text + "and an end " * 100_000))


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800 lone", "🙂İ", "﷽" * 300, "x" * 9_000])
def test_odd_texts_have_a_vector(bundled: E5Embedder, text: str) -> None:
    """Empty, unprintable, unpaired and unknown characters are embedded like any others."""
    assert pytest.approx(1, abs=1e-5) == np.linalg.norm(bundled.embed_question(text))


def test_many_threads_share_one_instance() -> None:
    """Threads that all come first load once and get what one thread gets."""
    shared, single = E5Embedder(), E5Embedder()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(shared.embed_question, TEXTS * 8))
    assert all(
        np.array_equal(single.embed_question(text), answer) for text, answer in zip(TEXTS * 8, answers, strict=True)
    )


def test_a_preloaded_model_is_loaded_once(tmp_path: Path) -> None:
    """What was started in the background is what the first use gets, and a failure there is raised by it."""
    preloaded, broken = E5Embedder(), E5Embedder(folder=tmp_path)
    for embedder in (preloaded, broken):
        embedder.preload()
    for thread in threading.enumerate():
        if thread.name == "embedder.onnx":
            thread.join()
    loaded = preloaded._weights._model
    assert loaded is not None
    assert (384,) == preloaded.embed_question("?").shape
    assert loaded is preloaded._weights._model
    with pytest.raises(WeightsError, match="can't be read"):
        broken.embed_question("?")


def test_more_texts_than_one_window(bundled: E5Embedder) -> None:
    """More texts than are tokenised at once come back whole and in order."""
    few = bundled.embed(["red", "blue"])
    many = bundled.embed(["red"] * 2_060 + ["blue"] * 3)
    assert [0] * 2_060 + [1] * 3 == np.argmax(many @ few.T, axis=1).tolist()


def test_the_bundled_files_are_those_recorded() -> None:
    """The constants, the files and PROVENANCE.md name the same hashes."""
    provenance = (WEIGHTS_FOLDER / "PROVENANCE.md").read_text("utf-8")
    for name, expected in WEIGHT_HASHES.items():
        assert expected == sha256((WEIGHTS_FOLDER / name).read_bytes()).hexdigest()
        assert expected in provenance
    assert WEIGHT_HASHES["embedder.onnx"][:8] == E5Embedder.name.partition("@")[2].split()[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A model file that is not there gives one sentence with its path."""
    with pytest.raises(WeightsError, match=r"embedder\.onnx can't be read \(No such file"):
        E5Embedder(folder=tmp_path).embed(["a"])


def test_importing_loads_no_vendor() -> None:
    """The module costs an import of numpy, not of a runtime, a client or LlamaIndex."""
    code = (
        "import sys; from assistant.models.embedders import open_embedder; "
        "from assistant.settings import load_settings; "
        "open_embedder(load_settings()); "
        "print({'onnxruntime', 'tokenizers', 'openai', 'llama_index', 'chromadb'} & {*sys.modules} or 'none')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "none\n" == ran.stdout


def test_loading_and_embedding_say_nothing() -> None:
    """The runtime's own chatter reaches neither stdout nor stderr."""
    code = "from assistant.models.e5 import E5Embedder; E5Embedder().embed(['a', 'b c d'])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ("", "") == (ran.stdout, ran.stderr)


class Counting(BaseEmbedding):
    """A LlamaIndex embedding that tells questions from texts."""

    model_name: str = "counting"

    def _get_text_embedding(self, text: str) -> list[float]:
        if text == "fail":
            raise ConnectionError("the other side hung up")
        return [float(len(text)), 1.0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return [0.0, float(len(query))]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def test_a_llamaindex_embedding_is_used_as_it_is() -> None:
    """Texts and questions go to their own methods; rows come in order and at unit length."""
    embedder = open_embedder(load_settings(), Counting())
    texts = ["x" * n for n in range(1, 80)]
    lengths = np.arange(1, 80, dtype=np.float32)
    assert ("Counting:counting", 2) == (embedder.name, embedder.dimension)
    assert pytest.approx(lengths / np.sqrt(lengths**2 + 1), abs=1e-6) == embedder.embed(texts)[:, 0]
    assert [0.0, 1.0] == embedder.embed_question("why").tolist()


def test_a_llamaindex_embedding_without_a_model_name_has_its_class_name() -> None:
    """The index records the class where LlamaIndex knows no model."""
    assert "MockEmbedding" == LlamaIndexEmbedder(MockEmbedding(embed_dim=5)).name


def test_a_failing_llamaindex_embedding_is_named() -> None:
    """Whatever it raises becomes one sentence that names it and the reason."""
    with pytest.raises(EmbeddingError, match="Counting:counting failed: ConnectionError: the other side hung up"):
        LlamaIndexEmbedder(Counting()).embed(["fine", "fail"])
