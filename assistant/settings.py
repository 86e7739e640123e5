"""The one flat, frozen settings class: keyword, then ``ASSISTANT_…`` variable, then default."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError


def _cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("assistant", appauthor=False)


class Settings(BaseSettings):
    """Everything that a user may set. Names are those of the ``ASSISTANT_…`` variables in lower case."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", frozen=True, extra="forbid", env_ignore_empty=True)

    home: Path = Path(".assistant")  # the folder that holds the index
    chroma_url: str | None = None  # of a Chroma server that holds the index instead; a path names its database
    chroma_token: SecretStr | None = None  # what lets us into that server
    mode: Literal["quotes", "llm"] | None = None  # unset: llm where a model is set, else quotes
    model: str | None = None  # of an endpoint; local, or local:PATH of a GGUF file, for one on this machine
    reader: Literal["on", "off"] = "on"  # off: sentences are ranked and refused without the bundled reader
    sources: int = Field(default=3, ge=1, le=40)  # numbered sentences that a model reads
    embedding: str = "bundled"  # or the name of a model behind openai_base_url
    embedding_dimensions: int | None = Field(default=None, gt=0)  # asked of the endpoint, where it offers a choice
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    timeout: float = Field(default=60.0, gt=0)  # seconds an endpoint may take
    max_file_mb: float = Field(default=50.0, gt=0)  # a larger file is named and left out
    reading_seconds: float = Field(default=60.0, gt=0)  # that reading a file may take
    threads: int = Field(default=0, ge=0)  # for the models on this machine; 0: one for each core there is
    cache: Path = Field(default_factory=_cache)  # the folder that keeps pulled models
    api_token: SecretStr | None = None  # what a program shows to be let in over HTTP; it may do all that an editor may
    hosts: str = ""  # more names under which the server is reached, with commas between: "notes.example, notes"
    origins: str = ""  # other sites whose pages may call the API, likewise: "https://intranet.example"
    longest_question: int = Field(default=4_000, ge=1, le=4_000)  # characters of a question over HTTP
    max_uploads: int = Field(default=20, ge=1)  # files in one upload; each may have max_file_mb
    fetch_addresses: bool = False  # whether editors may have documents fetched from public addresses of the web
    requests_per_minute: int = Field(default=600, ge=0)  # of one user, or one address; 0: without limit
    concurrent_answers: int = Field(default=32, ge=1, le=256)  # being made at a time; one more is told to come again

    @property
    def named_hosts(self) -> frozenset[str]:
        """The names of ``hosts``, in lower case."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())

    @property
    def named_origins(self) -> frozenset[str]:
        """The sites of ``origins``, in lower case, without a slash at the end."""
        return frozenset(name.strip().lower().rstrip("/") for name in self.origins.split(",") if name.strip())

    @property
    def max_file_bytes(self) -> int:
        """The most bytes that a file may have."""
        return int(self.max_file_mb * 1_000_000)

    @property
    def answers_by(self) -> Literal["quotes", "llm"]:
        """The mode that holds: a key alone changes nothing, a model that is set does."""
        return self.mode or ("llm" if self.model else "quotes")


def load_settings(**given: Any) -> Settings:
    """Builds the settings from keywords and the environment.

    Raises:
        SettingsError: an unknown name or a value that does not fit; names the setting and the reason.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"A setting does not fit: {wrong}. Correct the keyword or ASSISTANT_ variable.") from None
