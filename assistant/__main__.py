"""The command ``assistant``, and ``python -m assistant``, which is the same."""

import signal
import sys


def main() -> int:
    """Runs the command line of this process, and returns its exit code; Ctrl-C ends it while it loads, too."""
    try:
        from assistant.cli.main import main as run

        return run()
    except BaseException as error:
        from assistant.cli.interruption import was_interrupted

        if not was_interrupted(error):
            raise
        sys.stderr.write("Interrupted.\n")
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is left to be cleaned up


if __name__ == "__main__":
    sys.exit(main())
