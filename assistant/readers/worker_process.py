"""The process that reads one file after the other, with what it may take of time and memory bounded by the system.

What it reads is hostile until proven otherwise, so no more than text and numbers go back: frames of JSON and bytes,
never objects. `assistant.readers.workers` starts it and is at the other end of its pipes.
"""

import json
import os
import queue
import signal
import struct
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO

from assistant.errors import ReadingError

FULL = 77  # the exit code of a process that has no room for the file itself

_LENGTHS = struct.Struct(">QQ")  # bytes of a frame's JSON, and of what comes after it
_IDLE = 60.0  # seconds without a file, after which a process ends by itself
_GRACE = 5.0  # seconds more than the parent waits, after which the system ends one that nobody could end

Frame = tuple[dict[str, Any], bytes]


def send_frame(file: BinaryIO, head: dict[str, Any], body: bytes) -> None:
    """Writes one frame; raises OSError where nobody reads any more."""
    told = json.dumps(head).encode()  # escapes: the name of a file may hold what no encoding has
    file.write(_LENGTHS.pack(len(told), len(body)))
    file.write(told)
    file.write(body)
    file.flush()


def receive_frame(file: BinaryIO, most: int | None = None) -> Frame | None:
    """Reads one frame; None where it ends early or is larger than ``most`` bytes."""
    lengths = _exactly(file, _LENGTHS.size)
    if lengths is None:
        return None
    first, second = _LENGTHS.unpack(lengths)
    if most is not None and first + second > most:
        return None
    head, body = _exactly(file, first), _exactly(file, second)
    return None if head is None or body is None else (json.loads(head), body)


def _exactly(file: BinaryIO, size: int) -> bytes | None:
    data = file.read(size)
    return data if len(data) == size else None


def main(memory: int) -> None:
    """Answers the frames that come on stdin, until no more come; never returns.

    Args:
        memory: the bytes that the process may take, where the system can bound that.
    """
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for each in (1, 2):  # a vendor that prints would write into a frame, or on the user's terminal
        os.dup2(nowhere, each)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    _bound(memory)
    requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    code = 1
    try:
        while _answer(*requests.get(timeout=_IDLE), replies):
            pass
        code = 0
    except queue.Empty:
        code = 0
    finally:
        os._exit(code)


def _listen(requests: "queue.SimpleQueue[Frame]") -> None:
    """Takes frames in while another one is being read, for the end of the pipe is the end of the parent."""
    code = 0
    try:
        with open(0, "rb", closefd=False) as file:
            while frame := receive_frame(file):
                requests.put(frame)
    except MemoryError:
        code = FULL
    finally:
        os._exit(code)


def _bound(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: only the time is bounded there
        return
    for kind, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_AS, 2 * memory), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # a lower one holds already, or the system has none
            resource.setrlimit(kind, (most, most))


def _answer(head: dict[str, Any], data: bytes, replies: BinaryIO) -> bool:
    """Reads a file and sends what became of it; whether the process is fit for another one."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, head["seconds"] + _GRACE)
    try:
        send_frame(replies, *_read(head, data))
    except (ReadingError, MemoryError) as error:
        full = isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError)
        send_frame(replies, {"memory": True} if full else {"error": str(error)}, b"")
        if full:
            return False
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    return True


def _read(head: dict[str, Any], data: bytes) -> Frame:
    from assistant.readers import read_bytes
    from assistant.segmentation.sentences import split_sentences

    document = read_bytes(data, head["name"], source=head["source"], max_bytes=head["max_bytes"])
    split = split_sentences(document)
    contexts = {context: place for place, context in enumerate(dict.fromkeys(each.context for each in split))}
    told = {
        "title": document.title,
        "kind": document.kind,
        "date": document.date and document.date.isoformat(),
        "url": document.url,
        "pages": document.pages,
        "notes": document.notes,
        "contexts": list(contexts),
        "sentences": [(each.start, each.end, each.kind, contexts[each.context]) for each in split],
    }
    return told, document.text.encode()


if __name__ == "__main__":
    main(int(sys.argv[1]))
