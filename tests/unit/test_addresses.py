"""A name and a password in an address are never shown, however the address is written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.addresses import redact_logins, split_login, without_login
from assistant.errors import SettingsError

SECRET = "S3CR3T"  # noqa: S105 — an invented one
# Between two halves of the secret stands whatever a password may hold; it is not always escaped as it should be.
PASSWORDS = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), max_size=8).map(
    lambda text: f"{SECRET}{text}{SECRET}"
)
SCHEMES = st.sampled_from(
    ["http://", "https://", "HTTP://", "ray://", "grpc://", "//", "", "http:", "http:/", "http:///"]
)
HOSTS = st.sampled_from(["host", "host.example:8000", "127.0.0.1:80/path", "[::1]:8000/v1", "host/a?b=c#d"])
LOGINS = st.builds(lambda name, password: f"{name}:{password}@", st.sampled_from(["user", "", "a.b%40c"]), PASSWORDS)


@given(SCHEMES, LOGINS, HOSTS)
def test_an_address_is_shown_without_its_login(scheme: str, login: str, host: str) -> None:
    """With any scheme or none; the host stays."""
    shown = without_login(f"{scheme}{login}{host}")
    assert SECRET not in shown
    assert shown.endswith(host)


@given(SCHEMES, LOGINS, HOSTS, st.sampled_from(["{}", "URL('{}')", 'at "{}".', "<{}>, which fails", "no {} at all"]))
def test_a_text_is_shown_without_the_logins_in_it(scheme: str, login: str, host: str, text: str) -> None:
    """The rest of a vendor's error stays."""
    shown = redact_logins(f"It failed: {text.format(scheme + login + host)}\n  At line 5.")
    assert SECRET not in shown
    assert shown.startswith("It failed: ")
    assert shown.endswith("\n  At line 5.")


@pytest.mark.parametrize(
    "address",
    ["http://host", "https://host.example:8000/v1", "https://medium.example/@rita/story", "http://[::1]:80/", "", "x",
     "rita@zoo.example"],
)  # fmt: skip
def test_what_holds_no_login_stays(address: str) -> None:
    """Also an @ in a path, or in the address of a person."""
    assert address in (without_login(address), redact_logins(address))
    assert f"See '{address}'.\n\tAnd 3:45." == redact_logins(f"See '{address}'.\n\tAnd 3:45.")


def test_the_login_of_an_endpoint_is_split_off() -> None:
    """It is still used, as it was meant."""
    assert ("http://host:1/v1", None) == split_login("http://host:1/v1", "X")
    assert ("http://host:1/v1?a=b", ("us er", "p/w")) == split_login("http://us%20er:p%2Fw@host:1/v1?a=b", "X")


@pytest.mark.parametrize(
    "address",
    ["user:{}@host/v1", "user:{}/{}@host", "http://user:{}/{}@host", "ftp://user:{}@host", "http://[{}",
     "http://u:{}@", "//u:{}@h"],
)  # fmt: skip
def test_what_is_no_endpoint_is_not_shown(address: str) -> None:
    """The error names the setting, not what stands in it."""
    with pytest.raises(SettingsError, match=r"^X is no address") as raised:
        split_login(address.format(SECRET, SECRET), "X")
    assert not re.search(f"{SECRET}|user|host/v1@", str(raised.value))
    assert raised.value.__cause__ is None
