"""What a server counts, and the door at which Prometheus reads it: /metrics.

A label is a mode, an outcome, a stage, a verdict, the name of an error, the pattern of a route: words of this program,
few and known; never what somebody wrote, nor a user, a document or a path.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from assistant.errors import StoppedError
from assistant.observability.outcomes import AnswerOutcome, answer_attributes
from assistant.server.error_responses import ERRORS
from assistant.types import Answer

if TYPE_CHECKING:
    from assistant.server.service import Service

HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")  # a client may make up others
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)  # seconds
_COUNTED = "_assistant_counted"  # an attribute of an error

Gauges = Callable[[], dict[str, tuple[str, float]]]  # by name: what it says, and its value now


class ServerMetrics:
    """The counts of one server, in a registry of its own. May be used by threads."""

    def __init__(self, gauges: Gauges) -> None:
        """Begins at nothing.

        Args:
            gauges: what is read anew at each scrape.
        """
        self._registry = own = CollectorRegistry()
        ProcessCollector(registry=own)
        own.register(_Gauges(gauges))

        def counter(name: str, told: str, *labels: str) -> Counter:
            return Counter(f"assistant_{name}", told, labels, registry=own)

        def seconds(name: str, told: str, *labels: str) -> Histogram:
            return Histogram(f"assistant_{name}", told, labels, registry=own, buckets=_BUCKETS)

        self._answers = counter("answers", "Questions by what became of them.", "mode", "outcome")
        self._stages = seconds("answer_seconds", "Time that each part of an answer took.", "mode", "stage")
        self._statements = counter("statements", "Statements by what the check said of them.", "mode", "verdict")
        self._tokens = counter("tokens", "Tokens of the language model, by its own count.", "kind")
        self._changes = counter(
            "changes", "Documents that were sent or removed here, by what became of them.", "change"
        )
        self._errors = counter("errors", "Errors by their class.", "error")
        self._requests = counter("http_requests", "Requests that were answered.", "method", "route", "status")
        self._times = seconds("http_request_seconds", "Time until a response had gone out.", "method", "route")

    def answer(self, mode: str, outcome: AnswerOutcome, answer: Answer | None) -> None:
        """Counts a question that has been dealt with, with all that its answer holds."""
        self._answers.labels(mode, outcome).inc()
        if answer is None:
            return
        for stage, seconds in answer.seconds.items():
            self._stages.labels(mode, stage).observe(seconds)
        told = answer_attributes(answer)
        for verdict in ("supported", "partial", "removed"):
            self._statements.labels(mode, verdict).inc(int(told[verdict]))
        for kind in ("prompt", "completion"):
            self._tokens.labels(kind).inc(int(told[f"{kind}_tokens"]))

    def change(self, change: str, count: int = 1) -> None:
        """Counts documents that were added, changed, unchanged, failed or removed."""
        self._changes.labels(change).inc(count)

    def error(self, error: BaseException) -> None:
        """Counts an error, once however many rooms it passes on its way out; who leaves is none."""
        if not isinstance(error, StoppedError) and not getattr(error, _COUNTED, False):
            setattr(error, _COUNTED, True)
            self._errors.labels(type(error).__name__).inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request whose response has gone out; its method is one of METHODS, or "other"."""
        self._requests.labels(method, route, str(status)).inc()
        self._times.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' form."""
        return generate_latest(self._registry)


class _Gauges(Collector):
    """What there is at the moment of a scrape."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def describe(self) -> Iterable[Metric]:
        return ()  # the registry would scrape it to learn its names

    def collect(self) -> Iterator[Metric]:
        for name, (told, value) in self._gauges().items():
            yield GaugeMetricFamily(f"assistant_{name}", told, value)
        info = GaugeMetricFamily("assistant_build_info", "The version that runs.", labels=["version"])
        info.add_metric([version("assistant")], 1)
        yield info


def router(service: "Service") -> APIRouter:
    """The route /metrics, for whom the other doors are open too."""
    routes = APIRouter(responses=ERRORS, tags=["Server"])

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        """What the server has counted, for Prometheus."""
        return PlainTextResponse(await service.reading(service.metrics.text), media_type=CONTENT_TYPE_LATEST)

    return routes
