import os

import pytest

from assistant.errors import SettingsError
from assistant.proxies import check_proxies, without_proxies

NAMES = [variant for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for variant in (name, name.lower())]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9",
        "127.0.0.1:9",
        "socks5://user:secret@127.0.0.1:9",
        "socks5h://127.0.0.1:9",
        "https://x",
        "",
    ],
)
def test_a_proxy_that_can_be_used_is_let_pass(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP and SOCKS5 proxies, as the environment names them; a client can be made with each."""
    import httpx

    monkeypatch.setenv("ALL_PROXY", address)
    check_proxies()
    httpx.Client().close()


@pytest.mark.parametrize("name", ["ALL_PROXY", "https_proxy"])
@pytest.mark.parametrize(
    "address",
    [
        "socks://user:secret@h:9",
        "socks4://user:secret@h:9",
        "nonsense://secret",
        "socks5://[::secret",
        "http://h:secret",
        "://secret",
    ],
)
def test_a_proxy_that_can_t_be_used_is_named_without_its_address(
    name: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says which variable, what it should be, and no password."""
    monkeypatch.setenv(name, address)
    with pytest.raises(SettingsError, match=rf"^{name.upper()} in the environment names no proxy") as error:
        check_proxies()
    assert "secret" not in str(error.value)


def test_no_proxy_for_any_host_means_that_none_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then httpx uses none either."""
    monkeypatch.setenv("ALL_PROXY", "nonsense://x")
    monkeypatch.setenv("NO_PROXY", "localhost, *")
    check_proxies()


@pytest.mark.parametrize("no_proxy", [None, "localhost"])
def test_clients_made_without_proxies(no_proxy: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the block no proxy is in the way; after it the environment is what it was."""
    import httpx

    monkeypatch.setenv("ALL_PROXY", "nonsense://x")
    if no_proxy:
        monkeypatch.setenv("NO_PROXY", no_proxy)
    before = dict(os.environ)
    with without_proxies():
        httpx.Client().close()
    assert before == dict(os.environ)
