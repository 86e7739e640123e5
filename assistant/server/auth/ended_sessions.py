"""The sessions that were ended before their time: a file in the index folder, so that a restart revives none.

Each user has entries of their own. Who ends very many sessions ends all that they have: the file stays small.
"""

import json
import time
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.errors import StoreError
from assistant.files import replace_file
from assistant.server.auth.watched_file import WatchedFile

_MAX_ENDED = 1_000  # sessions of one user that are remembered one by one
_LOCK_SECONDS = 10.0

_Ended = dict[str, tuple[int, dict[str, int]]]  # by user: when the last of those that all ended ends; others by key


class EndedSessions:
    """The list of ended sessions of an index folder. May be used by threads and by several processes."""

    def __init__(self, home: Path) -> None:
        self._path = home / "ended_sessions.json"
        self._file = WatchedFile[_Ended](
            self._path,
            _parse,
            missing={},
            damaged=(
                f"The file '{self._path}' is no list of ended sessions: it is damaged, and no session is valid. Delete "
                "it together with 'session.key' beside it, and start the server again: everybody logs in anew then."
            ),
        )

    def contains(self, name: str, key: str, valid_until: int) -> bool:
        """Whether a session was ended.

        Args:
            name: of its user.
            key: names the session.
            valid_until: when it would end by itself, in seconds of the epoch.

        Raises:
            UsersError: the file is damaged.
        """
        all_until, keys = self._file.read().get(name, (0, {}))
        return valid_until <= all_until or key in keys

    def add(self, name: str, key: str, valid_until: int) -> None:
        """Ends a session; the parameters and errors are those of `contains`.

        Raises:
            StoreError: the file can't be written: the session is not ended.
        """
        try:
            with FileLock(self._path.with_suffix(".lock"), timeout=_LOCK_SECONDS, mode=0o600):
                ended = dict(self._file.read())
                all_until, keys = ended.get(name, (0, {}))
                keys = {other: until for other, until in keys.items() if until > time.time()} | {key: valid_until}
                if len(keys) > _MAX_ENDED:
                    all_until, keys = max(all_until, *keys.values()), {}
                ended[name] = all_until, keys
                with replace_file(self._path, private=True) as file:
                    file.write(json.dumps(ended).encode())
        except (OSError, Timeout) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise StoreError(f"The session can't be ended: {reason or 'the list of them is in use'}.") from error


def _parse(content: Any) -> _Ended:
    return {
        str(name): (int(all_until), {str(key): int(until) for key, until in keys.items()})
        for name, (all_until, keys) in content.items()
    }
