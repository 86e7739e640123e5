"""``assistant doctor``: a finding for each thing that an answer depends on, and what to do where it is wrong.

It looks and changes nothing: a home that isn't there yet is not made, and the network is asked only where an
endpoint for embeddings, a model or spans is configured.
"""

import os
import platform
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from assistant.errors import AssistantError, LockedError, SettingsError
from assistant.index.lock import server_address
from assistant.observability.exporter import captures_content, configured_exporter

if TYPE_CHECKING:
    from assistant.settings import Settings

State = Literal["ok", "warn", "fail"]
_PACKAGES = ("assistant", "chromadb", "onnxruntime", "llama-index-core")
_OPENAI = "https://api.openai.com/v1"
_PROBE_SECONDS = 10.0  # a doctor who waits a minute is no help
_KNOCK_SECONDS = 2.0  # for a connection alone


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing."""

    name: str
    state: State
    text: str
    advice: str = ""  # what to do; empty where nothing is wrong or the text says it


def run_checks(**given: Any) -> list[Finding]:
    """Looks at everything in turn; a check that fails is a finding and stops none of the others.

    Args:
        given: settings by keyword, as for ``Assistant.open``.
    """
    from assistant.settings import load_settings

    findings = list(_versions())
    try:
        settings = load_settings(**given)
    except SettingsError as error:
        return [
            *findings,
            Finding("settings", "fail", str(error)),
        ]
    checks = (_home, _index, _mode, _model, _key, _sent, _embedding, _reader, _threads, _tracing, _metrics)
    return findings + [_made(check, settings) for check in checks]


def _made(check: "Callable[[Settings], Finding]", settings: "Settings") -> Finding:
    try:
        return check(settings)
    except AssistantError as error:
        return Finding(check.__name__.strip("_"), "fail", str(error))


def _versions() -> Iterator[Finding]:
    yield Finding("python", "ok", platform.python_version())
    for name in _PACKAGES:
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            yield Finding(name, "fail", "not installed", "Install the package 'assistant' again.")


def _home(settings: "Settings") -> Finding:
    home = settings.home.absolute()
    nearest = next(place for place in (home, *home.parents) if place.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        advice = "Choose another folder with --home or ASSISTANT_HOME, or make this one writable."
        return Finding("home", "fail", f"{home} cannot be written", advice)
    return Finding("home", "ok", f"{home}, writable" if home.exists() else f"{home}, not made yet")


def _index(settings: "Settings") -> Finding:
    advice = "Index something: assistant index PATH. Until then, sample documents answer."
    there = f"in the Chroma server {settings.chroma_url}" if settings.chroma_url else ""
    if settings.chroma_url:
        from assistant.index.chroma.connection import probe_server

        version, has_index = probe_server(settings)
        there += f" (version {version})"
    else:
        has_index = settings.home.exists()
    if not has_index:
        return Finding("index", "warn", f"nothing is indexed {there}".rstrip(), advice)
    from assistant.client import Assistant

    try:
        with Assistant.open(settings.home, mode="quotes", chroma_url=settings.chroma_url) as assistant:
            documents = assistant.documents()
    except LockedError as error:
        return Finding("index", "warn", str(error), "Wait for it, or end it; doctor then says what is indexed.")
    if not documents:
        return Finding("index", "warn", f"nothing is indexed {there}".rstrip(), advice)
    size = sum(path.stat().st_size for path in settings.home.rglob("*") if path.is_file()) / 1e6
    sentences = sum(each.sentences for each in documents)
    there = there or f"{size:,.1f} MB on disk"
    return Finding("index", "ok", f"{len(documents):,} documents, {sentences:,} sentences, {there}")


def _mode(settings: "Settings") -> Finding:
    if settings.answers_by == "llm":
        return Finding("mode", "ok", "llm: a language model writes statements, each checked against what it cites")
    return Finding("mode", "ok", "quotes: answers are verbatim sentences; no language model is asked")


def _model(settings: "Settings") -> Finding:
    """Asks the model for one word, where one is configured."""
    if settings.answers_by == "quotes":
        from assistant.models.downloads import find_model, is_downloaded

        default = find_model()
        there = (
            f"{default.name} is here" if is_downloaded(default, settings.cache) else "none is pulled (assistant pull)"
        )
        return Finding("model", "ok", f"not asked in quotes mode; for ASSISTANT_MODEL=local: {there}")
    from assistant.models.llm_endpoint import open_language_model
    from assistant.models.prompts import PromptMessage

    patience = min(settings.timeout, _PROBE_SECONDS)
    model = open_language_model(settings.model_copy(update={"timeout": patience}))
    reply = model.reply([PromptMessage("user", "Reply with the word ready.")])
    return Finding("model", "ok", f"{model.name} {model.location} answers: {reply[:40]}")


def _key(settings: "Settings") -> Finding:
    return Finding("OPENAI_API_KEY", "ok", "is set" if settings.openai_api_key else "is not set")


def _sent(settings: "Settings") -> Finding:
    to_embed = settings.embedding != "bundled"
    to_answer = settings.answers_by == "llm" and (settings.model or "").partition(":")[0] != "local"
    if not to_embed and not to_answer:
        traced = configured_exporter()
        if traced and traced.kind == "otlp":
            texts = captures_content() and settings.answers_by == "llm"
            told = "the texts of model calls, with the spans" if texts else "spans alone, without texts"
            return Finding("sent", "ok", f"{told}; tracing says where to")
        return Finding("sent", "ok", "nothing leaves this machine")
    place = urlsplit(settings.openai_base_url or _OPENAI)
    host = place.netloc.rpartition("@")[2]  # a name and password before the host are nobody's business
    embedded = ["every indexed text and every question, to be embedded"] if to_embed else []
    answered = ["every question with the sentences found for it, to be answered"] if to_answer else []
    return Finding("sent", "ok", f"goes to {place.scheme}://{host}: {'; '.join(embedded + answered)}")


def _embedding(settings: "Settings") -> Finding:
    """Embeds one word: the bundled files are hashed on the way, an endpoint is asked."""
    from assistant.models.embedders import open_embedder

    patience = min(settings.timeout, _PROBE_SECONDS)
    embedder = open_embedder(settings.model_copy(update={"timeout": patience}))
    vector = embedder.embed_question("doctor")
    return Finding("embedding", "ok", f"{embedder.name} answers with {len(vector)} dimensions")


def _reader(settings: "Settings") -> Finding:
    """Lets the reader read one sentence; its files are hashed on the way."""
    if settings.reader == "off":
        return Finding("reader", "ok", "off (ASSISTANT_READER): sentences are ranked by likeness alone")
    from assistant.models.span_reader import SpanReader
    from assistant.segmentation.chunks import ChunkInput

    reader = SpanReader(settings.threads)
    reader.read("Who is here?", [ChunkInput("", "The doctor is here.", ((0, 19),))])
    return Finding("reader", "ok", f"{reader.name} picks the sentences that answer, and marks the answer's words")


def _threads(settings: "Settings") -> Finding:
    return Finding("threads", "ok", f"{settings.threads or 'one for each core'}, for the bundled models")


def _tracing(_: "Settings") -> Finding:
    """Knocks at the place that spans go to, where one is configured."""
    found = configured_exporter()
    if found is None:
        return Finding("tracing", "ok", "off: no exporter is configured (OTEL_EXPORTER_OTLP_ENDPOINT)")
    if found.fault:
        return Finding("tracing", "warn", "no spans are sent", found.fault)
    what = "spans with the texts of model calls" if captures_content() else "spans, without texts,"
    if found.kind == "console":
        return Finding("tracing", "ok", f"{what} go to stderr")
    try:
        place = urlsplit(found.endpoint if "://" in found.endpoint else f"//{found.endpoint}")
        port = place.port or (443 if place.scheme == "https" else 80)
    except ValueError:
        return Finding("tracing", "warn", "no spans are sent", "OTEL_EXPORTER_OTLP_ENDPOINT is no address.")
    told = f"{what} go to {place.hostname}:{port} ({found.protocol})"
    try:
        socket.create_connection((place.hostname or "", port), _KNOCK_SECONDS).close()
    except OSError as error:
        advice = "Start the collector, or unset OTEL_EXPORTER_OTLP_ENDPOINT. Answers come without it too."
        return Finding("tracing", "warn", f"{told}, which cannot be reached: {error.strerror or error}", advice)
    return Finding("tracing", "ok", f"{told}, which can be reached")


def _metrics(settings: "Settings") -> Finding:
    address = server_address(settings.home)
    if address is None:
        return Finding("metrics", "ok", "at /metrics while assistant serve runs; it doesn't now")
    return Finding("metrics", "ok", f"at {address}/metrics, for whoever the server lets in")
