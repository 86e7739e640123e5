import httpx
import pytest

from assistant.errors import SettingsError
from assistant.index.chroma.connection import Address
from assistant.settings import load_settings


@pytest.mark.parametrize(
    ("url", "base", "database"),
    [
        ("http://localhost:8000", "http://localhost:8000", "default_database"),
        ("http://localhost", "http://localhost:8000", "default_database"),
        ("https://chroma.example/notes/", "https://chroma.example:443", "notes"),
        ("http://[::1]:9", "http://[::1]:9", "default_database"),
        ("http://user:secret@127.0.0.1:9", "http://127.0.0.1:9", "default_database"),
        ("http://münchen.example:9", "http://münchen.example:9", "default_database"),
    ],
)
def test_an_address_is_read(url: str, base: str, database: str) -> None:
    """Host, port and database; httpx takes what is made of them."""
    address = Address.of(load_settings(chroma_url=url))
    assert (base, database) == (address.base, address.database)
    httpx.URL(address.databases)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000",
        "ftp://x",
        "http://",
        "http://:8000",
        "http://h:99999",
        "http://h:abc",
        "http://[::1",
        "http://[",
        "http://‥",
        f"http://{'a' * 100}.example",
        "http://xn--:9",
        "http://a..b:8",
        "http://h:9/\udcff",
        "http://h:9/\0",
        "http://user:secret@h:abc",
        "http://user:sec/ret@h:9",
    ],
)
def test_what_is_no_address_is_a_setting_to_be_corrected(url: str) -> None:
    """However it is malformed there is one error, and no password in it."""
    with pytest.raises(SettingsError, match=r"^ASSISTANT_CHROMA_URL is .*, which is no address\. Write it as") as error:
        Address.of(load_settings(chroma_url=url))
    assert "sec" not in str(error.value)
