"""The settings: keyword, then variable, then default; and a key that is never shown."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings

SECRET = "sk-very-secret"  # noqa: S105 — an invented one

EXAMPLES: dict[str, tuple[str, str, Any]] = {  # field: its variable, a text for it, its value then
    "home": ("ASSISTANT_HOME", "there", Path("there")),
    "chroma_url": ("ASSISTANT_CHROMA_URL", "http://127.0.0.1:1", "http://127.0.0.1:1"),
    "chroma_token": ("ASSISTANT_CHROMA_TOKEN", SECRET, SecretStr(SECRET)),
    "mode": ("ASSISTANT_MODE", "llm", "llm"),
    "model": ("ASSISTANT_MODEL", "some-chat-model", "some-chat-model"),
    "reader": ("ASSISTANT_READER", "off", "off"),
    "risk": ("ASSISTANT_RISK", "0.1", 0.1),
    "sources": ("ASSISTANT_SOURCES", "9", 9),
    "cache": ("ASSISTANT_CACHE", "there", Path("there")),
    "embedding": ("ASSISTANT_EMBEDDING", "some-model", "some-model"),
    "embedding_dimensions": ("ASSISTANT_EMBEDDING_DIMENSIONS", "256", 256),
    "openai_api_key": ("OPENAI_API_KEY", SECRET, SecretStr(SECRET)),
    "openai_base_url": ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1"),
    "timeout": ("ASSISTANT_TIMEOUT", "2.5", 2.5),
    "max_file_mb": ("ASSISTANT_MAX_FILE_MB", "7", 7.0),
    "reading_seconds": ("ASSISTANT_READING_SECONDS", "5", 5.0),
    "threads": ("ASSISTANT_THREADS", "3", 3),
    "api_token": ("ASSISTANT_API_TOKEN", SECRET, SecretStr(SECRET)),
    "hosts": ("ASSISTANT_HOSTS", "notes.example", "notes.example"),
    "origins": ("ASSISTANT_ORIGINS", "https://one.example", "https://one.example"),
    "proxies": ("ASSISTANT_PROXIES", "127.0.0.1, 10.0.0.0/8", "127.0.0.1, 10.0.0.0/8"),
    "longest_question": ("ASSISTANT_LONGEST_QUESTION", "500", 500),
    "max_uploads": ("ASSISTANT_MAX_UPLOADS", "3", 3),
    "fetch_addresses": ("ASSISTANT_FETCH_ADDRESSES", "1", True),
    "requests_per_minute": ("ASSISTANT_REQUESTS_PER_MINUTE", "0", 0),
    "concurrent_answers": ("ASSISTANT_CONCURRENT_ANSWERS", "4", 4),
}


def test_every_setting_is_tried_here() -> None:
    """The table above has every field, and there are 26 at most."""
    assert set(Settings.model_fields) == set(EXAMPLES)
    assert len(EXAMPLES) <= 26


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_setting_by_variable_and_by_keyword(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each field follows its variable, and its keyword before that; an empty variable is none."""
    variable, text, value = EXAMPLES[name]
    default = getattr(load_settings(), name)
    assert default != value
    assert value == getattr(load_settings(**{name: value}), name)
    assert value == getattr(load_settings(**{name: text}), name)

    monkeypatch.setenv(variable, text)
    assert value == getattr(load_settings(), name)
    if default is not None:
        assert default == getattr(load_settings(**{name: default}), name)
    monkeypatch.setenv(variable, "")
    assert default == getattr(load_settings(), name)


def test_the_defaults() -> None:
    """With nothing set the index is in the current folder, and nothing outside is named."""
    settings = load_settings()
    assert (Path(".assistant"), None, "bundled") == (settings.home, settings.mode, settings.embedding)
    assert (None, "quotes", 3) == (settings.model, settings.answers_by, settings.sources)
    assert "assistant" == settings.cache.name
    assert (None, None) == (settings.openai_api_key, settings.openai_base_url)
    assert (60.0, 50.0, 0) == (settings.timeout, settings.max_file_mb, settings.threads)
    assert (None, frozenset(), frozenset()) == (settings.api_token, settings.named_hosts, settings.named_origins)
    assert (4_000, 20, False, 600, 32) == (
        settings.longest_question,
        settings.max_uploads,
        settings.fetch_addresses,
        settings.requests_per_minute,
        settings.concurrent_answers,
    )


def test_names_between_commas() -> None:
    """Hosts and origins are read from one text each, whatever their case and the blanks around them."""
    settings = load_settings(hosts=" Notes.example,notes ,", origins="https://One.example/, http://two.example")
    assert {"notes.example", "notes"} == settings.named_hosts
    assert {"https://one.example", "http://two.example"} == settings.named_origins


@pytest.mark.parametrize(
    ("keywords", "mode"),
    [
        ({"openai_api_key": SECRET}, "quotes"),
        ({"openai_base_url": "http://127.0.0.1:1/v1"}, "quotes"),
        ({"model": "m"}, "llm"),
        ({"model": "m", "mode": "quotes"}, "quotes"),
        ({"mode": "llm"}, "llm"),
    ],
)
def test_the_mode_that_holds(keywords: dict[str, Any], mode: str) -> None:
    """A key or an address changes nothing; a model that is set does, unless the mode says otherwise."""
    assert mode == load_settings(**keywords).answers_by


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"colour": "red"}, "colour: Extra inputs"),
        ({"mode": "poetry"}, "mode: .*'quotes' or 'llm'"),
        ({"threads": "many"}, "threads: "),
        ({"threads": -1}, "threads: .*greater than or equal to 0"),
        ({"timeout": 0}, "timeout: .*greater than 0"),
        ({"max_file_mb": -1}, "max_file_mb: "),
        ({"embedding_dimensions": 0}, "embedding_dimensions: "),
        ({"colour": "red", "timeout": 0}, "timeout: .*; colour: "),
    ],
)
def test_a_setting_that_does_not_fit(keywords: dict[str, Any], message: str) -> None:
    """What is unknown or wrong is named with the reason and with what to do."""
    with pytest.raises(SettingsError, match=f"{message}.*Correct the keyword or ASSISTANT_ variable"):
        load_settings(**keywords)


def test_a_variable_that_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong variable is named like a wrong keyword; one that nobody knows is left alone."""
    monkeypatch.setenv("ASSISTANT_COLOUR", "red")
    load_settings()
    monkeypatch.setenv("ASSISTANT_TIMEOUT", "soon")
    with pytest.raises(SettingsError, match="timeout"):
        load_settings()


def test_settings_cannot_be_changed() -> None:
    """Settings are what they were when they were made."""
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.threads = 5


@pytest.mark.parametrize("source", ["variable", "keyword"])
def test_the_key_is_never_shown(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the settings' texts, nor their dump, nor an error about another setting show the key."""
    keywords = {"openai_api_key": SECRET} if source == "keyword" else {}
    if source == "variable":
        monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    settings = load_settings(**keywords)

    assert settings.openai_api_key is not None
    assert SECRET == settings.openai_api_key.get_secret_value()
    for text in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert SECRET not in text
    with pytest.raises(SettingsError) as caught:
        load_settings(**keywords, timeout="soon")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_of_a_wrong_kind_is_not_shown_either() -> None:
    """An error about the key itself does not repeat it."""
    with pytest.raises(SettingsError, match="OPENAI_API_KEY") as caught:
        load_settings(openai_api_key=SECRET.encode() + b"\xff")
    assert SECRET not in str(caught.value)
