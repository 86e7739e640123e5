"""`Assistant`: one opened index, and everything that can be done with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from assistant.errors import MismatchError, StoreError
from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import Evidence
from assistant.grounding.span_reader_scorer import make_span_reader_scorer
from assistant.guarantee.refusal import RefusalRule, default_refusal, refusal_for
from assistant.index.bm25 import BM25Index
from assistant.index.chroma.embedded import index_exists
from assistant.index.chroma.server import configured_server
from assistant.index.rows import DocumentEntry
from assistant.index.sources import MISSING_FILE_NOTE, file_is_missing
from assistant.index.store import Store
from assistant.ingest.open_index import OpenIndex
from assistant.ingest.ray_cluster import RayCluster
from assistant.ingest.sync import add_documents, is_made_from, synchronise
from assistant.models.e5 import E5Embedder
from assistant.models.embedders import Embedder, open_embedder
from assistant.models.llm import LanguageModel
from assistant.models.llm_endpoint import open_language_model
from assistant.models.span_reader import SpanReader
from assistant.options import AskKeywords, Mode, QueryOptions, SearchKeywords, StreamKeywords
from assistant.paths import data_folder
from assistant.query_engine import Explanation, QueryEngine
from assistant.readers import ReaderPool, from_llamaindex
from assistant.retrieval.retriever import Retriever
from assistant.segmentation.sentences import SPLITTER_VERSION
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Document, DocumentSummary, Hit, IndexReport, Progress, Statement, Verdict

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM

    from assistant.grounding.verification import Verification
    from assistant.ingest.transfer import ExportResult
    from assistant.integrations.llamaindex import AssistantQueryEngine, AssistantRetriever


class Assistant:
    """An opened index: add documents, ask, search. May be used from many threads; close it when done.

    Make one with `Assistant.open`.
    """

    def __init__(self, settings: Settings, embedder: Embedder, model: LanguageModel | None = None) -> None:
        self._settings = settings
        span_reader = SpanReader(settings.threads) if settings.reader == "on" else None
        # An index that exists will be asked: the models load while Chroma is imported.
        if settings.chroma_url or index_exists(settings.home):
            for bundled in (embedder, span_reader):
                if isinstance(bundled, E5Embedder | SpanReader):
                    bundled.preload()
        store = Store(settings.home, embedder.name, embedder.dimension, SPLITTER_VERSION, configured_server(settings))
        try:
            bm25 = BM25Index(store)
        except BaseException:
            store.close()
            raise
        self._index = OpenIndex(store, bm25, embedder)
        retriever = Retriever(store, bm25, embedder, span_reader)
        self._engine = QueryEngine(retriever, model, settings.sources, _refusal(settings, retriever, model))
        self._closed = False
        self.reader_pool = ReaderPool(1, settings.reading_seconds)  # reads files, uploads too, in other processes

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
        return cls(*_configure(home, embedding, llm, settings))

    @classmethod
    def sample(cls, home: str | Path | None = None, **settings: Any) -> Self:
        """Opens the sample index of the bundled corpus, kept apart in the home's folder ``sample``.

        If another embedder or version made it, it is remade. Raises what else `open` raises.
        """
        base = load_settings(**({"home": Path(home)} if home is not None else {})).home
        embedding, llm = settings.pop("embedding", None), settings.pop("llm", None)
        settings["chroma_url"] = None  # the sample is never in a server, among what others have indexed
        loaded, embedder, model = _configure(base / "sample", embedding, llm, settings)
        try:
            sample = cls(loaded, embedder, model)
        except MismatchError:
            from assistant.ingest.rebuild import rebuild

            rebuild(loaded.home, embedder, SPLITTER_VERSION, max_bytes=loaded.max_file_bytes)
            sample = cls(loaded, embedder, model)
        try:
            sample.index([data_folder("corpus")])
        except BaseException:
            sample.close()
            raise
        return sample

    @property
    def model(self) -> str | None:
        """The name of the language model that can write answers; None where none is set."""
        return self._engine.model.name if self._engine.model else None

    @property
    def home(self) -> Path:
        """The folder of the index, or of what is kept beside an index in a server."""
        return self._settings.home

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes that a question may be asked in, the default first."""
        return ("llm", "quotes") if self._engine.model else ("quotes",)

    def engine(self) -> QueryEngine:
        """The query engine with its retriever, after a look at what other processes have written to the index.

        Raises:
            StoreError: the assistant is closed.
        """
        if self._closed:
            raise StoreError("This index is closed. Open a new Assistant.")
        self._engine.retriever.catch_up()
        return self._engine

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
            only: whether to look into a file; one that isn't looked into counts as unchanged and is not reported.

        Returns:
            What was added, changed, removed, left as it was, skipped and why, and what failed and why.

        Raises:
            PathNotFoundError: a path does not exist; nothing is changed then.
            ReadingError: an object is no document; nothing is changed then.
            EmbeddingError: the embedder failed; what was written until then stays.
            ClusterError: the Ray cluster cannot be used or was lost; likewise.
        """
        items = list(sources) if isinstance(sources, list | tuple | set) else [sources]
        paths = [Path(item) for item in items if isinstance(item, str | Path)]
        documents = [item for item in items if isinstance(item, Document)]
        documents += from_llamaindex([item for item in items if not isinstance(item, str | Path | Document)])
        report = IndexReport()
        if paths:
            pool = self.reader_pool.wider_pool(workers)
            with RayCluster.open(ray, self._settings, self._index.embedder) if ray else pool as readers:
                report += synchronise(
                    self._writable(),
                    paths,
                    max_bytes=self._settings.max_file_bytes,
                    readers=readers,
                    progress=progress,
                    only=only,
                )
        if documents:
            report += add_documents(self._writable(), documents, progress=progress)
        return report

    def ask(self, question: str, **options: Unpack[AskKeywords]) -> Answer:
        """Answers a question from the documents, every statement with the sentences that carry it.

        Args:
            question: in plain words, at most 4,000 characters.
            options: ``history``, ``documents``, ``kinds``, ``since``, ``until``, ``mode`` and ``sources``, as
                `assistant.options.AskKeywords` describes them.

        Returns:
            The answer, or a refusal with its reason: that is data, not an exception.

        Raises:
            QuestionError: the question is empty or too long, or the history malformed.
            DocumentNotFoundError: a document isn't indexed.
            SettingsError: a day cannot be read, or there is no language model to answer in llm mode.
            ModelError: the language model can't be reached, or failed.
        """
        return self._engine.explain(question, QueryOptions(**options)).answer

    def explain(self, question: str, **options: Unpack[StreamKeywords]) -> Explanation:
        """Answers as `ask` does, and keeps what was retrieved and why; ``stop`` ends it as it ends `stream`."""
        return self._engine.explain(question, QueryOptions(**options))

    def stream(self, question: str, **options: Unpack[StreamKeywords]) -> Iterator[Statement | Answer]:
        """Answers as `ask` does: each checked statement as it is ready, the whole `Answer` last.

        Closing the iterator stops the model; so does ``stop``, once another thread sets it: at the model's next
        piece, with a ModelError.
        """
        return self._engine.stream(question, QueryOptions(**options))

    def search(self, text: str, k: int = 10, **options: Unpack[SearchKeywords]) -> list[Hit]:
        """The ``k`` sentences that speak most to a text, best first. Filters and errors are those of `ask`."""
        return self._engine.search(text, k, QueryOptions(**options).document_filter)

    def check(self, text: str, sentences: Sequence[str]) -> Verdict:
        """Whether sentences carry a statement: each of its figures, dates and names, its polarity, and its words.

        Where only the words leave it open the span reader decides, unless it is off.

        Args:
            text: one statement, of up to 10,000 characters: what is longer is supported word for word only.
            sentences: what it cites, up to 50,000 characters likewise; nothing else is looked at.

        Raises:
            WeightsError: a file of the span reader is missing or damaged.
        """
        cited = [sentences] if isinstance(sentences, str) else sentences
        scorer = make_span_reader_scorer(self._engine.retriever.span_reader)
        return verdict_for(text, [Evidence(sentence) for sentence in cited], scorer)

    def verify(self, record: Mapping[str, Any] | Answer) -> "Verification":
        """Checks a saved answer, or its record, anew against the documents as they are indexed today.

        Raises:
            RecordError: it is no whole record.
        """
        from assistant.grounding.verification import validate_record, verify_record

        valid = validate_record(record.to_dict() if isinstance(record, Answer) else record)
        retriever = self.engine().retriever
        return verify_record(valid, retriever.store, make_span_reader_scorer(retriever.span_reader))

    def documents(self) -> list[DocumentSummary]:
        """What is indexed, in the order of the sources. A note says so where a document's file is gone."""
        return [
            DocumentSummary(
                id=entry.id,
                title=entry.title,
                source=entry.source,
                kind=entry.kind,
                date=entry.date,
                sentences=entry.sentences,
                notes=self._notes(entry),
                author=entry.author,
                language=entry.language,
                pages=entry.pages,
                words=entry.words,
            )
            for entry in self._writable().store.summaries()
        ]

    def _notes(self, entry: DocumentEntry) -> tuple[str, ...]:
        """The notes of a document. In a server's index files may be those of other machines, which tells nothing."""
        is_missing = self._settings.chroma_url is None and file_is_missing(entry)
        return (*entry.notes, MISSING_FILE_NOTE) if is_missing else entry.notes

    def document(self, document_id: str) -> Document:
        """A document with its canonical text, which the offsets of sentences and citations address.

        Raises:
            DocumentNotFoundError: it isn't indexed.
        """
        return self._writable().store.document_with_geometry(document_id)

    def is_made_from(self, document_id: str, data: bytes) -> bool:
        """Whether a document was read from a file with these bytes; False where it isn't indexed."""
        entry = self._writable().store.summary(document_id)
        return entry is not None and is_made_from(entry, data)

    def remove(self, *document_ids: str) -> None:
        """Removes documents from the index; their files stay as they are.

        Raises:
            DocumentNotFoundError: one isn't indexed; nothing is removed then.
        """
        index = self._writable()
        index.store.remove(document_ids)
        index.bm25.synchronise()
        index.store.settle()

    def export(self, path: str | Path, *, force: bool = False, progress: Progress | None = None) -> "ExportResult":
        """Writes everything that is indexed, vectors included, to one file; it is there whole or not at all.

        Args:
            path: the file.
            force: whether it may take the place of one that is there.
            progress: is called with how many documents of how many are done, and a name.

        Raises:
            ArchiveError: nothing is indexed, the file is there already, or it can't be written.
            StoreError: the index can't be read, or changed meanwhile.
        """
        from assistant.ingest.transfer import export_archive

        return export_archive(self._writable().store, Path(path), force=force, progress=progress)

    def import_(self, path: str | Path, *, progress: Progress | None = None) -> IndexReport:
        """Brings the documents of a file that `export` wrote into this index; what else is in it stays.

        Nothing is embedded anew where this index is made with the same model and splitter; else a note says that
        everything was.

        Args:
            path: the file; it may come from anybody, all of it is checked before anything is written.
            progress: is called with how many steps of how many are done, two for each document, and a name.

        Raises:
            ArchiveError: the file can't be opened, or is not as it should be; nothing is changed then.
            EmbeddingError: the embedder failed; what was written until then stays.
        """
        from assistant.ingest.transfer import import_archive

        return import_archive(self._writable(), Path(path), progress=progress)

    def query_engine(self) -> "AssistantQueryEngine":
        """A LlamaIndex query engine over this index; its response's metadata is the whole record."""
        from assistant.integrations.llamaindex import AssistantQueryEngine

        return AssistantQueryEngine(self)

    def retriever(self, k: int = 10) -> "AssistantRetriever":
        """A LlamaIndex retriever over this index: the ``k`` best sentences as nodes with exact offsets."""
        from assistant.integrations.llamaindex import AssistantRetriever

        return AssistantRetriever(self, k)

    def announce(self, address: str) -> None:
        """Tells other processes that find this index open where it is served over HTTP."""
        self._writable().store.announce(address)

    def close(self) -> None:
        """Closes the index and releases its folder; harmless when done twice."""
        self._closed = True
        self.reader_pool.close()
        self._index.bm25.close()
        self._index.store.close()

    def _writable(self) -> OpenIndex:
        """The index as it stands now; raises StoreError where it is closed."""
        self.engine()
        return self._index

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _refusal(settings: Settings, retriever: Retriever, model: LanguageModel | None) -> RefusalRule:
    """What is refused, by the risk that is set."""
    if settings.risk is None:
        return default_refusal()
    return refusal_for(settings.risk, retriever.model_names, model.name if model else None, settings.home)


def _configure(
    home: str | Path | None, embedding: "BaseEmbedding | str | None", llm: "LLM | None", settings: dict[str, Any]
) -> tuple[Settings, Embedder, LanguageModel | None]:
    """The settings, the embedder and the language model, if any, of the keywords of `Assistant.open`."""
    if home is not None:
        settings["home"] = Path(home)
    if isinstance(embedding, str):
        settings["embedding"] = embedding
    loaded = load_settings(**settings)
    is_llm_mode = loaded.answers_by == "llm" or (llm is not None and loaded.mode is None)
    model = open_language_model(loaded, llm) if is_llm_mode else None
    return loaded, open_embedder(loaded, None if isinstance(embedding, str) else embedding), model
