"""The users of a served index: a file in its folder, with passwords that only scrypt has seen.

The file is read when somebody comes, so that a user added or removed meanwhile counts at once.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock

from assistant.errors import UsersError
from assistant.files import replace_file

Role = Literal["reader", "editor"]

RESERVED_NAMES = ("local", "token")  # names of those who come without a user of their own
MIN_PASSWORD_CHARS, MAX_PASSWORD_CHARS = 8, 256  # characters of a password

_ROLES: dict[str, Role] = {"reader": "reader", "editor": "editor"}
_NAME = re.compile(r"\w[\w.@-]{0,63}")
_COST, _BLOCK, _LANES = 2**15, 8, 3  # OWASP's parameters for scrypt: 32 MiB and about a quarter of a second
_MEMORY = 2**26  # bytes that OpenSSL may take for it
_ONE_AT_A_TIME = threading.Lock()  # a crowd at the door must not take all the memory


@dataclass(frozen=True, slots=True)
class UserEntry:
    """A user as the file has it."""

    name: str
    role: Role
    hash: str


class UserFile:
    """The file of users in an index folder."""

    def __init__(self, home: Path) -> None:
        self._path = home / "users.json"
        self._read: tuple[tuple[int, int, int], dict[str, UserEntry]] | None = None

    def list_users(self) -> tuple[UserEntry, ...]:
        """Every user, by name.

        Raises:
            UsersError: the file is damaged.
        """
        return tuple(self._entries().values())

    def get(self, name: str) -> UserEntry | None:
        """One user; None where there is none of this name. Raises as `all`."""
        return self._entries().get(_composed(name))

    def add(self, name: str, role: Role, password: str) -> bool:
        """Adds a user, or gives one that is there this role and password.

        Returns:
            Whether it is a new one.

        Raises:
            UsersError: the name or password won't do, or the file can't be read or written.
        """
        name = _composed(name)
        if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise UsersError(
                f"'{name}' is no name for a user. Take letters, digits and . _ @ -, at most 64; "
                f"not {' or '.join(RESERVED_NAMES)}."
            )
        if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
            raise UsersError(f"The password has {len(password)} characters. Take {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS}.")
        made = UserEntry(name, role, _hashed(password))
        with self._changing():
            entries = self._entries()
            self._write({**entries, name: made})
        return name not in entries

    def remove(self, name: str) -> None:
        """Removes a user, whose sessions end at once.

        Raises:
            UsersError: there is none of this name, or the file can't be read or written.
        """
        with self._changing():
            entries = self._entries()
            if _composed(name) not in entries:
                raise UsersError(f"There is no user '{name}'. See them with: assistant users")
            self._write({key: each for key, each in entries.items() if key != _composed(name)})

    def verify(self, name: str, password: str) -> UserEntry | None:
        """The user of this name and password; None where one is wrong, after the same time. Raises as `all`."""
        entry = self.get(name)
        right = _matches(password[:MAX_PASSWORD_CHARS], entry.hash if entry else _NOBODY)
        return entry if right else None

    def _entries(self) -> dict[str, UserEntry]:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if self._read is None or self._read[0] != stamp:
                told = json.loads(self._path.read_text("utf-8"))["users"]
                entries = (UserEntry(name, _ROLES[each["role"]], each["hash"]) for name, each in sorted(told.items()))
                self._read = stamp, {each.name: each for each in entries}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise UsersError(f"The file '{self._path}' is no list of users. Delete it, and add them anew.") from None
        return self._read[1]

    def _changing(self) -> FileLock:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        return FileLock(self._path.with_suffix(".lock"), timeout=10)

    def _write(self, entries: dict[str, UserEntry]) -> None:
        told = {each.name: {"role": each.role, "hash": each.hash} for each in entries.values()}
        try:
            with replace_file(self._path, private=True, keep_failed_draft=True) as file:
                file.write(json.dumps({"users": told}, indent=1).encode())
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> UsersError:
        return UsersError(f"The file '{self._path}' cannot be written: {error.strerror}. Check its folder.")


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _derived(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    secret = _composed(password).encode("utf-8", "surrogatepass")
    with _ONE_AT_A_TIME:
        return hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=lanes, maxmem=_MEMORY, dklen=32)


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    key = _derived(password, salt, _COST, _BLOCK, _LANES)
    return f"scrypt${_COST}${_BLOCK}${_LANES}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _matches(password: str, hashed: str) -> bool:
    _, cost, block, lanes, salt, key = hashed.split("$")
    derived = _derived(password, base64.b64decode(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(derived, base64.b64decode(key))


# Of no password at all: what a name that nobody has is held against.
_NOBODY = f"scrypt${_COST}${_BLOCK}${_LANES}$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
