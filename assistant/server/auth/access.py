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
from assistant.server.auth.users import Role, UserFile
from assistant.settings import Settings

SESSION_COOKIE = "assistant_session"

_LOCAL, _TOKEN = "local", "token"  # names of those who come without a user of their own
_ROLE: Role = "editor"  # of those
_FAILURES = 8  # to log in, by one name or from one address, in five minutes
_WRONG = "The name, password or token is wrong."


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who was let in."""

    name: str
    role: Role

    @property
    def may_edit(self) -> bool:
        """Whether they may upload and remove documents."""
        return self.role == "editor"


class AccessControl:
    """Decides who comes in to one served index. May be used by threads."""

    def __init__(self, settings: Settings, host: str = "127.0.0.1") -> None:
        """Reads the key of the sessions, or makes one.

        Args:
            settings: of the server.
            host: the address that is listened at.

        Raises:
            StoreError: the folder doesn't let it.
        """
        self._exposed = is_exposed(settings, host)
        self.users = UserFile(settings.home)
        self._sessions = SessionSigner(settings.home)
        self._token = settings.api_token.get_secret_value() if settings.api_token else ""
        self._failures = FailureLimit(_FAILURES)

    @property
    def is_open(self) -> bool:
        """Whether nobody has to log in: only this machine comes, and there is neither a token nor a user.

        Raises:
            UsersError: the users can't be read.
        """
        return not self._exposed and not self._token and not self.users.all()

    def by_headers(self, headers: Mapping[str, str], address: str) -> User | None:
        """Who sends a request.

        Args:
            headers: by their names in lower case.
            address: where it comes from.

        Returns:
            The user; None where nobody is named, or a session has ended.

        Raises:
            LoginError: a bearer token is wrong.
            LimitError: it was too often.
        """
        if self.is_open:
            return User(_LOCAL, "editor")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = self._by_token(token.strip())
            if found is None:  # only a wrong one counts: others at the same address may have the right one
                self._failures.check(address)
                self._failures.add(address)
                raise LoginError("The bearer token is wrong, or has ended.")
            return found
        return self._by_session(_cookie(headers.get("cookie", "")))

    def login(self, name: str, password: str, address: str) -> tuple[User, str]:
        """Lets somebody in by name and password, or without a name by the token.

        Returns:
            The user, and the token of a session for the cookie or the header.

        Raises:
            LoginError: something is wrong; never says what.
            LimitError: it was too often, by this name or from this address.
        """
        keys = (f"address {address}", f"name {name[:64]}")
        for key in keys:
            self._failures.check(key)
        found = self._logged_in(name, password)
        if found is None:
            for key in keys:
                self._failures.add(key)
            raise LoginError(_WRONG)
        self._failures.forget(keys[1])
        return found

    def user(self, name: str) -> User | None:
        """A user by name as of now; None where there is none any more."""
        if name == _LOCAL:
            return User(_LOCAL, "editor") if self.is_open else None
        if name == _TOKEN:
            return User(_TOKEN, "editor") if self._token else None
        entry = self.users.get(name)
        return User(entry.name, entry.role) if entry else None

    def user_name(self, request: Any) -> str | None:
        """The name of who sends a request that the guard let in, for Gradio's ``auth_dependency``."""
        user = getattr(request.state, "user", None)
        return user.name if isinstance(user, User) else None

    def _logged_in(self, name: str, password: str) -> tuple[User, str] | None:
        if not name and self._token:
            right = hmac.compare_digest(_bytes(password), _bytes(self._token))
            return (User(_TOKEN, "editor"), self._issue(_TOKEN, self._token)) if right else None
        entry = self.users.verified(name, password)
        return (User(entry.name, entry.role), self._issue(entry.name, entry.hash)) if entry else None

    def _issue(self, name: str, secret: str) -> str:
        return self._sessions.issue(name, self._sessions.mark(secret))

    def _by_token(self, token: str) -> User | None:
        if self._token and hmac.compare_digest(_bytes(token), _bytes(self._token)):
            return User(_TOKEN, "editor")
        return self._by_session(token)

    def _by_session(self, token: str) -> User | None:
        session = self._sessions.read(token) if token else None
        if session is None:
            return None
        if session.name == _LOCAL:  # signed by a process that reads the index folder itself
            return User(_LOCAL, "editor")
        if session.name == _TOKEN:
            secret, role = self._token, _ROLE
        else:
            entry = self.users.get(session.name)
            secret, role = (entry.hash, entry.role) if entry else ("", _ROLE)
        same = bool(secret) and hmac.compare_digest(session.mark, self._sessions.mark(secret))
        return User(session.name, role) if same else None


def check_binding(settings: Settings, host: str) -> None:
    """Raises AccessError, which says how, where listening at this address would let everybody in."""
    if is_exposed(settings, host) and settings.api_token is None and not UserFile(settings.home).all():
        place = f"Listening at {host}" if not is_loopback(host) else "Answering to the names in ASSISTANT_HOSTS"
        raise AccessError(
            f"{place} would let everybody on the network in. Set ASSISTANT_API_TOKEN to a long secret, "
            "or add a user with: assistant users add NAME --role editor. Or stay on 127.0.0.1."
        )


def is_exposed(settings: Settings, host: str) -> bool:
    """Whether others than this machine come: by the address, or by a name of it that somebody else gave."""
    return not is_loopback(host) or bool(settings.named_hosts)


def local_token(settings: Settings) -> str:
    """A session of a few minutes for a process that can read the index folder; raises StoreError."""
    return SessionSigner(settings.home).issue(_LOCAL, "", seconds=600)


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
