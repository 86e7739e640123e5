"""The users of a served index: a file in its folder, with passwords that only scrypt has seen.

The file is read again whenever it has changed, so that a user who is added or removed meanwhile counts at once.
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
from typing import Any, Literal

from filelock import FileLock

from assistant.errors import UsersError
from assistant.files import make_private_folder, replace_file
from assistant.home import users_lock
from assistant.server.auth.watched_file import WatchedFile

Role = Literal["reader", "editor"]

RESERVED_NAMES = ("local", "token")  # stand for those who come without a user of their own
MIN_PASSWORD_CHARS, MAX_PASSWORD_CHARS = 8, 256

_ROLES: dict[str, Role] = {"reader": "reader", "editor": "editor"}
_HASH = re.compile(r"scrypt(\$[1-9]\d{0,5}){3}(\$[A-Za-z0-9+/]+={0,2}){2}")
_NAME = re.compile(r"\w[\w.@-]{0,63}")
_COST, _BLOCK_SIZE, _PARALLELISM = 2**15, 8, 3  # OWASP's parameters for scrypt: 32 MiB and about a quarter of a second
_MAX_SCRYPT_BYTES = 2**26  # memory that OpenSSL may take for it
_SCRYPT_LOCK = threading.Lock()  # one password at a time: many logins at once must not take all the memory


@dataclass(frozen=True, slots=True)
class UserEntry:
    """A user as the file has it."""

    name: str
    role: Role
    hash: str  # "scrypt", its three parameters, salt and key, joined by "$"


class UserFile:
    """The file of users in an index folder."""

    def __init__(self, home: Path) -> None:
        self._path = home / "users.json"
        self._file = WatchedFile[dict[str, UserEntry]](
            self._path,
            _parse_users,
            missing={},
            damaged=(
                f"The file '{self._path}' is no list of users: it is damaged, and nobody is let in. Put a copy of it "
                "back; or end the server, keep the file under another name, and add the users anew before the server "
                "is started again."
            ),
        )

    def list_users(self) -> tuple[UserEntry, ...]:
        """Every user, by name.

        Raises:
            UsersError: the file is damaged.
        """
        return tuple(self._file.read().values())

    def get(self, name: str) -> UserEntry | None:
        """One user; None where nobody has this name. Raises as `list_users`."""
        return self._file.read().get(_composed(name))

    def add(self, name: str, role: Role, password: str) -> bool:
        """Adds a user, or gives an existing one this role and password.

        Returns:
            Whether the user is new.

        Raises:
            UsersError: the name or password isn't allowed, or the file can't be read or written.
        """
        name = _composed(name)
        if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise UsersError(
                f"'{name}' is no name for a user. Take letters, digits and . _ @ -, at most 64; "
                f"not {' or '.join(RESERVED_NAMES)}."
            )
        if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
            raise UsersError(
                f"The password has {len(password)} characters. Take {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS}."
            )
        entry = UserEntry(name, role, _hash_password(password))
        with self._lock():
            entries = self._file.read()
            self._save({**entries, name: entry})
        return name not in entries

    def remove(self, name: str) -> None:
        """Removes a user, whose sessions end at once.

        Raises:
            UsersError: nobody has this name, or the file can't be read or written.
        """
        name = _composed(name)
        with self._lock():
            entries = self._file.read()
            if name not in entries:
                raise UsersError(f"There is no user '{name}'. See them with: assistant users")
            self._save({other: entry for other, entry in entries.items() if other != name})

    def verify(self, name: str, password: str) -> UserEntry | None:
        """The user of this name and password; None where one is wrong, after the same time. Raises as `list_users`."""
        entry = self.get(name)
        try:
            is_right = _matches(password[:MAX_PASSWORD_CHARS], entry.hash if entry else _NOBODY_HASH)
        except ValueError:  # scrypt doesn't take the hash's parameters
            raise self._file.damage() from None
        return entry if is_right else None

    def _lock(self) -> FileLock:
        try:
            make_private_folder(self._path.parent)
        except OSError as error:
            raise self._write_error(error) from None
        return users_lock(self._path.parent)

    def _save(self, entries: dict[str, UserEntry]) -> None:
        users = {entry.name: {"role": entry.role, "hash": entry.hash} for entry in entries.values()}
        try:
            with replace_file(self._path, private=True) as file:
                file.write(json.dumps({"users": users}, indent=1).encode())
        except OSError as error:
            raise self._write_error(error) from None

    def _write_error(self, error: OSError) -> UsersError:
        return UsersError(f"The file '{self._path}' cannot be written: {error.strerror}. Check its folder.")


def _parse_users(content: Any) -> dict[str, UserEntry]:
    entries = {}
    for name, user in sorted(content["users"].items()):
        entries[name] = UserEntry(name, _ROLES[user["role"]], user["hash"])
        if not _HASH.fullmatch(user["hash"]):
            raise ValueError(name)
    return entries


def _composed(text: str) -> str:
    """The same text however its accents are written: Unicode's form NFC."""
    return unicodedata.normalize("NFC", text)


def _derive_key(password: str, salt: bytes, cost: int, block_size: int, parallelism: int) -> bytes:
    secret = _composed(password).encode("utf-8", "surrogatepass")
    with _SCRYPT_LOCK:
        return hashlib.scrypt(
            secret, salt=salt, n=cost, r=block_size, p=parallelism, maxmem=_MAX_SCRYPT_BYTES, dklen=32
        )


def _hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    key = _derive_key(password, salt, _COST, _BLOCK_SIZE, _PARALLELISM)
    parameters = f"{_COST}${_BLOCK_SIZE}${_PARALLELISM}"
    return f"scrypt${parameters}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _matches(password: str, password_hash: str) -> bool:
    _, cost, block_size, parallelism, salt, key = password_hash.split("$")
    derived = _derive_key(password, base64.b64decode(salt), int(cost), int(block_size), int(parallelism))
    return hmac.compare_digest(derived, base64.b64decode(key))


# The hash of no password at all: a login under a name that nobody has is checked against it, so that it takes as long.
_NOBODY_HASH = (
    f"scrypt${_COST}${_BLOCK_SIZE}${_PARALLELISM}$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
)
