"""Which machines a document may be fetched from, and of what kind it is: decided without a connection."""

import ipaddress

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.server.fetching import file_name_for, is_public

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2001:4860:4860::8888"]
CLOSED = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),  # noqa: S104 — what is refused
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a00:1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "100::1", "5f00::1"),
    *("", "localhost", "127.1", "0x7f000001", "2130706433", "8.8.8.8:80", "[2606:4700::1111]", "example.org"),
]


@pytest.mark.parametrize("number", PUBLIC)
def test_a_public_ip_address_is_public(number: str) -> None:
    """What anybody on the internet can reach may be connected to."""
    assert is_public(number)


@pytest.mark.parametrize("number", CLOSED)
def test_any_other_text_is_not_public(number: str) -> None:
    """Private, loopback, link-local, reserved, multicast, what stands for such an address, and any other text."""
    assert not is_public(number)


@given(st.ip_addresses(v=4))
@example(ipaddress.IPv4Address("10.0.0.1"))
def test_no_ipv4_address_gets_in_by_another_spelling(number: ipaddress.IPv4Address) -> None:
    """However an IPv4 address is wrapped in an IPv6 one, that one is not public."""
    high, low = divmod(int(number), 1 << 16)
    for wrapped in ("::ffff:{h:x}:{l:x}", "::{h:x}:{l:x}", "64:ff9b::{h:x}:{l:x}", "2002:{h:x}:{l:x}::"):
        assert not is_public(wrapped.format(h=high, l=low))


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """The decision is never laxer than the registers that Python knows."""
    kinds = (number.is_private, number.is_loopback, number.is_link_local, number.is_multicast, number.is_reserved)
    assert not (is_public(str(number)) and (any(kinds) or number.is_unspecified))


@pytest.mark.parametrize(
    ("content_type", "address", "name"),
    [
        ("text/html; charset=utf-8", "https://example.org/", "example.org.html"),
        ("TEXT/HTML", "https://example.org/reports/annual.php?x=1", "annual.php.html"),
        ("application/pdf", "https://example.org/a%20b.pdf", "a b.pdf"),
        ("application/pdf", "https://example.org/get", "get.pdf"),
        ("text/plain", "https://example.org/notes.md", "notes.md"),
        ("text/plain", "https://example.org/notes", "notes.txt"),
        ("application/octet-stream", "https://example.org/t.xlsx", "t.xlsx"),
        ("", "https://example.org/T.CSV", "T.csv"),
    ],
)
def test_the_kind_is_what_the_media_type_says(content_type: str, address: str, name: str) -> None:
    """The media type decides; where it says next to nothing, the suffix of the address does."""
    assert name == file_name_for(content_type, httpx.URL(address))


@pytest.mark.parametrize("content_type", ["image/png", "application/json", "", "application/octet-stream", "x" * 500])
def test_a_kind_that_is_not_read(content_type: str) -> None:
    """The error names it, briefly, and the kinds that are read."""
    with pytest.raises(ReadingError, match=r"its kind isn't read: .{1,60}\. Supported: \.txt") as caught:
        file_name_for(content_type, httpx.URL("https://example.org/x.png"))
    assert "\n" not in str(caught.value)
