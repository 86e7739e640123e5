"""The process that reads one file after the other, within bounds of time and memory that the system enforces.

What it reads is hostile until proven otherwise, so no more than text and numbers go back: frames of JSON and bytes,
never objects. `assistant.readers.processes.workers` starts it and is at the other end of its pipes.
"""

import gc
import json
import os
import queue
import signal
import struct
import sys
import threading
from base64 import b64encode
from contextlib import suppress
from typing import Any, BinaryIO

from assistant.errors import ReadingError
from assistant.readers.progress import progress_reported_to

PROGRESS = "progress"  # in the head of a frame that says that reading gets on, before the reply itself
EXIT_OUT_OF_MEMORY = 77  # the exit code of a process that has no room for the file itself

_FRAME_LENGTHS = struct.Struct(">QQ")  # bytes of a frame's JSON, and of the body after it
_IDLE_SECONDS = 60.0  # without a file, after which a process ends by itself
_GRACE_SECONDS = 5.0  # behind the parent's limit: then the system ends the process, where the parent couldn't

Frame = tuple[dict[str, Any], bytes]  # a head, sent as JSON, and a body


def send_frame(file: BinaryIO, head: dict[str, Any], body: bytes) -> None:
    """Writes one frame.

    Raises:
        OSError: nobody reads any more.
    """
    head_json = json.dumps(head).encode()  # escapes: the name of a file may hold what no encoding has
    file.write(_FRAME_LENGTHS.pack(len(head_json), len(body)))
    file.write(head_json)
    file.write(body)
    file.flush()


def receive_frame(file: BinaryIO, max_bytes: int | None = None) -> Frame | None:
    """Reads one frame; None where it ends early or is larger than ``max_bytes``."""
    lengths = _read_exactly(file, _FRAME_LENGTHS.size)
    if lengths is None:
        return None
    head_length, body_length = _FRAME_LENGTHS.unpack(lengths)
    if max_bytes is not None and head_length + body_length > max_bytes:
        return None
    head, body = _read_exactly(file, head_length), _read_exactly(file, body_length)
    return None if head is None or body is None else (json.loads(head), body)


def _read_exactly(file: BinaryIO, size: int) -> bytes | None:
    data = file.read(size)
    return data if len(data) == size else None


def main(memory_bytes: int) -> None:
    """Answers the frames that come on stdin, until no more come; never returns.

    Args:
        memory_bytes: what the process may take, where the system can bound that.
    """
    replies = os.fdopen(os.dup(1), "wb")
    devnull = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):  # a vendor that prints would write into a frame, or on the user's terminal
        os.dup2(devnull, descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    _limit_memory(memory_bytes)
    gc.set_threshold(100_000, 20, 100)  # a table makes a million objects that no cycle holds: seldom look for cycles
    requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_receive_requests, args=(requests,), daemon=True).start()
    exit_code = 1
    try:
        while _answer(*requests.get(timeout=_IDLE_SECONDS), replies):
            pass
        exit_code = 0
    except queue.Empty:
        exit_code = 0
    finally:
        os._exit(exit_code)


def _receive_requests(requests: "queue.SimpleQueue[Frame]") -> None:
    """Receives frames even while a file is being read, for the end of the pipe is the end of the parent."""
    exit_code = 0
    try:
        with open(0, "rb", closefd=False) as file:
            while frame := receive_frame(file):
                requests.put(frame)
    except MemoryError:
        exit_code = EXIT_OUT_OF_MEMORY
    finally:
        os._exit(exit_code)


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: only the time is bounded there
        return
    limits = ((resource.RLIMIT_DATA, memory_bytes), (resource.RLIMIT_AS, 2 * memory_bytes), (resource.RLIMIT_CORE, 0))
    for resource_kind, limit in limits:
        with suppress(ValueError, OSError):  # a lower one holds already, or the system has none
            resource.setrlimit(resource_kind, (limit, limit))


def _answer(head: dict[str, Any], data: bytes, replies: BinaryIO) -> bool:
    """Reads a file and sends what became of it; returns whether the process is fit for another one."""

    def start_time() -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, head["seconds"] + _GRACE_SECONDS)

    def tell_progress() -> None:
        start_time()
        send_frame(replies, {PROGRESS: True}, b"")

    start_time()
    try:
        with progress_reported_to(tell_progress):
            reply = _unpack(head, data) if head["unpacks"] else _read_document(head, data)
        send_frame(replies, *reply)
    except (ReadingError, MemoryError) as error:
        is_out_of_memory = isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError)
        send_frame(replies, {"memory": True} if is_out_of_memory else {"error": str(error)}, b"")
        if is_out_of_memory:
            return False
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    return True


def _unpack(head: dict[str, Any], data: bytes) -> Frame:
    """The names and lengths of the files in a file as a head, their bytes as a body."""
    from assistant.readers.archives.unpacking import unpack

    unpacked = unpack(data, head["name"], head["max_bytes"])
    reply = {
        "members": [(member.name, len(member.content)) for member in unpacked.members],
        "skipped": [(file.source, file.reason) for file in unpacked.skipped],
        "failed": [(file.source, file.reason) for file in unpacked.failed],
    }
    return reply, b"".join(member.content for member in unpacked.members)


def _read_document(head: dict[str, Any], data: bytes) -> Frame:
    """The document's fields and sentences as a head, its text as a body: what `workers` makes a ReadFile of."""
    from assistant.readers import read_bytes
    from assistant.segmentation.sentences import split_sentences
    from assistant.structure import pack_blocks

    document = read_bytes(data, head["name"], source=head["source"], max_bytes=head["max_bytes"])
    sentences = split_sentences(document)
    contexts = dict.fromkeys(sentence.context for sentence in sentences)  # each once: many sentences share one
    context_indexes = {context: index for index, context in enumerate(contexts)}
    reply = {
        "title": document.title,
        "kind": document.kind,
        "date": document.date and document.date.isoformat(),
        "url": document.url,
        "pages": document.pages,
        "notes": document.notes,
        "author": document.author,
        "language": document.language,
        "blocks": pack_blocks(document.blocks),
        "geometry": b64encode(document.geometry.to_bytes() if document.geometry else b"").decode(),
        "contexts": list(contexts),
        "sentences": [
            (sentence.start, sentence.end, sentence.kind, context_indexes[sentence.context], sentence.role)
            for sentence in sentences
        ],
    }
    return reply, document.text.encode()


if __name__ == "__main__":
    main(int(sys.argv[1]))
