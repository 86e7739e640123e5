"""The checks of ``assistant doctor``: each thing that an answer depends on, and what to do where it is wrong.

They change nothing: a home that isn't there yet is not made, and the network is used only where a Chroma server or an
endpoint for embeddings, a model or trace spans is configured.
"""

import os
import platform
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from assistant.addresses import redact_logins, split_login, without_login
from assistant.errors import AssistantError, LockedError, SettingsError
from assistant.index.lock import check_home_path, server_address
from assistant.observability.exporter import captures_content, configured_exporter
from assistant.shortages import describe_shortage

if TYPE_CHECKING:
    from assistant.settings import Settings

State = Literal["ok", "warn", "fail"]
_PACKAGES = ("assistant", "chromadb", "onnxruntime", "llama-index-core")
_OPENAI_URL = "https://api.openai.com/v1"
_PROBE_SECONDS = 10.0  # a doctor who waits a minute is no help
_CONNECT_SECONDS = 2.0  # for a connection alone


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one thing that an answer depends on."""

    name: str
    state: State
    text: str
    advice: str = ""  # what to do; empty where nothing is wrong, or where the text says it


def run_checks(**keywords: Any) -> list[Finding]:
    """Runs all checks in turn; one that fails is a finding and stops none of the others.

    Args:
        keywords: settings, as for ``Assistant.open``.
    """
    from assistant.settings import load_settings

    findings = list(_check_versions())
    try:
        settings = load_settings(**keywords)
    except SettingsError as error:
        return [*findings, Finding("settings", "fail", str(error))]
    checks = {
        "home": _check_home,
        "index": _check_index,
        "mode": _check_mode,
        "model": _check_model,
        "key": _check_key,
        "sent": _check_sent,
        "embedding": _check_embedding,
        "reader": _check_reader,
        "guarantee": _check_guarantee,
        "threads": _check_threads,
        "tracing": _check_tracing,
        "metrics": _check_metrics,
    }
    return findings + [_run_check(name, check, settings) for name, check in checks.items()]


def _run_check(name: str, check: "Callable[[Settings], Finding]", settings: "Settings") -> Finding:
    try:
        finding = check(settings)
    except AssistantError as error:
        finding = Finding(name, "fail", str(error))
    except Exception as error:  # noqa: BLE001 — whatever one check meets, the others are made too
        finding = Finding(name, "fail", describe_shortage(error) or f"{type(error).__name__}: {error}")
    return replace(finding, text=redact_logins(finding.text), advice=redact_logins(finding.advice))


def _check_versions() -> Iterator[Finding]:
    yield Finding("python", "ok", platform.python_version())
    for name in _PACKAGES:
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            yield Finding(name, "fail", "not installed", "Install the package 'assistant' again.")


def _check_home(settings: "Settings") -> Finding:
    try:
        check_home_path(settings.home)
        home = settings.home.absolute()
        nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    except OSError as error:
        reason = describe_shortage(error) or f"{error.strerror}. Choose another with --home or ASSISTANT_HOME."
        return Finding("home", "fail", f"{settings.home}: {reason}")
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        advice = "Choose another folder with --home or ASSISTANT_HOME, or make this one writable."
        return Finding("home", "fail", f"{home} cannot be written", advice)
    return Finding("home", "ok", f"{home}, writable" if home.exists() else f"{home}, not made yet")


def _check_index(settings: "Settings") -> Finding:
    """Opens the index, where there is one, and counts what is in it."""
    server = ""
    if settings.chroma_url:
        from assistant.index.chroma.connection import probe_server

        server_version, has_index = probe_server(settings)
        server = f"in the Chroma server {without_login(settings.chroma_url)} (version {server_version})"
    else:
        has_index = settings.home.exists()
    advice = "Index something: assistant index PATH. Until then, sample documents answer."
    nothing_indexed = Finding("index", "warn", f"nothing is indexed {server}".rstrip(), advice)
    if not has_index:
        return nothing_indexed
    from assistant.client import Assistant

    try:
        with Assistant.open(settings.home, mode="quotes", chroma_url=settings.chroma_url) as assistant:
            documents = assistant.documents()
    except LockedError as error:
        return Finding("index", "warn", str(error), "Wait for it, or end it; doctor then says what is indexed.")
    if not documents:
        return nothing_indexed
    megabytes = sum(path.stat().st_size for path in settings.home.rglob("*") if path.is_file()) / 1e6
    sentences = sum(document.sentences for document in documents)
    location = server or f"{megabytes:,.1f} MB on disk"
    return Finding("index", "ok", f"{len(documents):,} documents, {sentences:,} sentences, {location}")


def _check_mode(settings: "Settings") -> Finding:
    if settings.answers_by == "llm":
        return Finding("mode", "ok", "llm: a language model writes statements, each checked against what it cites")
    return Finding("mode", "ok", "quotes: answers are verbatim sentences; no language model is asked")


def _check_model(settings: "Settings") -> Finding:
    """Asks the model for one word, where one is configured."""
    if settings.answers_by == "quotes":
        from assistant.models.downloads import find_model, is_downloaded

        default = find_model()
        is_here = is_downloaded(default, settings.cache)
        local = f"{default.name} is here" if is_here else "none is pulled (assistant pull)"
        return Finding("model", "ok", f"not asked in quotes mode; for ASSISTANT_MODEL=local: {local}")
    from assistant.models.llm_endpoint import open_language_model
    from assistant.models.prompts import PromptMessage

    timeout = min(settings.timeout, _PROBE_SECONDS)
    model = open_language_model(settings.model_copy(update={"timeout": timeout}))
    reply = model.reply([PromptMessage("user", "Reply with the word ready.")])
    return Finding("model", "ok", f"{model.name} {model.location} answers: {reply[:40]}")


def _check_key(settings: "Settings") -> Finding:
    return Finding("OPENAI_API_KEY", "ok", "is set" if settings.openai_api_key else "is not set")


def _check_sent(settings: "Settings") -> Finding:
    """Says which texts leave this machine, and where they go."""
    sends_to_embed = settings.embedding != "bundled"
    sends_to_answer = settings.answers_by == "llm" and (settings.model or "").partition(":")[0] != "local"
    if not sends_to_embed and not sends_to_answer:
        exporter = configured_exporter()
        if exporter and exporter.kind == "otlp":
            has_texts = captures_content() and settings.answers_by == "llm"
            sent = "the texts of model calls, with the spans" if has_texts else "spans alone, without texts"
            return Finding("sent", "ok", f"{sent}; tracing says where to")
        return Finding("sent", "ok", "nothing leaves this machine")
    base_url, _ = split_login(settings.openai_base_url or _OPENAI_URL, "OPENAI_BASE_URL")
    url = urlsplit(base_url)
    sent_to_embed = ["every indexed text and every question, to be embedded"] if sends_to_embed else []
    sent_to_answer = ["every question with the sentences found for it, to be answered"] if sends_to_answer else []
    return Finding("sent", "ok", f"goes to {url.scheme}://{url.netloc}: {'; '.join(sent_to_embed + sent_to_answer)}")


def _check_embedding(settings: "Settings") -> Finding:
    """Embeds one word: the bundled files are hashed on the way, an endpoint is asked."""
    from assistant.models.embedders import open_embedder

    timeout = min(settings.timeout, _PROBE_SECONDS)
    embedder = open_embedder(settings.model_copy(update={"timeout": timeout}))
    vector = embedder.embed_question("doctor")
    return Finding("embedding", "ok", f"{embedder.name} answers with {len(vector)} dimensions")


def _check_reader(settings: "Settings") -> Finding:
    """Lets the span reader read one sentence; its files are hashed on the way."""
    if settings.reader == "off":
        return Finding("reader", "ok", "off (ASSISTANT_READER): sentences are ranked by likeness alone")
    from assistant.models.span_reader import SpanReader
    from assistant.segmentation.chunks import ChunkInput

    reader = SpanReader(settings.threads)
    reader.read("Who is here?", [ChunkInput("", "The doctor is here.", ((0, 19),))])
    return Finding("reader", "ok", f"{reader.name} picks the sentences that answer, and marks the answer's words")


def _check_guarantee(settings: "Settings") -> Finding:
    """Says what is guaranteed of wrong answers, where a risk is set."""
    if settings.risk is None:
        return Finding("guarantee", "ok", "none is asked for (ASSISTANT_RISK)")
    from assistant.guarantee.statement import guarantee_for
    from assistant.models.embedders import open_embedder
    from assistant.models.span_reader import SpanReader

    reader = SpanReader.name if settings.reader == "on" else "off"
    names = [open_embedder(settings).name, reader]
    if settings.answers_by == "llm":
        from assistant.models.llm_endpoint import open_language_model

        names.append(open_language_model(settings).name)
    guarantee = guarantee_for(settings.risk, settings.answers_by, names, settings.home)
    return Finding("guarantee", "ok" if guarantee.threshold else "warn", guarantee.text)


def _check_threads(settings: "Settings") -> Finding:
    return Finding("threads", "ok", f"{settings.threads or 'one for each core'}, for the bundled models")


def _check_tracing(_: "Settings") -> Finding:
    """Connects to the collector that trace spans go to, where one is configured."""
    exporter = configured_exporter()
    if exporter is None:
        return Finding("tracing", "ok", "off: no exporter is configured (OTEL_EXPORTER_OTLP_ENDPOINT)")
    if exporter.fault:
        return Finding("tracing", "warn", "no spans are sent", exporter.fault)
    sent = "spans with the texts of model calls" if captures_content() else "spans, without texts,"
    if exporter.kind == "console":
        return Finding("tracing", "ok", f"{sent} go to stderr")
    try:
        url = urlsplit(exporter.endpoint if "://" in exporter.endpoint else f"//{exporter.endpoint}")
        port = url.port or (443 if url.scheme == "https" else 80)
    except ValueError:
        return Finding("tracing", "warn", "no spans are sent", "OTEL_EXPORTER_OTLP_ENDPOINT is no address.")
    destination = f"{sent} go to {url.hostname}:{port} ({exporter.protocol})"
    try:
        socket.create_connection((url.hostname or "", port), _CONNECT_SECONDS).close()
    except OSError as error:
        advice = "Start the collector, or unset OTEL_EXPORTER_OTLP_ENDPOINT. Answers come without it too."
        reason = error.strerror or error
        return Finding("tracing", "warn", f"{destination}, which cannot be reached: {reason}", advice)
    return Finding("tracing", "ok", f"{destination}, which can be reached")


def _check_metrics(settings: "Settings") -> Finding:
    address = server_address(settings.home)
    if address is None:
        return Finding("metrics", "ok", "at /metrics while assistant serve runs; it doesn't now")
    return Finding("metrics", "ok", f"at {address}/metrics, for whoever the server lets in")
