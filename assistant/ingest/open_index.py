"""What every change of an index needs, in one piece."""

from dataclasses import dataclass

from assistant.index.bm25 import BM25Index
from assistant.index.store import Store
from assistant.models.embedders import Embedder


@dataclass(frozen=True)
class OpenIndex:
    """An opened index that can be written to: where documents are kept, and what makes their vectors."""

    store: Store
    bm25: BM25Index  # to be synchronised with the store after every change
    embedder: Embedder
