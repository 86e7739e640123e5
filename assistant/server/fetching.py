"""A document from a web address: only from public machines, and no larger or slower than is allowed.

Whoever pastes an address must not reach through this server what only the server can reach. So every IP address that
a host name stands for has to be public, the connection is made to the very IP address that was checked, and each
redirect is checked like a new address. Nothing is sent along: no cookies, no login, no proxy of the environment.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import PurePosixPath

import httpx

from assistant.errors import ReadingError
from assistant.readers import FILE_KINDS, KIND_BY_SUFFIX

_MAX_REDIRECTS = 5
_MAX_SECONDS = 30.0  # for everything together
_CONNECT_SECONDS = 5.0  # for one IP address of a host, before the next is tried
_OFFICE = "application/vnd.openxmlformats-officedocument."
_SUFFIX_BY_MEDIA_TYPE = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/markdown": ".md", "text/x-markdown": ".md", "text/csv": ".csv", "text/tab-separated-values": ".tsv",
    f"{_OFFICE}wordprocessingml.document": ".docx", f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx", "application/epub+zip": ".epub",
}  # fmt: skip
# Media types that say so little that the suffix in the address counts where there is one.
_VAGUE_MEDIA_TYPES = ("", "text/plain", "application/octet-stream", "binary/octet-stream")
_GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")  # most of what stands for an IPv4 address lies elsewhere
_CLOSED_NETWORKS = [  # beside those that every Python version calls private
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"),  # for protocols and examples
        "168.63.129.16/32",  # Azure's own host: answers only its own machines, although the address looks public
    )
]

HostResolver = Callable[[str, int], Awaitable[Sequence[str]]]  # host name and port to IP addresses


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that came from a web address."""

    name: str  # its suffix is that of its kind
    content: bytes


def is_public(ip_text: str) -> bool:
    """Whether a text is an IP address that anybody on the internet can reach."""
    try:
        ip_address = ipaddress.ip_address(ip_text)
    except ValueError:
        return False
    if ip_address.version == 6 and ip_address not in _GLOBAL_IPV6:
        return False
    is_closed = any(ip_address in network for network in _CLOSED_NETWORKS)
    return ip_address.is_global and not (ip_address.is_multicast or ip_address.is_reserved or is_closed)


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """The IP addresses that a host name stands for, without repetition.

    Raises:
        OSError: there is no such host.
    """
    entries = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(socket_address[0]) for *_, socket_address in entries))


def fetch_document(
    address: str,
    max_bytes: int,
    *,
    seconds: float = _MAX_SECONDS,
    admits: Callable[[str], bool] = is_public,
    look_up: HostResolver = resolve_host,
) -> FetchedFile:
    """Fetches the document at a web address. It blocks: call it in a thread of its own.

    Args:
        address: http or https.
        max_bytes: how large the document may be.
        seconds: how long everything together may take.
        admits: decides whether an IP address may be connected to.
        look_up: finds the IP addresses of a host.

    Raises:
        ReadingError: it can't be fetched, or is no document; the text is the reason, without the address.
    """

    async def fetch_in_time() -> FetchedFile:
        async with asyncio.timeout(seconds):
            return await _follow_redirects(_parse_url(address), max_bytes, admits, look_up)

    try:
        return asyncio.run(fetch_in_time())
    except TimeoutError:
        raise ReadingError(f"it took longer than {seconds:g} seconds. Try again later, or add it as a file") from None


async def _follow_redirects(
    url: httpx.URL, max_bytes: int, admits: Callable[[str], bool], look_up: HostResolver
) -> FetchedFile:
    for _ in range(_MAX_REDIRECTS + 1):
        result = await _request(url, await _resolve_admitted(url, admits, look_up), max_bytes)
        if isinstance(result, FetchedFile):
            return result
        url = result
    raise ReadingError(f"it leads on more than {_MAX_REDIRECTS} times. Paste the address where it ends")


