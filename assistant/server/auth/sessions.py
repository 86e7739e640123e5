"""Sessions: signed tokens that say who somebody is, and until when; nothing of them is kept.

The key that signs them lies in the index folder, readable by its owner alone: whoever can read that folder can read
the index too, and may sign a session of their own; the command line does.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import StoreError
from assistant.files import create_private

SESSION_SECONDS = 7 * 24 * 3600  # seconds
_KEY = 32  # bytes


@dataclass(frozen=True, slots=True)
class Session:
    """What a valid token says."""

    name: str
    mark: str  # of the password or token that it was got with: a session ends when that changes


class SessionSigner:
    """Signs and reads the tokens of one index folder."""

    def __init__(self, home: Path) -> None:
        """Reads the folder's key, or makes one.

        Raises:
            StoreError: it cannot be read or made.
        """
        self._key = _key(home / "session.key")

    def issue(self, name: str, mark: str, seconds: float = SESSION_SECONDS) -> str:
        """A token that holds for so many seconds."""
        told = json.dumps([name, mark, int(time.time() + seconds), secrets.token_hex(4)])
        body = _encoded(told.encode())
        return f"{body}.{self._signature(body)}"

    def read(self, token: str) -> Session | None:
        """What a token says; None where it is not ours, was altered, or has ended."""
        body, _, signature = token.partition(".")
        if not hmac.compare_digest(self._signature(body).encode(), signature.encode("utf-8", "surrogatepass")):
            return None
        with suppress(ValueError, TypeError):
            name, mark, until, _ = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            return Session(name, mark) if time.time() < until else None
        return None

    def mark(self, secret: str) -> str:
        """A short sign of a secret, which doesn't tell it."""
        return hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]

    def _signature(self, body: str) -> str:
        return _encoded(hmac.new(self._key, body.encode("utf-8", "surrogatepass"), hashlib.sha256).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _key(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        if not path.exists():
            with create_private(draft) as file:
                file.write(secrets.token_bytes(_KEY))
            try:
                os.link(draft, path)  # whoever comes first; a rename would replace the other's key
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(f"The key '{path}' cannot be read or made: {error.strerror}. Check its folder.") from None
    if len(key) != _KEY:
        raise StoreError(f"The key '{path}' is damaged. Delete it: everybody logs in anew then.")
    return key
