"""The facade: one `Assistant` is one opened index with all that can be asked of it."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from assistant.errors import MismatchError, SettingsError, StoreError
from assistant.grounding.check import reader_scorer, verdict_for
from assistant.grounding.support import Evidence
from assistant.index.bm25 import BM25Index
from assistant.index.chroma.embedded import index_exists
from assistant.index.chroma.server import configured_server
from assistant.index.store import Store
from assistant.ingest.open_index import OpenIndex
from assistant.ingest.ray_cluster import RayCluster
from assistant.ingest.sync import add_documents, synchronise
from assistant.models.embedders import Embedder, open_embedder
from assistant.models.llm import LanguageModel, open_language_model
from assistant.models.minilm import MiniLMEmbedder
from assistant.models.span_reader import SpanReader
from assistant.options import DocumentFilter
from assistant.paths import data_folder
from assistant.query_engine import Explanation, QueryEngine
from assistant.readers import ReaderPool, from_llamaindex
from assistant.retrieval.retriever import Retriever
from assistant.segmentation.sentences import SPLITTER_VERSION
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Document, Hit, IndexReport, Statement, Verdict

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM

    from assistant.grounding.verification import Verification
    from assistant.ingest.transfer import ExportResult
    from assistant.integrations.llamaindex import AssistantQueryEngine, AssistantRetriever

Progress = Callable[[int, int, str], object]
Mode = Literal["quotes", "llm"]
Day = date | str  # a date, or one written as 2024-11-06


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as it is listed: everything but its text."""

    id: str
    title: str
    source: str
    kind: str
    date: date | None
    sentences: int
    notes: tuple[str, ...]


