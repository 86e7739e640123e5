"""A document from an address of the web: only from public machines, and no larger or slower than is allowed.

Whoever pastes an address must not reach through this server what only the server can reach: so every number that a
name stands for has to be public, the connection is made to the very number that was looked at, and each redirect is
looked at like a new address. Nothing is sent along: no cookies, no login, no proxy of the environment.
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
from assistant.readers import KINDS

_REDIRECTS = 5
_PATIENCE = 30.0  # seconds for everything
_CONNECTING = 5.0  # seconds for one of a name's machines, before the next is tried
_OFFICE = "application/vnd.openxmlformats-officedocument."
_SUFFIXES = {  # by the type that a server names
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/markdown": ".md", "text/x-markdown": ".md", "text/csv": ".csv", "text/tab-separated-values": ".tsv",
    f"{_OFFICE}wordprocessingml.document": ".docx", f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx", "application/epub+zip": ".epub",
}  # fmt: skip
_VAGUE = ("", "text/plain", "application/octet-stream", "binary/octet-stream")  # the address may say it better
_GIVEN_OUT = ipaddress.ip_network("2000::/3")  # of IPv6; most of what stands for an IPv4 number lies elsewhere
_CLOSED = [  # beside what every Python calls private
    ipaddress.ip_network(each)
    for each in (
        *("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"),  # for protocols and examples
        "168.63.129.16/32",  # Azure's own host: answers its machines alone, whatever the number looks like
    )
]

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that an address gave."""

    name: str  # its suffix is that of its kind
    content: bytes


def is_public(number: str) -> bool:
    """Whether an IP address is one that anybody on the internet can reach."""
    try:
        found = ipaddress.ip_address(number)
    except ValueError:
        return False
    if found.version == 6 and found not in _GIVEN_OUT:
        return False
    closed = found.is_multicast or found.is_reserved or any(found in each for each in _CLOSED)
    return found.is_global and not closed


async def looked_up(host: str, port: int) -> Sequence[str]:
    """The IP addresses that a name stands for; raises OSError where there is none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def fetch_document(
    address: str,
    most: int,
    *,
    seconds: float = _PATIENCE,
    admits: Callable[[str], bool] = is_public,
    look_up: LookUp = looked_up,
) -> FetchedFile:
    """Fetches the document at an address; for a thread of its own.

    Args:
        address: http or https.
        most: bytes that it may have.
        seconds: that everything together may take.
        admits: decides whether an IP address may be connected to.
        look_up: finds the IP addresses of a name.

    Raises:
        ReadingError: it can't be had, or is no document; the text is the reason, without the address.
    """

    async def fetched() -> FetchedFile:
        async with asyncio.timeout(seconds):
            return await _followed(_checked(address), most, admits, look_up)

    try:
        return asyncio.run(fetched())
    except TimeoutError:
        raise ReadingError(f"it took longer than {seconds:g} seconds. Try again later, or add it as a file") from None


async def _followed(url: httpx.URL, most: int, admits: Callable[[str], bool], look_up: LookUp) -> FetchedFile:
    for _ in range(_REDIRECTS + 1):
        found = await _asked(url, await _admitted(url, admits, look_up), most)
        if isinstance(found, FetchedFile):
            return found
        url = found
    raise ReadingError(f"it leads on more than {_REDIRECTS} times. Paste the address where it ends")


def _checked(address: str) -> httpx.URL:
    """An address that may be asked at all; raises ReadingError."""
    try:
        url = httpx.URL(address.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if (url.port or 0) > 65_535 or url.scheme not in ("http", "https") or not url.host:
        raise ReadingError("only addresses that begin with https:// or http:// are fetched")
    if url.userinfo:
        raise ReadingError("it holds a name or a password, and these are sent nowhere. Leave them out")
    return url


async def _admitted(url: httpx.URL, admits: Callable[[str], bool], look_up: LookUp) -> Sequence[str]:
    """The IP addresses of a host, all of which may be connected to; raises ReadingError."""
    try:
        numbers = await look_up(url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))
    except (OSError, UnicodeError):
        raise ReadingError(f"there is no machine '{url.host}'. Check the spelling") from None
    if not numbers or not all(map(admits, numbers)):
        raise ReadingError(f"'{url.host}' is no public machine, and only public ones are asked. Add it as a file")
    return numbers


async def _asked(url: httpx.URL, numbers: Sequence[str], most: int) -> FetchedFile | httpx.URL:
    """What an address gives: a file, or another address."""
    limits = httpx.Timeout(None, connect=_CONNECTING)
    async with httpx.AsyncClient(verify=httpx.create_ssl_context(), trust_env=False, timeout=limits) as client:
        try:
            return await _read(await _reached(client, url, numbers), url, most)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ReadingError("its server's answer broke off, or was none. Try again later") from None


async def _reached(client: httpx.AsyncClient, url: httpx.URL, numbers: Sequence[str]) -> httpx.Response:
    """The answer of the first number that takes the connection, its body still to be read."""
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Accept": ", ".join([*_SUFFIXES, "*/*;q=0.1"]),
        "Accept-Encoding": "identity",  # what is packed may be endless when it is unpacked
        "User-Agent": f"assistant/{version('assistant')}",
    }
    named = {"sni_hostname": url.raw_host.decode("ascii")}  # whom the certificate has to be for
    told = ""
    for number in numbers:
        request = client.build_request("GET", url.copy_with(host=number), headers=headers, extensions=named)
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            told = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in told:
        raise ReadingError(f"'{url.host}' can't show that it is itself: its certificate isn't valid")
    raise ReadingError(f"'{url.host}' can't be reached. Check the address, or try again later")


async def _read(response: httpx.Response, url: httpx.URL, most: int) -> FetchedFile | httpx.URL:
    if response.has_redirect_location:
        return _checked(str(url.join(response.headers["location"])))
    if response.status_code != httpx.codes.OK:
        raise ReadingError(f"its server answers with status {response.status_code}. Check that it opens in a browser")
    if (packed := response.headers.get("content-encoding", "identity")) != "identity":
        raise ReadingError(f"its server sends it packed ({packed[:20]}), which it wasn't asked to. Add it as a file")
    name = name_of(response.headers.get("content-type", ""), url)
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > most:
            raise ReadingError(f"too large: the limit is {most / 1e6:.1f} MB")
    return FetchedFile(name, bytes(content))


def name_of(content_type: str, url: httpx.URL) -> str:
    """A name for the file of an address, whose suffix says of what kind it is.

    Raises:
        ReadingError: it is of no kind that is read.
    """
    kind = content_type.partition(";")[0].strip().lower()
    path = PurePosixPath(url.path)
    own = path.suffix.lower() if path.suffix.lower() in KINDS else ""
    suffix = own if kind in _VAGUE and own else _SUFFIXES.get(kind)
    if suffix is None:
        raise ReadingError(f"its kind isn't read: {kind[:60] or 'its server names none'}. Supported: {' '.join(KINDS)}")
    return f"{(path.stem if own else path.name) or url.host}{suffix}"
