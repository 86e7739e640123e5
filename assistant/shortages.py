"""What the system had too little of when something failed: it is no damage, and nothing has to be made anew."""

import errno
import os
import re
from contextlib import suppress
from pathlib import Path

# Chroma says "Error loading hnsw index" where no more files may be open, and frees those that it had. So with fewer
# than this many left to be opened, their lack is the reason: an index that answers has some forty open.
_SPARE_FILES = 48
_NO_FILES = {errno.EMFILE, errno.ENFILE}
_FILES_TEXT = re.compile(r"too many open files|\bos error 2[34]\b", re.IGNORECASE)
# SQLite's, Rust's, C++'s and the dynamic linker's words
_MEMORY_TEXT = re.compile(
    r"out of memory|cannot allocate memory|failed to allocate|bad_?alloc|failed to map segment|\bos error 12\b"
    r"|AllocateRawInternal",
    re.IGNORECASE,
)
_THREADS_TEXT = re.compile(r"can't start new thread|resource temporarily unavailable", re.IGNORECASE)


def describe_shortage(error: BaseException) -> str | None:
    """What was lacking when this error was raised, and what to do, as the end of a message.

    Returns:
        None where it failed for another reason.
    """
    reasons = [error, error.__cause__, error.__context__]
    numbers = {reason.errno for reason in reasons if isinstance(reason, OSError)}
    texts = " ".join(f"{type(reason).__name__}: {reason}" for reason in reasons if reason is not None)
    if numbers & _NO_FILES or _FILES_TEXT.search(texts):
        return f"too many files are open{_file_limit()}. Let more be open, as with: ulimit -n 1024, and do it again."
    if "MemoryError" in texts or errno.ENOMEM in numbers or _MEMORY_TEXT.search(texts):
        return "there is not enough memory. End other programs, or give this one more, and do it again."
    if any(isinstance(reason, FileNotFoundError) for reason in reasons) and not _has_working_folder():
        return "the folder that this was started in is gone. Change to one that is there, and do it again."
    if _THREADS_TEXT.search(texts):
        return "no more threads can be started. End other programs, or let this one have more, and do it again."
    return None


def describe_lack_of_files() -> str | None:
    """The same for the lack of files that may be open, where the error itself doesn't say it."""
    opened: list[int] = []
    try:
        for _ in range(_SPARE_FILES):
            opened.append(os.open(os.devnull, os.O_RDONLY))  # noqa: PERF401 — those that were opened are closed again
    except OSError as error:
        return describe_shortage(error)
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return None


def _has_working_folder() -> bool:
    """Whether relative paths mean anything: another process may have deleted the folder."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _file_limit() -> str:
    with suppress(ImportError):  # Windows has none
        import resource

        return f" (this process may have {resource.getrlimit(resource.RLIMIT_NOFILE)[0]})"
    return ""
