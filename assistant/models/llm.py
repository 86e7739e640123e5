"""Settings → a LlamaIndex LLM; the only room that knows openai's errors and the local runtime.

Every model is spoken to through the OpenAI protocol, or is an LLM that the caller gave. Nothing is contacted before
the first question.
"""

import logging
import math
import re
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from assistant.errors import ModelError, SettingsError, StoppedError
from assistant.models import llama_cpp as local
from assistant.models import llm_tracing as calling
from assistant.models.prompts import PromptMessage
from assistant.settings import Settings

if TYPE_CHECKING:
    from httpx import Response
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM

LONGEST = 400  # tokens of an answer
_PATIENCE = 10  # times as long for a model on this machine: it is there, and may have much to read
_WORD = 4  # tokens of a yes or no
_RETRIES = 2  # on 429, 5xx and lost connections, with growing pauses; by the openai client
_FLOOR = 1e-4  # of a chance that is read out of the likeliest tokens
_LIKELIEST = 5  # tokens whose chances are asked for: the most that common servers give
_CALL = "x-client-request-id"  # a header that endpoints let be or log
_UNSURE = 2.0  # log odds of a plain yes, where no chances are given
_YES_OR_NO = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class TokenUsage:
    """Tokens that were used, by the model's own count; 0 where it gives none."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def to_dict(self) -> dict[str, int]:
        """The usage as the record holds it."""
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": self.completion_tokens}

    def add(self, raw: Any) -> None:
        """Adds what a raw response or its last chunk says."""
        told = _get(raw, "usage")
        self.prompt_tokens += int(_get(told, "prompt_tokens") or 0)
        self.completion_tokens += int(_get(told, "completion_tokens") or 0)


@dataclass
class LanguageModel:
    """A language model that is asked with whole chats. May be used by threads."""

    llm: "LLM" = field(repr=False)  # its own repr holds the key
    name: str
    place: str  # for messages: "at http://…", or "given as llm"
    secret: str = field(default="", repr=False)
    protocol: bool = True  # whether it is an endpoint, whose streams end with a reason
    responses: "dict[str, Response]" = field(default_factory=dict, repr=False)  # of streams, by the id of their call
    stop: threading.Event | None = None  # set by whoever wants the model to stop, at its next piece

    def stream(self, chat: Sequence[PromptMessage], usage: TokenUsage, **options: Any) -> Generator[str, None, None]:
        """The pieces of a reply as they come; closing the iterator stops the model.

        Raises:
            ModelError: it can't be reached, refuses, or breaks off; names it, and says what to do.
        """
        vendor = "openai" if self.protocol else type(self.llm).__name__
        return calling.streamed(self.name, vendor, usage.to_dict, self._stream(chat, usage, options))

    def _stream(
        self, chat: Sequence[PromptMessage], usage: TokenUsage, options: dict[str, Any]
    ) -> Generator[str, None, None]:
        ended, raw, call = "", None, uuid4().hex
        try:
            self._go_on()
            told = self._asking(call) if self.protocol else {}
            for response in self.llm.stream_chat(_messages(chat), **(told | options)):
                self._go_on()
                raw = response.raw
                ended = _finish(raw) or ended
                usage.add(raw)
                if response.delta:
                    yield response.delta
        except Exception as error:  # noqa: BLE001 — whatever an LLM raises, of any vendor
            raise self._error(error) from None
        finally:
            if left := self.responses.pop(call, None):
                left.close()  # LlamaIndex holds on to a stream that is left: without this the model writes on
        calling.finished(ended)
        if self.protocol and not ended:
            what = "broke off in the middle of its answer" if raw is not None else "answered something that is no chat"
            raise ModelError(f"{self._whence} {what}. Ask again; if it stays so, look at the server's own log.")

    def reply(self, chat: Sequence[PromptMessage], usage: TokenUsage, **options: Any) -> str:
        """The whole reply; raises as ``stream`` does."""
        return "".join(self.stream(chat, usage, **options)).strip()

    def odds(self, chat: Sequence[PromptMessage], usage: TokenUsage) -> float | None:
        """The log odds that the reply is yes rather than no; None where it is neither.

        An endpoint that gives no chances counts as fairly sure of what it says. Raises as ``stream`` does.
        """
        response = self._likelihoods(chat, usage) if self.protocol else None
        if response is None:
            return _plain_odds(self.reply(chat, usage, **({"max_tokens": _WORD} if self.protocol else {})))
        choice = (_get(response.raw, "choices") or [None])[0]
        tokens = _get(_get(choice, "logprobs"), "content") or []
        chances = _chances(_get(tokens[0], "top_logprobs") or []) if tokens else {}
        if not chances:
            return _plain_odds(response.message.content or "")
        return math.log(chances.get("yes", 0.0) + _FLOOR) - math.log(chances.get("no", 0.0) + _FLOOR)

    def _go_on(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise StoppedError("The answer was stopped, as was asked. Ask again for a whole one.")

    def _likelihoods(self, chat: Sequence[PromptMessage], usage: TokenUsage) -> Any:
        """A short reply with its tokens' chances; None where the endpoint doesn't take that."""
        from openai import BadRequestError, UnprocessableEntityError

        try:
            with calling.call(self.name, "openai", usage.to_dict):
                reply = self.llm.chat(_messages(chat), max_tokens=_WORD, logprobs=True, top_logprobs=_LIKELIEST)
                usage.add(reply.raw)
                return reply
        except (BadRequestError, UnprocessableEntityError) as error:
            _log.debug("%s gives no chances: %s", self.name, type(error).__name__)
            return None
        except Exception as error:  # noqa: BLE001 — as above
            raise self._error(error) from None

    def _asking(self, call: str) -> dict[str, Any]:
        """What a stream is asked for beside its chat: an end, its usage, and an id to know its response by."""
        bounds = {"max_tokens": LONGEST, "stream_options": {"include_usage": True}}
        return bounds | {"extra_headers": {_CALL: call}}

    @property
    def _whence(self) -> str:
        return f"The language model '{self.name}' {self.place}"

    def _error(self, error: Exception) -> ModelError:
        if isinstance(error, ModelError):
            return error
        what, advice = _told(error)
        reason = _reason(error)
        if self.secret:
            reason = reason.replace(self.secret, "…")
        return ModelError(f"{self._whence} {what}{f' ({reason[:200].rstrip(chr(46))})' if reason else ''}. {advice}")


def open_language_model(settings: Settings, llm: "LLM | None" = None) -> LanguageModel:
    """The model that was given or set; contacts nothing yet, but starts a local one.

    Raises:
        SettingsError: none is set, or neither key nor address.
        ModelError: a local one isn't there or can't be loaded.
    """
    calling.listen()
    if llm is not None:
        name = llm.metadata.model_name
        kind = type(llm).__name__
        return LanguageModel(llm, kind if name == "unknown" else name, f"given as a LlamaIndex {kind}", protocol=False)
    if settings.model is None:
        raise SettingsError(
            "llm mode needs a model. Set ASSISTANT_MODEL to one that your endpoint has, or to local for one on this "
            "machine; or answer in quotes mode."
        )
    if settings.model == "local" or settings.model.startswith("local:"):
        served = local.serve(local.model_file(settings.model, settings.cache), settings.threads)
        return _endpoint(settings, served.path.stem, served.address, served.key, here=True)
    key, address = settings.openai_api_key, settings.openai_base_url
    if key is None and address is None:
        raise SettingsError(
            f"The model '{settings.model}' needs an endpoint. Set OPENAI_BASE_URL or OPENAI_API_KEY, or set "
            "ASSISTANT_MODEL=local."
        )
    secret = key.get_secret_value() if key else "none"  # a local server asks for no key, the client does
    return _endpoint(settings, settings.model, address or "https://api.openai.com/v1", secret)


def _endpoint(settings: Settings, name: str, address: str, secret: str, *, here: bool = False) -> LanguageModel:
    from httpx import Client, Response
    from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]  # it ships no types
    from openai import OpenAI

    responses: dict[str, Response] = {}

    def remember(response: Response) -> None:
        if call := response.request.headers.get(_CALL):
            responses[call] = response

    bare, login = _apart(address)
    client = OpenAI(
        api_key=secret,
        base_url=bare,
        timeout=settings.timeout * (_PATIENCE if here else 1),
        max_retries=_RETRIES,
        http_client=Client(
            auth=login,
            follow_redirects=True,
            trust_env=not here,  # no proxy stands between this process and its own model
            event_hooks={"response": [remember]},
        ),
    )
    llm = OpenAILike(
        model=name,
        api_base=bare,
        api_key=secret,
        is_chat_model=True,
        context_window=local.CONTEXT,
        temperature=0.0,
        max_retries=0,  # the client tries again; LlamaIndex around it would multiply that
        openai_client=client,
    )
    place = "on this machine" if here else f"at {bare.partition('?')[0]}"
    return LanguageModel(llm, name, place, secret, responses=responses)


def _apart(address: str) -> tuple[str, tuple[str, str] | None]:
    """An address without the name and password that it may hold, which httpx would log with it; and these."""
    from urllib.parse import unquote, urlsplit

    try:
        parts = urlsplit(address)
    except ValueError:
        raise SettingsError("OPENAI_BASE_URL is no address. Write it as http://localhost:11434/v1.") from None
    login, _, host = parts.netloc.rpartition("@")
    name, _, password = login.partition(":")
    return parts._replace(netloc=host).geturl(), (unquote(name), unquote(password)) if login else None


def _messages(chat: Sequence[PromptMessage]) -> "list[ChatMessage]":
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    return [ChatMessage(role=MessageRole(each.role), content=each.text) for each in chat]


def _get(value: Any, name: str) -> Any:
    """An attribute or key of what a vendor answered; None where there is none."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _finish(raw: Any) -> str:
    choices = _get(raw, "choices") or []
    return _get(choices[0], "finish_reason") or "" if choices else ""


