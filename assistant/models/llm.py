"""A language model that is asked with whole chats: for the pieces of a reply, or for the odds of a yes.

It speaks through a LlamaIndex LLM, either of an endpoint with the OpenAI protocol or given by the caller
(`assistant.models.llm_endpoint` opens both).
"""

import logging
import math
import re
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from assistant.errors import ModelError
from assistant.models import llm_tracing
from assistant.models.deadlines import call_within, iterate_within
from assistant.models.llm_errors import describe_failure, failure_reason
from assistant.models.prompts import PromptMessage

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM

MAX_ANSWER_TOKENS = 400

_STREAM_OPTIONS = {"max_tokens": MAX_ANSWER_TOKENS, "stream_options": {"include_usage": True}}  # of an endpoint
_MAX_YES_NO_TOKENS = 4  # of a reply that should be yes or no
_TOP_TOKENS = 5  # whose chances are asked for: the most that common servers give
_MIN_CHANCE = 1e-4  # of yes or no, where it is not among the top tokens
_PLAIN_LOG_ODDS = 2.0  # of a plain yes, where no chances are given
_YES_OR_NO = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)
_MAX_REASON_CHARS = 200  # of what an endpoint says, in an error message

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class TokenUsage:
    """Model tokens that were used, by the model's own count; 0 where it gives none."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def to_dict(self) -> dict[str, int]:
        """The usage as an answer's record holds it."""
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": self.completion_tokens}

    def add(self, raw: Any) -> None:
        """Adds the usage that a raw response, or the last chunk of a stream, reports."""
        usage = _get(raw, "usage")
        self.prompt_tokens += int(_get(usage, "prompt_tokens") or 0)
        self.completion_tokens += int(_get(usage, "completion_tokens") or 0)


