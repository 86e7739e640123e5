"""Where a Chroma server is, whether it is one, and what to tell people when it isn't."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from assistant.errors import SettingsError, StoreError

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client

    from assistant.settings import Settings

ROOT = "assistant"  # the collection that holds an index's state row, and begins the others' names
_PATIENCE = 60.0  # seconds that one call may take
_PROBE = 10.0  # seconds that the first one may take
_DATABASE = "default_database"


@dataclass(frozen=True, slots=True)
class Address:
    """A database of a server."""

    host: str
    port: int
    secure: bool
    database: str
    headers: dict[str, str] = field(repr=False)  # with the token

    @classmethod
    def of(cls, settings: "Settings") -> "Address":
        """What ``chroma_url`` and ``chroma_token`` say.

        Raises:
            SettingsError: the address is none.
        """
        parts = urlsplit(str(settings.chroma_url))
        try:
            port = parts.port or (443 if parts.scheme == "https" else 8000)
        except ValueError:
            port = 0
        if parts.scheme not in ("http", "https") or not parts.hostname or not port:
            told = f"ASSISTANT_CHROMA_URL is '{settings.chroma_url}', which is no address."
            raise SettingsError(f"{told} Write it as http://host:8000")
        token = settings.chroma_token.get_secret_value() if settings.chroma_token else ""
        headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
        return cls(parts.hostname, port, parts.scheme == "https", parts.path.strip("/") or _DATABASE, headers)

    @property
    def base(self) -> str:
        """The server's address alone."""
        return f"{'https' if self.secure else 'http'}://{self.host}:{self.port}"

    @property
    def databases(self) -> str:
        """Where its databases are listed."""
        return f"{self.base}/api/v2/tenants/default_tenant/databases"


def probe_server(settings: "Settings") -> tuple[str, bool]:
    """The version of the configured server, and whether it has an index; changes nothing.

    Raises:
        SettingsError: the address is none.
        StoreError: there is no Chroma server of this version at the address, or it lets nobody in.
    """
    import httpx

    at = Address.of(settings)
    version = _probe(at)
    try:
        found = httpx.get(f"{at.databases}/{at.database}/collections/{ROOT}", headers=at.headers, timeout=_PROBE)
    except httpx.HTTPError as error:
        raise StoreError(explain_failure(error, at.base)) from error
    return version, found.status_code == httpx.codes.OK


def connect(at: Address) -> "Client":
    """Opens a connection; makes the database where it is missing. Raises StoreError as `look` does."""
    _probe(at)
    import chromadb
    from chromadb.config import Settings

    given: Any = {
        "host": at.host, "port": at.port, "ssl": at.secure, "headers": dict(at.headers),
        "settings": Settings(anonymized_telemetry=False),
    }  # fmt: skip
    try:
        if at.database != _DATABASE:
            _ensure(at)
        client = cast("Client", chromadb.HttpClient(**given, database=at.database))
    except Exception as error:
        raise StoreError(explain_failure(error, at.base)) from error
    for session in sessions(client):
        session.timeout = _PATIENCE
    return client


def sessions(client: "Client") -> "list[httpx.Client]":
    """What Chroma's client asks by: it would wait without end and stay open, and there is no setting for that."""
    servers: list[Any] = [client._server, cast("Any", client._admin_client)._server]  # noqa: SLF001
    return [server._session for server in servers]  # noqa: SLF001


def _probe(at: Address) -> str:
    """The version of a Chroma server that speaks as we do: its client takes any answer for one."""
    import chromadb
    import httpx

    try:
        answer = httpx.get(f"{at.base}/api/v2/version", headers=at.headers, timeout=_PROBE)
        answer.raise_for_status()
        version = answer.json()
    except ValueError:
        version = None
    except httpx.HTTPError as error:
        raise StoreError(explain_failure(error, at.base)) from error
    if not isinstance(version, str) or not version[:1].isdigit():
        raise StoreError(f"What answers at {at.base} is no Chroma server. Correct ASSISTANT_CHROMA_URL.")
    ours = chromadb.__version__.partition(".")[0]
    if version.partition(".")[0] != ours:
        raise StoreError(
            f"The Chroma server at {at.base} is of version {version}; this needs version {ours}. "
            "Upgrade the one or the other."
        )
    return version


def _ensure(at: Address) -> None:
    import httpx

    answer = httpx.post(
        at.databases,
        json={"name": at.database},
        headers=at.headers,
        timeout=_PROBE,
    )
    if answer.status_code != httpx.codes.CONFLICT:
        answer.raise_for_status()


def is_transient(error: Exception) -> bool:
    """Whether trying again may help: the server was not there, or said that it is busy."""
    import httpx

    return isinstance(error, httpx.ConnectError | httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError)


def explain_failure(error: Exception, address: str) -> str:
    """What to tell people of what Chroma's client raised."""
    import httpx

    status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else _status(error)
    if status in (401, 403):
        return (
            f"The Chroma server at {address} lets nobody in with this token ({status}). Correct ASSISTANT_CHROMA_TOKEN."
        )
    if isinstance(error, httpx.TimeoutException):
        return f"The Chroma server at {address} doesn't answer in time. See how it is, or try again later."
    if isinstance(error, httpx.HTTPStatusError):
        return f"What answers at {address} is no Chroma server of version 1 ({status}). Correct ASSISTANT_CHROMA_URL."
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return f"The certificate of {address} isn't trusted here. Name the file with its CA in SSL_CERT_FILE."
    if isinstance(error, httpx.TransportError):
        return (
            f"The Chroma server at {address} cannot be reached ({str(error) or type(error).__name__}). "
            "Start it, or correct ASSISTANT_CHROMA_URL."
        )
    named = f"{type(error).__name__}: {error}"[:300]
    return (
        f"The Chroma server at {address} failed ({named}). If that stays so, see its log; an index that is damaged "
        "there is remade with: assistant index --rebuild"
    )


def _status(error: Exception) -> int | None:
    cause = error.__context__
    import httpx

    return cause.response.status_code if isinstance(cause, httpx.HTTPStatusError) else None