def _parse_url(address: str) -> httpx.URL:
    """An address that may be requested at all.

    Raises:
        ReadingError: it is no web address, or holds a name or password.
    """
    try:
        url = httpx.URL(address.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if (url.port or 0) > 65_535 or url.scheme not in ("http", "https") or not url.host:
        raise ReadingError("only addresses that begin with https:// or http:// are fetched")
    if url.userinfo:
        raise ReadingError("it holds a name or a password, and these are sent nowhere. Leave them out")
    return url


async def _resolve_admitted(url: httpx.URL, admits: Callable[[str], bool], look_up: HostResolver) -> Sequence[str]:
    """The IP addresses of a host, all of which may be connected to.

    Raises:
        ReadingError: there is no such host, or one of its addresses isn't admitted.
    """
    try:
        ip_addresses = await look_up(url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))
    except (OSError, UnicodeError):
        raise ReadingError(f"there is no machine '{url.host}'. Check the spelling") from None
    if not ip_addresses or not all(map(admits, ip_addresses)):
        raise ReadingError(f"'{url.host}' is no public machine, and only public ones are asked. Add it as a file")
    return ip_addresses


async def _request(url: httpx.URL, ip_addresses: Sequence[str], max_bytes: int) -> FetchedFile | httpx.URL:
    """What an address gives: a file, or the address that it redirects to."""
    limits = httpx.Timeout(None, connect=_CONNECT_SECONDS)
    async with httpx.AsyncClient(verify=httpx.create_ssl_context(), trust_env=False, timeout=limits) as client:
        try:
            return await _read_response(await _send_request(client, url, ip_addresses), url, max_bytes)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ReadingError("its server's answer broke off, or was none. Try again later") from None


async def _send_request(client: httpx.AsyncClient, url: httpx.URL, ip_addresses: Sequence[str]) -> httpx.Response:
    """The response from the first IP address that takes the connection; its body is still to be read."""
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Accept": ", ".join([*_SUFFIX_BY_MEDIA_TYPE, "*/*;q=0.1"]),
        "Accept-Encoding": "identity",  # what is packed may be endless when it is unpacked
        "User-Agent": f"assistant/{version('assistant')}",
    }
    extensions = {"sni_hostname": url.raw_host.decode("ascii")}  # whom the certificate has to be for
    failure = ""
    for ip_address in ip_addresses:
        request = client.build_request("GET", url.copy_with(host=ip_address), headers=headers, extensions=extensions)
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in failure:
        raise ReadingError(f"'{url.host}' can't show that it is itself: its certificate isn't valid")
    raise ReadingError(f"'{url.host}' can't be reached. Check the address, or try again later")


async def _read_response(response: httpx.Response, url: httpx.URL, max_bytes: int) -> FetchedFile | httpx.URL:
    if response.has_redirect_location:
        return _parse_url(str(url.join(response.headers["location"])))
    if response.status_code != httpx.codes.OK:
        raise ReadingError(f"its server answers with status {response.status_code}. Check that it opens in a browser")
    if (encoding := response.headers.get("content-encoding", "identity")) != "identity":
        raise ReadingError(f"its server sends it packed ({encoding[:20]}), which it wasn't asked to. Add it as a file")
    name = file_name_for(response.headers.get("content-type", ""), url)
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > max_bytes:
            raise ReadingError(f"too large: the limit is {max_bytes / 1e6:.1f} MB")
    return FetchedFile(name, bytes(content))


def file_name_for(content_type: str, url: httpx.URL) -> str:
    """A name for the file at an address, whose suffix says of what kind it is.

    Args:
        content_type: the header of the response; empty where there is none.
        url: the address, whose own suffix counts where the header says next to nothing.

    Raises:
        ReadingError: it is of no kind that is read.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    path = PurePosixPath(url.path)
    url_suffix = path.suffix.lower() if path.suffix.lower() in KIND_BY_SUFFIX else ""
    suffix = url_suffix if media_type in _VAGUE_MEDIA_TYPES and url_suffix else _SUFFIX_BY_MEDIA_TYPE.get(media_type)
    if suffix is None:
        named = media_type[:60] or "its server names none"
        supported = " ".join(kind.suffixes[0] for kind in FILE_KINDS.values())
        raise ReadingError(f"its kind isn't read: {named}. Supported: {supported}")
    is_named_so = KIND_BY_SUFFIX.get(url_suffix) == KIND_BY_SUFFIX[suffix]
    return f"{(path.stem if is_named_so else path.name) or url.host}{suffix}"
