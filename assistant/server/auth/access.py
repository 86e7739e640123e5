"""Who may come in, and what they may do: users with a password, programs with the token, or anybody on this machine.

While there is neither a user nor a token, whoever reaches the server is its owner; then it listens on this machine
alone.
"""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from assistant.errors import AccessError, LoginError
from assistant.server.auth.limits import FailureLimit
from assistant.server.auth.sessions import SessionSigner
from assistant.server.auth.users import RESERVED_NAMES, Role, UserFile
from assistant.settings import Settings

SESSION_COOKIE = "assistant_session"

_LOCAL_NAME, _TOKEN_NAME = RESERVED_NAMES  # of those who come without a user of their own
_MAX_FAILED_LOGINS = 8  # by one name or from one address, in five minutes
_LOCAL_TOKEN_SECONDS = 600


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who was let in."""

    name: str
    role: Role

    @property
    def may_edit(self) -> bool:
        """Whether they may upload and remove documents."""
        return self.role == "editor"


_LOCAL_USER = User(_LOCAL_NAME, "editor")  # anybody on this machine, while nobody has to log in
_TOKEN_USER = User(_TOKEN_NAME, "editor")  # whoever has the token of the settings


class AccessControl:
    """Decides who comes in to one served index. May be used by threads."""

    def __init__(self, settings: Settings, host: str = "127.0.0.1") -> None:
        """Reads the key of the sessions, or makes one.

        Args:
            settings: of the server.
            host: the address that is listened at.

        Raises:
            StoreError: the key can't be read or made.
        """
        self._exposed = is_exposed(settings, host)
        self.users = UserFile(settings.home)
        self._sessions = SessionSigner(settings.home)
        self._token = settings.api_token.get_secret_value() if settings.api_token else ""
        self._failures = FailureLimit(_MAX_FAILED_LOGINS)

    @property
    def is_open(self) -> bool:
        """Whether nobody has to log in: only this machine comes, and there is neither a token nor a user.

        Raises:
            UsersError: the users can't be read.
        """
        return not self._exposed and not self._token and not self.users.list_users()

    def authenticate(self, headers: Mapping[str, str], address: str) -> User | None:
        """Who sends a request.

        Args:
            headers: by their names in lower case.
            address: where it comes from.

        Returns:
            The user; None where the request names nobody, or its session has ended.

        Raises:
            LoginError: a bearer token is wrong.
            LimitError: too many wrong tokens came from this address.
            UsersError: the users can't be read.
        """
        if self.is_open:
            return _LOCAL_USER
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return self._session_user(_session_cookie(headers.get("cookie", "")))
        user = self._bearer_user(token.strip())
        if user is None:  # only a wrong token counts: others at the same address may have the right one
            self._failures.check(address)
            self._failures.add(address)
            raise LoginError("The bearer token is wrong, or has ended.")
        return user

    def login(self, name: str, password: str, address: str) -> tuple[User, str]:
        """Lets somebody in by name and password, or without a name by the token in place of the password.

        Returns:
            The user, and a session's token for the cookie or the header.

        Raises:
            LoginError: something is wrong; never says what.
            LimitError: too many logins failed by this name or from this address.
            UsersError: the users can't be read.
        """
        address_key, name_key = f"address {address}", f"name {name[:64]}"
        for key in (address_key, name_key):
            self._failures.check(key)
        login = self._check_password(name, password)
        if login is None:
            for key in (address_key, name_key):
                self._failures.add(key)
            raise LoginError("The name, password or token is wrong.")
        self._failures.forget(name_key)
        return login

    def find_user(self, name: str) -> User | None:
        """The user of a name as of now; None where nobody has it any more."""
        if name == _LOCAL_NAME:
            return _LOCAL_USER if self.is_open else None
        if name == _TOKEN_NAME:
            return _TOKEN_USER if self._token else None
        entry = self.users.get(name)
        return User(entry.name, entry.role) if entry else None

    def request_user_name(self, request: Any) -> str | None:
        """The name of who sends a request that the guard let in, for Gradio's ``auth_dependency``."""
        user = getattr(request.state, "user", None)
        return user.name if isinstance(user, User) else None

    def _check_password(self, name: str, password: str) -> tuple[User, str] | None:
        if not name and self._token:
            is_right = hmac.compare_digest(_encode(password), _encode(self._token))
            return (_TOKEN_USER, self._issue_session(_TOKEN_NAME, self._token)) if is_right else None
        entry = self.users.verify(name, password)
        return (User(entry.name, entry.role), self._issue_session(entry.name, entry.hash)) if entry else None

    def _issue_session(self, name: str, secret: str) -> str:
        return self._sessions.issue(name, self._sessions.fingerprint(secret))

    def _bearer_user(self, token: str) -> User | None:
        if self._token and hmac.compare_digest(_encode(token), _encode(self._token)):
            return _TOKEN_USER
        return self._session_user(token)

    def _session_user(self, token: str) -> User | None:
        session = self._sessions.read(token) if token else None
        if session is None:
            return None
        if session.name == _LOCAL_NAME:  # signed by a process that reads the index folder itself
            return _LOCAL_USER
        if session.name == _TOKEN_NAME:
            user, secret = _TOKEN_USER, self._token
        elif entry := self.users.get(session.name):
            user, secret = User(session.name, entry.role), entry.hash
        else:
            return None
        is_valid = bool(secret) and hmac.compare_digest(session.fingerprint, self._sessions.fingerprint(secret))
        return user if is_valid else None


def check_binding(settings: Settings, host: str) -> None:
    """Refuses an address to listen at where everybody would be let in.

    Raises:
        AccessError: says what to set, or that one should stay on this machine.
        UsersError: the users can't be read.
    """
    if is_exposed(settings, host) and settings.api_token is None and not UserFile(settings.home).list_users():
        place = f"Listening at {host}" if not is_loopback(host) else "Answering to the names in ASSISTANT_HOSTS"
        raise AccessError(
            f"{place} would let everybody on the network in. Set ASSISTANT_API_TOKEN to a long secret, "
            "or add a user with: assistant users add NAME --role editor. Or stay on 127.0.0.1."
        )


def is_exposed(settings: Settings, host: str) -> bool:
    """Whether others than this machine come: by the address, or by a name of it that somebody else gave."""
    return not is_loopback(host) or bool(settings.named_hosts)


def local_token(settings: Settings) -> str:
    """A session of a few minutes for a process that can read the index folder.

    Raises:
        StoreError: the key of the sessions can't be read or made.
    """
    return SessionSigner(settings.home).issue(_LOCAL_NAME, "", seconds=_LOCAL_TOKEN_SECONDS)


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _session_cookie(header: str) -> str:
    """The session's token in a Cookie header; empty where there is none."""
    try:
        cookie = SimpleCookie(header).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
