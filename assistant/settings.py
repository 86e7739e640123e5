"""The settings: one flat, frozen class. A keyword wins over its ``ASSISTANT_…`` variable, that over the default."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

_ANSWER_TIMEOUTS = 5  # a whole answer may take so many times the timeout
_MIN_ANSWER_SECONDS = 30.0  # but these at least: the pauses between its tries count too


def _default_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("assistant", appauthor=False)


class Settings(BaseSettings):
    """Everything that a user may set. Each name is that of its ``ASSISTANT_…`` variable in lower case."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", frozen=True, extra="forbid", env_ignore_empty=True)

    home: Path = Path(".assistant")  # the folder that holds the index
    chroma_url: str | None = None  # of a Chroma server that holds the index instead; a path in it names the database
    chroma_token: SecretStr | None = None  # that the Chroma server asks for
    mode: Literal["quotes", "llm"] | None = None  # unset: llm where a model is set, else quotes
    model: str | None = None  # an endpoint's model; or local, or local:PATH of a GGUF file, for one on this machine
    reader: Literal["on", "off"] = "on"  # off: ranking and refusing do without the bundled span reader
    risk: float | None = Field(default=None, gt=0, lt=1)  # the highest share of wrong answers; unset: no guarantee
    sources: int = Field(default=3, ge=1, le=40)  # numbered sentences that a language model is given
    embedding: str = "bundled"  # or the name of a model behind openai_base_url
    embedding_dimensions: int | None = Field(default=None, gt=0)  # requested from the endpoint; None: the model's own
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    timeout: float = Field(default=60.0, gt=0)  # seconds that an endpoint may stay silent; see `answer_seconds` too
    max_file_mb: float = Field(default=50.0, gt=0)  # a larger file is reported and left out
    reading_seconds: float = Field(default=60.0, gt=0)  # seconds that reading one file may take
    threads: int = Field(default=0, ge=0)  # for the models on this machine; 0: one for each core
    cache: Path = Field(default_factory=_default_cache)  # the folder of pulled models
    api_token: SecretStr | None = None  # with which a program may do over HTTP all that an editor may
    hosts: str = ""  # more names of the server, separated by commas: "notes.example, notes"
    origins: str = ""  # other sites whose pages may call the API, separated likewise: "https://intranet.example"
    proxies: str = ""  # addresses of proxies in front of the server, likewise: "10.0.0.2, 172.16.0.0/12"
    longest_question: int = Field(default=4_000, ge=1, le=4_000)  # characters of a question over HTTP
    max_uploads: int = Field(default=20, ge=1)  # files in one upload; each may have max_file_mb
    fetch_addresses: bool = False  # whether editors may add documents by their public web address
    requests_per_minute: int = Field(default=600, ge=0)  # of one user, or of one network address; 0: no limit
    concurrent_answers: int = Field(default=32, ge=1, le=256)  # in the making at a time; one more is turned away

    @property
    def named_hosts(self) -> frozenset[str]:
        """The names in ``hosts``, in lower case."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())

    @property
    def named_origins(self) -> frozenset[str]:
        """The sites in ``origins``, in lower case and without a slash at the end."""
        return frozenset(name.strip().lower().rstrip("/") for name in self.origins.split(",") if name.strip())

    @property
    def named_proxies(self) -> frozenset[str]:
        """The addresses and networks in ``proxies``, whose word on where a request comes from is taken."""
        return frozenset(name.strip() for name in self.proxies.split(",") if name.strip())

    @field_validator("proxies")
    @classmethod
    def _check_proxies(cls, value: str) -> str:
        for name in value.split(","):
            if name.strip():
                ip_network(name.strip())
        return value

    @property
    def answer_seconds(self) -> float:
        """Seconds that a language model may take for a whole answer, or an embedder for one request."""
        return max(_ANSWER_TIMEOUTS * self.timeout, _MIN_ANSWER_SECONDS)

    @property
    def max_file_bytes(self) -> int:
        """The most bytes that a file may have."""
        return int(self.max_file_mb * 1_000_000)

    @property
    def answers_by(self) -> Literal["quotes", "llm"]:
        """The mode in effect: the one that is set, else llm where a model is set. A key alone changes nothing."""
        return self.mode or ("llm" if self.model else "quotes")


def load_settings(**keywords: Any) -> Settings:
    """Builds the settings from keywords and the environment.

    Args:
        keywords: fields of `Settings`.

    Raises:
        SettingsError: an unknown name or a value that does not fit; the text names the setting and the reason.
    """
    try:
        return Settings(**keywords)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise SettingsError(f"A setting does not fit: {faults}. Correct the keyword or ASSISTANT_ variable.") from None
