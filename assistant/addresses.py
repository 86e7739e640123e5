"""Addresses of servers: what they hold, and how they may be shown, without the login that may stand in them."""

import re
from urllib.parse import unquote, urlsplit

from assistant.errors import SettingsError

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*)?://", re.IGNORECASE)
_AUTHORITY = re.compile(r"[^/?#\\]*")
_WORD_WITH_LOGIN = re.compile(r"\S+@\S*")
_BEFORE_A_WORD = re.compile(r"[^\w/]*")


def without_login(address: str) -> str:
    """An address without the name and password before its host, however it is written, even where it is none.

    A password may hold any character. Where it isn't certain what a part is, it is left out.
    """
    scheme = match[0] if (match := _SCHEME.match(address)) else ""
    login, at, rest = address[len(scheme) :].rpartition("@")
    authority = _AUTHORITY.match(login)
    is_in_path = authority and authority[0] and authority[0] != login and "@" not in login and ":" not in login
    return address if not at or is_in_path else scheme + rest


def redact_logins(text: str) -> str:
    """A text, such as a vendor's error, in which each address has lost the name and password before its host."""
    return _WORD_WITH_LOGIN.sub(lambda match: _redact_word(match[0]), text)


def _redact_word(word: str) -> str:
    before, slashes, address = word.partition("://")
    if slashes:
        return before + without_login(f"://{address}")
    login, _, host = word.rpartition("@")
    opening = _BEFORE_A_WORD.match(login)
    return f"{opening[0] if opening else ''}{host}" if ":" in login else word


def split_login(address: str, setting: str) -> tuple[str, tuple[str, str] | None]:
    """The address of an HTTP server without the name and password that it may hold, and these.

    Args:
        address: as it is set.
        setting: the name of its variable, for the error.

    Raises:
        SettingsError: it is no such address. The message doesn't hold it.
    """
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise SettingsError(f"{setting} is no address. Write it as http://localhost:11434/v1.")
    login, _, host = parts.netloc.rpartition("@")
    name, _, password = login.partition(":")
    return parts._replace(netloc=host).geturl(), (unquote(name), unquote(password)) if login else None
