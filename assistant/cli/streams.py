"""The three streams of a process, made fit to be used: they may be closed, full, or of any encoding."""

import os
import sys

from assistant.rendering.terminal import print_note


def prepare_streams() -> None:
    """Opens streams that are closed, and makes every text printable in any locale.

    Without that the next file that is opened, a database perhaps, would get a closed stream's number, and whatever a
    library prints would be written into it. A closed stdout becomes one that nothing can be written to, a closed stdin
    an empty one.
    """
    for descriptor, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, flags)  # gets the lowest free number, which is this one
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 — open for as long as the process
    # An unbuffered stdout forgets what it couldn't write, so that `stdout_is_writable` would say yes.
    own = sys.__stdout__
    if sys.stdout is None or (own is not None and own is sys.stdout and own.write_through):
        sys.stdout = open(1, "w", encoding=getattr(sys.stdout, "encoding", None), closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def stdout_is_writable() -> bool:
    """Whether what was printed so far can be written; where it can't, `flush_stdout` reports that, once, at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        return False
    return True


def flush_stdout(exit_code: int) -> int:
    """Writes out what is left, and returns the exit code; a reader that has gone away is no reason for a complaint."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print_note(f"Error: the output cannot be written: {error.strerror}. Send it elsewhere.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_code or 1
    return exit_code
