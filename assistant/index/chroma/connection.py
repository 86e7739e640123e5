"""Where a Chroma server is, whether it is one, and what to tell people when it is not."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from assistant.addresses import redact_logins, without_login
from assistant.errors import SettingsError, StoreError
from assistant.proxies import check_proxies

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client

    from assistant.settings import Settings

ROOT = "assistant"  # the collection that holds an index's state row; the names of the others begin with it
_CALL_TIMEOUT = 60.0  # seconds
_PROBE_TIMEOUT = 10.0  # seconds, of the first call
_DEFAULT_DATABASE = "default_database"


@dataclass(frozen=True, slots=True)
class Address:
    """A database of a Chroma server."""

    host: str
    port: int
    secure: bool
    database: str
    headers: dict[str, str] = field(repr=False)  # they hold the token

    @classmethod
    def of(cls, settings: "Settings") -> "Address":
        """The address in the settings ``chroma_url`` and ``chroma_token``.

        Raises:
            SettingsError: ``chroma_url`` is not an address.
        """
        import httpx

        token = settings.chroma_token.get_secret_value() if settings.chroma_token else ""
        headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
        try:
            url = urlsplit(str(settings.chroma_url))
            port = url.port or (443 if url.scheme == "https" else 8000)
            host = f"[{url.hostname}]" if ":" in (url.hostname or "") else (url.hostname or "")
            address = cls(host, port, url.scheme == "https", url.path.strip("/") or _DEFAULT_DATABASE, headers)
            httpx.URL(f"{address.databases}/{address.database}")
            is_address = url.scheme in ("http", "https") and bool(host.encode("idna").decode("idna"))
        except (ValueError, httpx.InvalidURL):  # also of a host or path with what no address may hold
            is_address = False
        if not is_address:
            shown = without_login(str(settings.chroma_url))
            raise SettingsError(f"ASSISTANT_CHROMA_URL is '{shown}', which is no address. Write it as http://host:8000")
        return address

    @property
    def base(self) -> str:
        """The URL of the server, without a path."""
        return f"{'https' if self.secure else 'http'}://{self.host}:{self.port}"

    @property
    def databases(self) -> str:
        """The URL of the server's list of databases."""
        return f"{self.base}/api/v2/tenants/default_tenant/databases"


def probe_server(settings: "Settings") -> tuple[str, bool]:
    """The version of the configured server, and whether it has an index. Changes nothing there.

    Raises:
        SettingsError: the setting is not an address.
        StoreError: there is no Chroma server of this version at the address, or it rejects the token.
    """
    import httpx

    address = Address.of(settings)
    version = _probe(address)
    url = f"{address.databases}/{address.database}/collections/{ROOT}"
    try:
        response = httpx.get(url, headers=address.headers, timeout=_PROBE_TIMEOUT)
    except httpx.HTTPError as error:
        raise StoreError(explain_failure(error, address.base)) from error
    return version, response.status_code == httpx.codes.OK


def connect(address: Address) -> "Client":
    """Opens a connection, and creates the database where it is missing.

    Raises:
        StoreError: as `probe_server`.
    """
    _probe(address)
    import chromadb
    from chromadb.config import Settings

    options: Any = {
        "host": address.host, "port": address.port, "ssl": address.secure, "headers": dict(address.headers),
        "settings": Settings(anonymized_telemetry=False),
    }  # fmt: skip
    try:
        if address.database != _DEFAULT_DATABASE:
            _ensure_database(address)
        client = cast("Client", chromadb.HttpClient(**options, database=address.database))
    except Exception as error:
        raise StoreError(explain_failure(error, address.base)) from error
    for session in http_sessions(client):
        session.timeout = _CALL_TIMEOUT
    return client


def http_sessions(client: "Client") -> "list[httpx.Client]":
    """The HTTP sessions of Chroma's client: it sets no timeout, never closes them, and offers no setting for either."""
    servers: list[Any] = [client._server, cast("Any", client._admin_client)._server]  # noqa: SLF001
    return [server._session for server in servers]  # noqa: SLF001


def _probe(address: Address) -> str:
    """The version of the Chroma server at an address. Chroma's own client would accept any answer as Chroma's."""
    import chromadb
    import httpx

    check_proxies()
    try:
        response = httpx.get(f"{address.base}/api/v2/version", headers=address.headers, timeout=_PROBE_TIMEOUT)
        response.raise_for_status()
    except httpx.HTTPError as error:
        raise StoreError(explain_failure(error, address.base)) from error
    try:
        version = response.json()
    except ValueError:
        version = None
    if not isinstance(version, str) or not version[:1].isdigit():
        raise StoreError(f"What answers at {address.base} is no Chroma server. Correct ASSISTANT_CHROMA_URL.")
    ours = chromadb.__version__.partition(".")[0]
    if version.partition(".")[0] != ours:
        raise StoreError(
            f"The Chroma server at {address.base} is of version {version}; this needs version {ours}. "
            "Upgrade the one or the other."
        )
    return version


def _ensure_database(address: Address) -> None:
    import httpx

    response = httpx.post(
        address.databases,
        json={"name": address.database},
        headers=address.headers,
        timeout=_PROBE_TIMEOUT,
    )
    if response.status_code != httpx.codes.CONFLICT:
        response.raise_for_status()


def is_transient(error: Exception) -> bool:
    """Whether trying again may help: the server was not there, or said that it is busy."""
    import httpx

    return isinstance(error, httpx.ConnectError | httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError)


def explain_failure(error: Exception, address: str) -> str:
    """An error of Chroma's client in words that say what to do."""
    import httpx

    status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else _underlying_status(error)
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
            f"The Chroma server at {address} cannot be reached ({redact_logins(str(error)) or type(error).__name__}). "
            "Start it, or correct ASSISTANT_CHROMA_URL."
        )
    summary = redact_logins(f"{type(error).__name__}: {error}")[:300]
    return (
        f"The Chroma server at {address} failed ({summary}). If that stays so, see its log; an index that is damaged "
        "there is remade with: assistant index --rebuild"
    )


def _underlying_status(error: Exception) -> int | None:
    """The HTTP status behind an error that Chroma's client raised of its own."""
    import httpx

    cause = error.__context__
    return cause.response.status_code if isinstance(cause, httpx.HTTPStatusError) else None