class Assistant:
    """An opened index: add documents, ask, search. May be used from many threads; close it when done.

    Make one with `Assistant.open`.
    """

    def __init__(self, settings: Settings, embedder: Embedder, model: LanguageModel | None = None) -> None:
        self._settings = settings
        self._embedder = embedder
        reader = SpanReader(settings.threads) if settings.reader == "on" else None
        # An index that is opened will be asked: the models are loaded while Chroma is imported.
        if settings.chroma_url or index_exists(settings.home):
            for each in (embedder, reader):
                if isinstance(each, MiniLMEmbedder | SpanReader):
                    each.prepare()
        self._store = Store(
            settings.home, embedder.name, embedder.dimension, SPLITTER_VERSION, configured_server(settings)
        )
        try:
            self._bm25 = BM25Index(self._store)
        except BaseException:
            self._store.close()
            raise
        self.workers = ReaderPool(1, settings.reading_seconds)  # that read strangers' files
        self._engine = QueryEngine(Retriever(self._store, self._bm25, embedder, reader), model, settings.sources)
        self._closed = False

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        embedding: "BaseEmbedding | str | None" = None,
        llm: "LLM | None" = None,
        **settings: Any,
    ) -> Self:
        """Opens an index, or makes an empty one.

        Args:
            home: the folder that holds it; by default ``ASSISTANT_HOME`` or ``./.assistant``.
            embedding: a LlamaIndex embedding, or the name of a model behind ``openai_base_url``; by default
                the bundled model.
            llm: any LlamaIndex LLM, to write the answers in llm mode; by default the one that ``model`` names.
            settings: any ``ASSISTANT_…`` variable's name in lower case, as in ``max_file_mb=10``.

        Raises:
            SettingsError: a setting is unknown or does not fit.
            LockedError: another process has the index open.
            MismatchError: the index was made with another embedder or splitter.
            StoreError: the index cannot be opened.
            EmbeddingError: the configured endpoint does not answer.
            ModelError: the local model isn't there or can't be loaded.
        """
        return cls(*_configured(home, embedding, llm, settings))

    @property
    def parts(self) -> Retriever:
        """The index's own parts as they stand now, with what other processes have written to the server.

        Raises:
            StoreError: the assistant is closed.
        """
        if self._closed:
            raise StoreError("This index is closed. Open a new Assistant.")
        self._engine.parts.catch_up()
        return self._engine.parts

    @property
    def model(self) -> str | None:
        """The name of the language model that can write answers; None where none is set."""
        return self._engine.model.name if self._engine.model else None

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes that a question may be asked in, the usual one first."""
        return ("llm", "quotes") if self._engine.model else ("quotes",)

    def announce(self, address: str) -> None:
        """Lets other processes that find this index open know where it is served over HTTP."""
        self.parts.store.announce(address)

    @classmethod
    def sample(cls, home: str | Path | None = None, **settings: Any) -> Self:
        """Opens the sample index of the bundled corpus, kept apart in the home's folder ``sample``.

        One that another embedder or version made is made anew. Raises what else `open` raises.
        """
        base = load_settings(**({"home": Path(home)} if home is not None else {})).home
        given = settings.pop("embedding", None), settings.pop("llm", None)
        settings["chroma_url"] = None  # the sample is never in a server, among what others have indexed
        loaded, embedder, model = _configured(base / "sample", *given, settings)
        try:
            sample = cls(loaded, embedder, model)
        except MismatchError:
            from assistant.ingest.rebuild import rebuild

            rebuild(loaded.home, embedder, SPLITTER_VERSION, max_bytes=_bytes(loaded))
            sample = cls(loaded, embedder, model)
        try:
            sample.index([data_folder("corpus")])
        except BaseException:
            sample.close()
            raise
        return sample

    def _open_index(self) -> OpenIndex:
        parts = self.parts
        return OpenIndex(parts.store, parts.bm25, parts.embedder)

    def index(
        self,
        sources: Any,
        *,
        workers: int = 1,
        ray: str | None = None,
        progress: Progress | None = None,
        only: Callable[[Path], bool] = lambda _: True,
    ) -> IndexReport:
        """Brings the index in line with files, folders and ready-made documents.

        Args:
            sources: a path, a `Document`, a LlamaIndex document, or a list of these.
            workers: how many files are read at a time, each in a process of its own.
            ray: the address of a Ray cluster that reads and embeds the files instead; ``local`` starts one here.
            progress: is called with how many documents of how many are done, and a name.
            only: whether to look into a file; one that isn't is taken to be as it was, and not reported.

        Returns:
            What was added, changed, removed, left as it was, skipped and why, and what failed and why.

        Raises:
            PathNotFoundError: a path does not exist; nothing is changed then.
            ReadingError: an object is no document; nothing is changed then.
            EmbeddingError: the embedder failed; what was written until then stays.
            ClusterError: the Ray cluster cannot be used or was lost; likewise.
        """
        given = list(sources) if isinstance(sources, list | tuple | set) else [sources]
        paths = [Path(each) for each in given if isinstance(each, str | Path)]
        ready = [each for each in given if isinstance(each, Document)]
        others = (*ready, *from_llamaindex([each for each in given if not isinstance(each, str | Path | Document)]))
        report = IndexReport()
        if paths:
            most = _bytes(self._settings)
            here = self.workers.widened(workers)
            with RayCluster.open(ray, self._settings, self._embedder) if ray else here as reading:
                report += synchronise(
                    self._open_index(), paths, max_bytes=most, readers=reading, progress=progress, only=only
                )
        if others:
            report += add_documents(self._open_index(), others, progress=progress)
        return report

    def ask(  # noqa: PLR0913 — the history, and the filters one by one
        self,
        question: str,
        *,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        since: Day | None = None,
        until: Day | None = None,
        mode: Mode | None = None,
        sources: int | None = None,
    ) -> Answer:
        """Answers a question from the documents, every statement with the sentences that carry it.

        Args:
            question: in plain words, at most 4,000 characters.
            history: the conversation so far, messages with ``role``, "user" or "assistant", and ``content``: a
                question that leans on it is rewritten to stand alone; the answer's ``asked`` says how.
            documents: ids of the only documents that may answer.
            kinds: the only kinds that may answer: ``["pdf"]``.
            since: only documents of this day or later; those without a date are out then.
            until: only documents of this day or earlier.
            mode: "quotes" or "llm" for this question, instead of the one that the settings say.
            sources: how many numbered sentences a language model reads for this question.

        Returns:
            The answer, or a refusal with its reason: that is data, not an exception.

        Raises:
            QuestionError: the question is empty or too long.
            DocumentNotFoundError: a document isn't indexed.
            SettingsError: a day cannot be read, or there is no language model to answer in llm mode.
            ModelError: the language model can't be reached, or failed.
        """
        scope = _scope(documents, kinds, since, until)
        return self._engine.tuned(mode, sources).explain(question, scope, history).answer

    def explain(  # noqa: PLR0913 — the history, and the filters one by one
        self,
        question: str,
        *,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        since: Day | None = None,
        until: Day | None = None,
        mode: Mode | None = None,
        sources: int | None = None,
        stop: threading.Event | None = None,
    ) -> Explanation:
        """Answers as `ask` does, and keeps what was retrieved and why; ``stop`` ends it as it ends `stream`."""
        engine = self._engine.tuned(mode, sources, stop)
        return engine.explain(question, _scope(documents, kinds, since, until), history)

    def stream(  # noqa: PLR0913 — the history, and the filters one by one
        self,
        question: str,
        *,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        since: Day | None = None,
        until: Day | None = None,
        mode: Mode | None = None,
        sources: int | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Statement | Answer]:
        """Answers as `ask` does: each checked statement as it is ready, the whole `Answer` last.

        Closing the iterator stops the model; so does ``stop``, once another thread sets it: at the model's next
        piece, with a ModelError.
        """
        engine = self._engine.tuned(mode, sources, stop)
        return engine.stream(question, _scope(documents, kinds, since, until), history)

    def check(self, text: str, sentences: Sequence[str]) -> Verdict:
        """Whether sentences carry a statement: each of its figures, dates and names, its polarity, and its words.

        Where only the words leave it open the reader decides, unless it is off.

        Args:
            text: one statement.
            sentences: what it cites; nothing else is looked at.

        Raises:
            WeightsError: a file of the reader is missing or damaged.
        """
        return verdict_for(
            text, [Evidence(each) for each in _several(sentences)], reader_scorer(self._engine.parts.reader)
        )

    def search(  # noqa: PLR0913 — the filters come one by one, as for `ask`
        self,
        text: str,
        k: int = 10,
        *,
        documents: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        since: Day | None = None,
        until: Day | None = None,
    ) -> list[Hit]:
        """The ``k`` sentences that speak most to a text, best first. Filters and errors are those of `ask`."""
        return self._engine.search(text, k, _scope(documents, kinds, since, until))

    def verify(self, record: Mapping[str, Any] | Answer) -> "Verification":
        """Re-checks a saved answer, or its record, against the documents as they are indexed today.

        Raises:
            RecordError: it is no whole record.
        """
        from assistant.grounding.verification import validate_record, verify_record

        told = validate_record(record.to_dict() if isinstance(record, Answer) else record)
        return verify_record(told, self.parts.store, reader_scorer(self.parts.reader))

    def documents(self) -> list[DocumentSummary]:
        """What is indexed, in the order of the sources."""
        return [
            DocumentSummary(each.id, each.title, each.source, each.kind, each.date, each.sentences, each.notes)
            for each in self.parts.store.summaries()
        ]

    def document(self, document_id: str) -> Document:
        """A document with its canonical text, which the offsets of sentences and citations address.

        Raises:
            DocumentNotFoundError: it isn't indexed.
        """
        return self.parts.store.document(document_id)

    def remove(self, *document_ids: str) -> None:
        """Forgets documents; their files stay as they are.

        Raises:
            DocumentNotFoundError: one isn't indexed; nothing is removed then.
        """
        index = self._open_index()
        index.store.remove(document_ids)
        index.bm25.synchronise()
        index.store.settle()

    def export(self, path: str | Path, *, force: bool = False, progress: Progress | None = None) -> "ExportResult":
        """Writes all that is indexed, vectors included, to one file; it is there whole or not at all.

        Args:
            path: the file.
            force: whether it may take the place of one that is there.
            progress: is called with how many documents of how many are done, and a name.

        Raises:
            ArchiveError: nothing is indexed, the file is there already, or it can't be written.
            StoreError: the index can't be read, or changed meanwhile.
        """
        from assistant.ingest.transfer import export_archive

        return export_archive(self.parts.store, Path(path), force=force, progress=progress)

    def import_(self, path: str | Path, *, progress: Progress | None = None) -> IndexReport:
        """Brings the documents of a file that `export` wrote into this index; what else is in it stays.

        Nothing is embedded where this index is made with the same model and splitter; else a note says that all was.

        Args:
            path: the file; it may come from anybody, all of it is checked before anything is written.
            progress: is called with how many steps of how many are done, two for each document, and a name.

        Raises:
            ArchiveError: the file can't be opened, or is not as it should be; nothing is changed then.
            EmbeddingError: the embedder failed; what was written until then stays.
        """
        from assistant.ingest.transfer import import_archive

        return import_archive(self._open_index(), Path(path), progress=progress)

    def query_engine(self) -> "AssistantQueryEngine":
        """A LlamaIndex query engine over this index; its response's metadata is the whole record."""
        from assistant.integrations.llamaindex import AssistantQueryEngine

        return AssistantQueryEngine(self)

    def retriever(self, k: int = 10) -> "AssistantRetriever":
        """A LlamaIndex retriever over this index: the ``k`` best sentences as nodes with exact offsets."""
        from assistant.integrations.llamaindex import AssistantRetriever

        return AssistantRetriever(self, k)

    def close(self) -> None:
        """Closes the index and gives its folder free; harmless when done twice."""
        self._closed = True
        self.workers.close()
        self._bm25.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _configured(
    home: str | Path | None, embedding: "BaseEmbedding | str | None", llm: "LLM | None", settings: dict[str, Any]
) -> tuple[Settings, Embedder, LanguageModel | None]:
    if home is not None:
        settings["home"] = Path(home)
    if isinstance(embedding, str):
        settings["embedding"] = embedding
    loaded = load_settings(**settings)
    by_model = loaded.answers_by == "llm" or (llm is not None and loaded.mode is None)
    model = open_language_model(loaded, llm) if by_model else None
    return loaded, open_embedder(loaded, None if isinstance(embedding, str) else embedding), model


def _bytes(settings: Settings) -> int:
    return int(settings.max_file_mb * 1_000_000)


def _scope(
    documents: Sequence[str] | None, kinds: Sequence[str] | None, since: Day | None, until: Day | None
) -> DocumentFilter | None:
    if documents is None and kinds is None and since is None and until is None:
        return None
    return DocumentFilter(
        documents=None if documents is None else frozenset(_several(documents)),
        kinds=None if kinds is None else frozenset(kind.lower().lstrip(".") for kind in _several(kinds)),
        since=_day(since),
        until=_day(until),
    )


def _several(given: Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given  # a lone id is a sequence too, of its letters


def _day(given: Day | None) -> date | None:
    if isinstance(given, datetime):
        return given.date()
    try:
        return date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise SettingsError(f"'{given}' is no day. Write it as 2024-11-06.") from None