@dataclass
class LanguageModel:
    """A language model that is asked with whole chats, and counts the model tokens that this takes.

    The model itself may be used by threads; each question takes a copy of its own (`for_question`).
    """

    llm: "LLM" = field(repr=False)  # its own repr holds the key
    name: str
    location: str  # for messages: "at http://…", or "given as a LlamaIndex …"
    secret: str = field(default="", repr=False)
    is_endpoint: bool = True  # whether it speaks the OpenAI protocol, whose streams end with a reason
    answer_seconds: float = math.inf  # that it may take for one whole question, however often it is asked for it
    deadline: float | None = None  # for the question that this copy is for, by the monotonic clock
    stop: threading.Event | None = None  # set by whoever wants the model to stop
    usage: TokenUsage = field(default_factory=TokenUsage)  # of all that was asked of this copy

    def for_question(self, stop: threading.Event | None = None) -> Self:
        """The same model for one question: stopped by ``stop``, its time and its usage counted from 0."""
        return replace(self, stop=stop, deadline=time.monotonic() + self.answer_seconds, usage=TokenUsage())

    def stream(self, chat: Sequence[PromptMessage], **options: Any) -> Generator[str, None, None]:
        """The pieces of a reply as they come; closing the iterator stops the model.

        Args:
            chat: the messages.
            options: for LlamaIndex' ``stream_chat``, beside those that bound a reply.

        Raises:
            ModelError: it can't be reached, refuses, breaks off, or takes too long; names it, and says what to do.
            StoppedError: ``stop`` was set.
        """
        vendor = "openai" if self.is_endpoint else type(self.llm).__name__
        return llm_tracing.trace_stream(self.name, vendor, self.usage.to_dict, self._stream(chat, options))

    def _stream(self, chat: Sequence[PromptMessage], options: dict[str, Any]) -> Generator[str, None, None]:
        finish_reason, raw = "", None
        messages, bounds = _chat_messages(chat), _STREAM_OPTIONS if self.is_endpoint else {}
        responses = iterate_within(
            lambda: self.llm.stream_chat(messages, **(bounds | options)), self._current_deadline(), self.stop
        )
        try:
            with closing(responses):
                for response in responses:
                    raw = response.raw
                    finish_reason = _finish_reason(raw) or finish_reason
                    self.usage.add(raw)
                    if response.delta:
                        yield response.delta
        except Exception as error:  # noqa: BLE001 — whatever an LLM raises, of any vendor
            raise self._model_error(error) from None
        llm_tracing.record_finish_reason(finish_reason)
        if self.is_endpoint and not finish_reason:
            what = "broke off in the middle of its answer" if raw is not None else "answered something that is no chat"
            raise ModelError(f"{self._described} {what}. Ask again; if it stays so, look at the server's own log.")

    def reply(self, chat: Sequence[PromptMessage], **options: Any) -> str:
        """The whole reply without white space around it; takes and raises what ``stream`` does."""
        return "".join(self.stream(chat, **options)).strip()

    def yes_log_odds(self, chat: Sequence[PromptMessage]) -> float | None:
        """The log odds that the reply is yes rather than no; None where it is neither.

        An endpoint that gives no chances counts as fairly sure of what it says. Raises as ``stream`` does.
        """
        response = self._reply_with_chances(chat) if self.is_endpoint else None
        if response is None:
            options = {"max_tokens": _MAX_YES_NO_TOKENS} if self.is_endpoint else {}
            return _plain_log_odds(self.reply(chat, **options))
        choice = (_get(response.raw, "choices") or [None])[0]
        tokens = _get(_get(choice, "logprobs"), "content") or []
        chances = _yes_no_chances(_get(tokens[0], "top_logprobs") or []) if tokens else {}
        if not chances:
            return _plain_log_odds(response.message.content or "")
        return math.log(chances.get("yes", 0.0) + _MIN_CHANCE) - math.log(chances.get("no", 0.0) + _MIN_CHANCE)

    def _reply_with_chances(self, chat: Sequence[PromptMessage]) -> Any:
        """A short reply with the chances of its tokens; None where the endpoint refuses to give them."""
        from openai import BadRequestError, UnprocessableEntityError

        try:
            with llm_tracing.trace_call(self.name, "openai", self.usage.to_dict):
                messages, bounds = _chat_messages(chat), {"max_tokens": _MAX_YES_NO_TOKENS, "top_logprobs": _TOP_TOKENS}
                reply = call_within(
                    lambda: self.llm.chat(messages, logprobs=True, **bounds), self._current_deadline(), self.stop
                )
                self.usage.add(reply.raw)
                return reply
        except (BadRequestError, UnprocessableEntityError) as error:
            _log.debug("%s gives no chances: %s", self.name, type(error).__name__)
            return None
        except Exception as error:  # noqa: BLE001 — as above
            raise self._model_error(error) from None

    def _current_deadline(self) -> float:
        return self.deadline if self.deadline is not None else time.monotonic() + self.answer_seconds

    @property
    def _described(self) -> str:
        return f"The language model '{self.name}' {self.location}"

    def _model_error(self, error: Exception) -> ModelError:
        if isinstance(error, ModelError):
            return error
        what, advice = describe_failure(error)
        reason = failure_reason(error)
        if self.secret:
            reason = reason.replace(self.secret, "…")  # before it is cut: half a key would not be recognised
        reason = reason[:_MAX_REASON_CHARS].rstrip(".")
        return ModelError(f"{self._described} {what}{f' ({reason})' if reason else ''}. {advice}")


def _chat_messages(chat: Sequence[PromptMessage]) -> "list[ChatMessage]":
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    return [ChatMessage(role=MessageRole(message.role), content=message.text) for message in chat]


def _get(value: Any, name: str) -> Any:
    """An attribute or key of what a vendor answered; None where there is none."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _finish_reason(raw: Any) -> str:
    choices = _get(raw, "choices") or []
    return _get(choices[0], "finish_reason") or "" if choices else ""


def _yes_no_chances(tokens: Sequence[Any]) -> dict[str, float]:
    """The chances of "yes" and "no" among the likeliest tokens, however these are written; empty with neither."""
    chances: dict[str, float] = {}
    for token in tokens:
        word = str(_get(token, "token") or "").strip(" .\"'*\n").lower()
        if word in ("yes", "no"):
            chances[word] = chances.get(word, 0.0) + math.exp(min(0.0, float(_get(token, "logprob") or 0.0)))
    return chances


def _plain_log_odds(text: str) -> float | None:
    """The log odds that a reply without chances stands for; None where it begins with neither yes nor no."""
    match = _YES_OR_NO.match(text)
    return None if match is None else _PLAIN_LOG_ODDS if match[1].lower() == "yes" else -_PLAIN_LOG_ODDS
