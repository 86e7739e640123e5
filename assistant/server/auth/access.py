"""Who may come in, and what they may do: users with a password, programs with the token, or anybody on this machine.

Where there is neither a user nor a token, whoever reaches the server is its owner; then it listens on this machine
alone. A server that has once had a user stays closed when the last one goes.
"""

import hmac
import ipaddress
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from assistant.errors import AccessError, LoginError, UsersError
from assistant.server.auth.limits import FailureLimit
from assistant.server.auth.sessions import SessionSigner
from assistant.server.auth.users import RESERVED_NAMES, Role, UserFile
from assistant.settings import Settings

SESSION_COOKIE = "assistant_session"

_LOCAL_NAME, _TOKEN_NAME = RESERVED_NAMES  # of those who come without a user of their own
_MAX_FAILED_LOGINS = 8  # from one address, or by one name from everywhere, in five minutes
_MAX_FAILED_LOGINS_UNDER_ATTACK = 1  # from one address by a name that has failed so often
_LOCAL_TOKEN_SECONDS = 600
_IPV6_SITE_BITS = 64  # of an address: whoever has one mostly has all that begin with these

_NOBODY_LEFT = (
    "Nobody may log in: the last user was removed while this server runs. Add one with: assistant users add NAME "
    "--role editor"
)
_UNREADABLE = "Nobody can be let in: a list that it needs can't be read. The server's log says which one."

_log = logging.getLogger(__name__)


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
            UsersError: the users can't be read.
        """
        self._exposed = is_exposed(settings, host)
        self.users = UserFile(settings.home)
        self._sessions = SessionSigner(settings.home)
        self._token = settings.api_token.get_secret_value() if settings.api_token else ""
        self._failures = FailureLimit(_MAX_FAILED_LOGINS)  # by address
        self._failures_by_name = FailureLimit(_MAX_FAILED_LOGINS)
        self._failures_under_attack = FailureLimit(_MAX_FAILED_LOGINS_UNDER_ATTACK)  # by name and address
        self._is_guarded = self._exposed or bool(self._token) or self._has_users()  # once it is, it stays so
        self._last_report = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has to log in: only this machine comes, and there never was a token or a user.

        Raises:
            UsersError: the users can't be read.
        """
        with self._without_paths():
            self._is_guarded = self._is_guarded or self._has_users()
            return not self._is_guarded

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
        token = _bearer_token(headers)
        with self._without_paths():
            if token is None:
                return self._session_user(_session_cookie(headers))
            user = self._bearer_user(token)
        if user is None:  # only a wrong token counts: others at the same address may have the right one
            self._failures.check(_site(address))
            self._failures.add(_site(address))
            raise LoginError("The bearer token is wrong, or has ended.")
        return user

    def login(self, name: str, password: str, address: str) -> tuple[User, str]:
        """Lets somebody in by name and password, or without a name by the token in place of the password.

        Returns:
            The user, and a session's token for the cookie or the header.

        Raises:
            LoginError: something is wrong, never says what; or there is nobody who could log in.
            LimitError: too many logins failed from this address; or many by this name, and one of them from here.
            UsersError: the users can't be read.
        """
        with self._without_paths():
            if not self._token and not self._has_users():
                self._report_once(_NOBODY_LEFT)
                raise LoginError(_NOBODY_LEFT)
            self._check_limits(name[:64], _site(address))
            login = self._check_password(name, password)
        if login is None:
            self._count_failure(name[:64], _site(address))
            raise LoginError("The name, password or token is wrong.")
        self._failures_under_attack.forget(f"{name[:64]} {_site(address)}")
        return login

    def logout(self, headers: Mapping[str, str]) -> None:
        """Ends the session that a request shows in its cookie or its header, also for whoever has a copy of it.

        Raises:
            UsersError: the ended sessions can't be read.
            StoreError: the session can't be ended.
        """
        with self._without_paths():
            for token in (_session_cookie(headers), _bearer_token(headers) or ""):
                self._sessions.end(token)

    def find_user(self, name: str) -> User | None:
        """The user of a name as of now; None where nobody has it any more."""
        if name == _LOCAL_NAME:
            return _LOCAL_USER if self.is_open else None
        if name == _TOKEN_NAME:
            return _TOKEN_USER if self._token else None
        with self._without_paths():
            entry = self.users.get(name)
        return User(entry.name, entry.role) if entry else None

    def request_user_name(self, request: Any) -> str | None:
        """The name of who sends a request that the guard let in, for Gradio's ``auth_dependency``."""
        user = getattr(request.state, "user", None)
        return user.name if isinstance(user, User) else None

    def _has_users(self) -> bool:
        return bool(self.users.list_users())

    def _check_limits(self, name: str, site: str) -> None:
        """Refuses a login where too many failed.

        Whoever guesses from one address has to wait. Whoever guesses one name from many gets a single try from each,
        and nobody else: the user of that name still comes in from an address of their own.
        """
        self._failures.check(f"address {site}")
        if self._failures_by_name.seconds_to_wait(name):
            self._failures_under_attack.check(f"{name} {site}")

    def _count_failure(self, name: str, site: str) -> None:
        self._failures.add(f"address {site}")
        self._failures_by_name.add(name)
        self._failures_under_attack.add(f"{name} {site}")

    @contextmanager
    def _without_paths(self) -> Iterator[None]:
        """Logs that the users can't be read, and tells it without the path to whoever asks: they may be strangers."""
        try:
            yield
        except UsersError as error:
            self._is_guarded = True
            self._report_once(str(error))
            raise UsersError(_UNREADABLE) from None

    def _report_once(self, text: str) -> None:
        if text != self._last_report:
            self._last_report = text
            _log.error("%s", text)

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
        place = "Answering to the names in ASSISTANT_HOSTS" if settings.named_hosts else "A proxy in ASSISTANT_PROXIES"
        place = place if is_loopback(host) else f"Listening at {host}"
        raise AccessError(
            f"{place} would let everybody on the network in. Set ASSISTANT_API_TOKEN to a long secret, "
            "or add a user with: assistant users add NAME --role editor. Or stay on 127.0.0.1."
        )


def is_exposed(settings: Settings, host: str) -> bool:
    """Whether others than this machine come: by the address, by a name that somebody else gave it, by a proxy."""
    return not is_loopback(host) or bool(settings.named_hosts or settings.named_proxies)


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


def _bearer_token(headers: Mapping[str, str]) -> str | None:
    """The token in an Authorization header; None where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _site(address: str) -> str:
    """The part of an IP address that one party mostly has to itself: failures count for all of it."""
    try:
        if (ip_address := ipaddress.ip_address(address.partition("%")[0])).version == 4:
            return str(ip_address)
    except ValueError:
        return address[:64]
    mapped = ip_address.ipv4_mapped
    return str(mapped or ipaddress.ip_network((ip_address, _IPV6_SITE_BITS), strict=False))


def _session_cookie(headers: Mapping[str, str]) -> str:
    """The session's token in a Cookie header; empty where there is none."""
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
