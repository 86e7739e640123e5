"""Proxies that the environment names, as httpx uses them for every client of ours that leaves this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import getproxies

from assistant.errors import SettingsError

_SCHEMES = ("http", "https", "all")  # of ``HTTP_PROXY`` and so on, that httpx looks at


def check_proxies() -> None:
    """Makes sure that httpx can use the proxies of the environment, before it raises errors of its own.

    Raises:
        SettingsError: it can't use one. The message doesn't hold its address, which may hold a password.
    """
    import httpx

    proxies = getproxies()
    if "*" in (host.strip() for host in proxies.get("no", "").split(",")):
        return
    for scheme in _SCHEMES:
        if address := proxies.get(scheme):
            try:
                httpx.Proxy(address if "://" in address else f"http://{address}")
            except (ValueError, httpx.InvalidURL):
                raise SettingsError(
                    f"{scheme.upper()}_PROXY in the environment names no proxy that can be used. Write it as "
                    "http://host:port or socks5://host:port, or unset it."
                ) from None


@contextmanager
def without_proxies() -> Iterator[None]:
    """Hides the proxies of the environment from clients that are made within the block."""
    names, former = ("NO_PROXY", "no_proxy"), dict(os.environ)
    os.environ.update(dict.fromkeys(names, "*"))
    try:
        yield
    finally:
        for name in names:
            if name in former:
                os.environ[name] = former[name]
            else:
                del os.environ[name]
