"""What comes back from the processes that read files, made into documents and files again."""

import datetime as dt
from base64 import b64decode
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from assistant.readers.archives.unpacking import Member, Unpacked
from assistant.readers.extract import document_id
from assistant.structure import check_geometry, unpack_blocks
from assistant.types import Document, Sentence, Skipped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file's document, and its sentences as `assistant.segmentation.sentences.split_sentences` gives them."""

    document: Document
    sentences: tuple[Sentence, ...]
    # One row for each sentence, where the file was read on a cluster that embeds too.
    vectors: "NDArray[np.float32] | None" = field(default=None, compare=False)


def parse_unpacked(reply: dict[str, Any], body: bytes) -> Unpacked:
    """What `worker_process` sent of the files in a file."""
    ends = list(accumulate(length for _, length in reply["members"]))
    members = (
        Member(name, body[end - length : end]) for (name, length), end in zip(reply["members"], ends, strict=True)
    )
    skipped, failed = (tuple(Skipped(*file) for file in reply[left_out]) for left_out in ("skipped", "failed"))
    return Unpacked(tuple(members), skipped, failed)


def parse_reply(reply: dict[str, Any], text: str, source: str) -> ReadFile:
    """The document and its sentences as `worker_process` sent them."""
    document = Document(
        id=document_id(source),
        title=reply["title"],
        source=source,
        text=text,
        kind=reply["kind"],
        date=reply["date"] and dt.date.fromisoformat(reply["date"]),
        url=reply["url"],
        pages=tuple(reply["pages"]),
        notes=tuple(reply["notes"]),
        blocks=unpack_blocks(reply["blocks"], len(text)),
        author=reply["author"],
        language=reply["language"],
        geometry=check_geometry(b64decode(reply["geometry"]), len(text), len(reply["pages"])),
    )
    contexts = reply["contexts"]
    sentences = tuple(
        Sentence(
            document.id,
            number,
            start,
            end,
            text[start:end],
            contexts[context_index],
            kind,
            page=document.page_of(start, end),
            role=role,
        )
        for number, (start, end, kind, context_index, role) in enumerate(reply["sentences"])
    )
    return ReadFile(document, sentences)
