"""Ctrl-C, whatever it has become on its way: Python and libraries turn one in the middle of an import into errors."""


def was_interrupted(error: BaseException | None) -> bool:
    """Whether an error is, or came of, Ctrl-C."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