def _chances(tokens: Sequence[Any]) -> dict[str, float]:
    """The chances of yes and no among the likeliest tokens, however these are written."""
    found: dict[str, float] = {}
    for each in tokens:
        word = str(_get(each, "token") or "").strip(" .\"'*\n").lower()
        if word in ("yes", "no"):
            found[word] = found.get(word, 0.0) + math.exp(min(0.0, float(_get(each, "logprob") or 0.0)))
    return found


def _plain_odds(text: str) -> float | None:
    found = _YES_OR_NO.match(text)
    return None if found is None else _UNSURE if found[1].lower() == "yes" else -_UNSURE


def _reason(error: Exception) -> str:
    """What the endpoint itself said, or else the error, on one line."""
    told = _get(getattr(error, "body", None), "message")
    return " ".join(str(told if isinstance(told, str) and told.strip() else error).split())


_BY_STATUS = {
    401: ("refuses the key (HTTP 401)", "Check OPENAI_API_KEY."),
    403: ("refuses the key (HTTP 403)", "Check OPENAI_API_KEY."),
    404: ("is not known there (HTTP 404)", "Check ASSISTANT_MODEL and OPENAI_BASE_URL, which mostly ends in /v1."),
    429: ("takes no more requests (HTTP 429)", "Wait, or check the account's limits."),
}


def _told(error: Exception) -> tuple[str, str]:
    """What happened, and what to do, by openai's own tree of errors."""
    import httpx
    import openai

    status = getattr(error, "status_code", None)
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
        return "did not answer in time", "Wait, or give it longer with ASSISTANT_TIMEOUT."
    if isinstance(error, openai.APIConnectionError):
        return "cannot be reached", "Check OPENAI_BASE_URL, and that the server runs. Quotes mode works without it."
    if isinstance(error, httpx.TransportError):
        return "broke off in the middle of its answer", "Ask again; if it stays so, look at the server's own log."
    if status is None:
        return f"failed: {type(error).__name__}", "Ask again; if it stays so, look at the server's own log."
    if status >= 500:
        return f"failed (HTTP {status})", "Ask again later; the server's own log says more."
    refused = (f"refused the request (HTTP {status})", "Check that ASSISTANT_MODEL is a chat model.")
    return _BY_STATUS.get(status, refused)
