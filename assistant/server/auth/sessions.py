"""Sessions: signed tokens that say who somebody is, and until when. The server lists only those that were ended.

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
from assistant.files import create_private, make_private_folder
from assistant.server.auth.ended_sessions import EndedSessions

SESSION_SECONDS = 7 * 24 * 3600  # how long a session lasts
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """What a valid token says."""

    name: str  # of the user
    fingerprint: str  # of the password hash or token that it was got with: a session ends when that changes
    valid_until: int  # seconds of the epoch
    key: str  # tells it from all other sessions


class SessionSigner:
    """Signs, reads and ends the tokens of one index folder."""

    def __init__(self, home: Path) -> None:
        """Reads the folder's key, or makes one.

        Raises:
            StoreError: it cannot be read or made.
        """
        self._key = _load_or_create_key(home / "session.key")
        self._ended = EndedSessions(home)

    def issue(self, name: str, fingerprint: str, seconds: float = SESSION_SECONDS) -> str:
        """A token for a user.

        Args:
            name: of the user.
            fingerprint: of the secret that they logged in with, by `fingerprint`.
            seconds: how long it is valid.
        """
        claims = json.dumps([name, fingerprint, int(time.time() + seconds), secrets.token_hex(4)])
        body = _encode(claims.encode())
        return f"{body}.{self._sign(body)}"

    def read(self, token: str) -> Session | None:
        """What a token says; None where it is not ours, was altered, or has ended.

        Raises:
            UsersError: the list of ended sessions is damaged.
        """
        body, _, signature = token.partition(".")
        if not hmac.compare_digest(self._sign(body).encode(), signature.encode("utf-8", "surrogatepass")):
            return None
        with suppress(ValueError, TypeError):
            name, fingerprint, valid_until, _ = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            session = Session(name, fingerprint, valid_until, hashlib.sha256(body.encode()).hexdigest()[:32])
            is_valid = time.time() < valid_until and not self._ended.contains(name, session.key, valid_until)
            return session if is_valid else None
        return None

    def end(self, token: str) -> None:
        """Ends the session of a token before its time, for whoever has a copy of it too; other texts do nothing.

        Raises:
            UsersError: as `read`.
            StoreError: it can't be ended.
        """
        if session := self.read(token):
            self._ended.add(session.name, session.key, session.valid_until)

    def fingerprint(self, secret: str) -> str:
        """A short keyed hash of a secret, from which the secret can't be learnt: 16 hexadecimal digits."""
        return hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]

    def _sign(self, body: str) -> str:
        return _encode(hmac.new(self._key, body.encode("utf-8", "surrogatepass"), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _load_or_create_key(path: Path) -> bytes:
    try:
        make_private_folder(path.parent)
        draft = path.with_name(f".{secrets.token_hex(8)}.part")
        if not path.exists():
            with create_private(draft) as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
            try:
                os.link(draft, path)  # the first process wins; a rename would replace another's key
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(f"The key '{path}' cannot be read or made: {error.strerror}. Check its folder.") from None
    if len(key) != _KEY_BYTES:
        raise StoreError(f"The key '{path}' is damaged. Delete it: everybody logs in anew then.")
    return key
