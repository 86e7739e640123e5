"""The journal of an index: names the rows that may be left over if a write is killed, so that they can be deleted."""

import json
from collections.abc import Collection, Iterable, Sequence

from assistant.index import geometry_rows, rows
from assistant.index.chroma.collections import Collections
from assistant.index.rows import DocumentEntry, Row

_GROUP_KEY, _PENDING_KEY = "group", "pending"  # of the journal's two rows
_ROW_KEYS = (
    ("sentences", rows.sentence_key), ("passages", rows.chunk_key), ("texts", rows.text_key),
    ("texts", geometry_rows.geometry_key), ("texts", rows.sentence_key),
)  # fmt: skip
_RowCounts = Sequence[int]  # of a version, in the order of _ROW_KEYS; earlier versions noted fewer


class Journal:
    """The journal of an opened index, which is one of its collections.

    Attributes:
        pending: the number of rows written since Chroma's files were last brought up to date.
        is_open: whether rows may be left over, as when the disk is full in the middle of a write.
    """

    def __init__(self, chroma: Collections) -> None:
        self._chroma = chroma
        self._group: list[tuple[str, _RowCounts]] = []
        self.pending = 0
        self.is_open = False

    def begin(self, entries: Sequence[DocumentEntry]) -> None:
        """Notes the documents that a change is about to write or to replace."""
        self._group = [(entry.version, _row_counts(entry)) for entry in entries]
        self.pending += sum(entry.rows for entry in entries)
        self._chroma.put(
            "journal", [Row(_GROUP_KEY, "", json.dumps(self._group)), Row(_PENDING_KEY, "", str(self.pending))]
        )
        self.is_open = True

    def end(self, live_versions: Collection[str]) -> None:
        """Deletes the rows of the change whose versions are not live now, and its note."""
        self._sweep(self._group, live_versions)

    def recover(self, live_versions: Collection[str]) -> None:
        """Reads the journal, and deletes what a change left over that did not get to its end."""
        journal = {row.key: row.data for row in self._chroma.read_all("journal")}
        self.pending = int(journal.get(_PENDING_KEY, "0"))
        if _GROUP_KEY in journal:
            self._sweep(json.loads(journal[_GROUP_KEY]), live_versions)

    def reset_pending(self) -> None:
        """Notes that Chroma's files are up to date."""
        self.pending = 0
        self._chroma.put("journal", [Row(_PENDING_KEY, "", "0")])

    def _sweep(self, group: Iterable[tuple[str, _RowCounts]], live_versions: Collection[str]) -> None:
        leftovers = [(version, counts) for version, counts in group if version not in live_versions]
        for position, (name, make_key) in enumerate(_ROW_KEYS):
            counts_here = ((version, sum(counts[position : position + 1])) for version, counts in leftovers)
            keys = [make_key(version, number) for version, count in counts_here for number in range(count)]
            self._chroma.delete(name, keys)
        self._chroma.delete("journal", [_GROUP_KEY])
        self.is_open = False


def _row_counts(entry: DocumentEntry) -> _RowCounts:
    unsearched_keys = entry.sentences if entry.unsearched else 0  # any of its sentences' keys may be theirs
    return entry.sentences, entry.chunks, entry.texts, entry.geometries, unsearched_keys
