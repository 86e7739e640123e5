"""What a server counts, and the route at which Prometheus reads it: /metrics.

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
from assistant.server.error_responses import ERROR_RESPONSES
from assistant.types import Answer

if TYPE_CHECKING:
    from assistant.server.service import Service

HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")  # a client may make up others
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)  # seconds
_COUNTED_ATTRIBUTE = "_assistant_counted"  # set on an error once it is counted

Gauges = Callable[[], dict[str, tuple[str, float]]]  # by name: the help text, and the value now


class ServerMetrics:
    """The counts of one server, in a registry of its own. May be used by threads."""

    def __init__(self, gauges: Gauges) -> None:
        """Begins with every count at zero.

        Args:
            gauges: is called at each scrape for the gauges of that moment.
        """
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_GaugeCollector(gauges))

        def counter(name: str, help_text: str, *labels: str) -> Counter:
            return Counter(f"assistant_{name}", help_text, labels, registry=registry)

        def seconds(name: str, help_text: str, *labels: str) -> Histogram:
            return Histogram(f"assistant_{name}", help_text, labels, registry=registry, buckets=_BUCKETS)

        self._answers = counter("answers", "Questions by what became of them.", "mode", "outcome")
        self._stages = seconds("answer_seconds", "Time that each part of an answer took.", "mode", "stage")
        self._statements = counter("statements", "Statements by what the check said of them.", "mode", "verdict")
        self._tokens = counter("tokens", "Tokens of the language model, by its own count.", "kind")
        self._changes = counter(
            "changes", "Documents that were sent or removed here, by what became of them.", "change"
        )
        self._errors = counter("errors", "Errors by their class.", "error")
        self._requests = counter("http_requests", "Requests that were answered.", "method", "route", "status")
        self._request_seconds = seconds(
            "http_request_seconds", "Time until a response had gone out.", "method", "route"
        )

    def count_answer(self, mode: str, outcome: AnswerOutcome, answer: Answer | None) -> None:
        """Counts a question whose answering has ended, with the statements, times and tokens of its answer."""
        self._answers.labels(mode, outcome).inc()
        if answer is None:
            return
        for stage, seconds in answer.seconds.items():
            self._stages.labels(mode, stage).observe(seconds)
        attributes = answer_attributes(answer)
        for verdict in ("supported", "partial", "removed"):
            self._statements.labels(mode, verdict).inc(int(attributes[verdict]))
        for kind in ("prompt", "completion"):
            self._tokens.labels(kind).inc(int(attributes[f"{kind}_tokens"]))

    def count_changes(self, change: str, count: int = 1) -> None:
        """Counts documents that were added, changed, unchanged, failed or removed."""
        self._changes.labels(change).inc(count)

    def count_error(self, error: BaseException) -> None:
        """Counts an error, once however many rooms it passes on its way out; a stopped answer is none."""
        if not isinstance(error, StoppedError) and not getattr(error, _COUNTED_ATTRIBUTE, False):
            setattr(error, _COUNTED_ATTRIBUTE, True)
            self._errors.labels(type(error).__name__).inc()

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request whose response has gone out; its method is one of HTTP_METHODS, or "other"."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(method, route).observe(seconds)

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)


class _GaugeCollector(Collector):
    """The gauges at the moment of a scrape."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def describe(self) -> Iterable[Metric]:
        return ()  # the registry would scrape it to learn its names

    def collect(self) -> Iterator[Metric]:
        for name, (help_text, value) in self._gauges().items():
            yield GaugeMetricFamily(f"assistant_{name}", help_text, value)
        info = GaugeMetricFamily("assistant_build_info", "The version that runs.", labels=["version"])
        info.add_metric([version("assistant")], 1)
        yield info


def router(service: "Service") -> APIRouter:
    """The route /metrics, open to those whom the other routes are open to."""
    routes = APIRouter(responses=ERROR_RESPONSES, tags=["Server"])

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        """What the server has counted, for Prometheus."""
        return PlainTextResponse(await service.run_read(service.metrics.render), media_type=CONTENT_TYPE_LATEST)

    return routes
