"""What a monitor collects, in the OpenMetrics text format (version 1.0.0).

Each value is of the machine. There is no count of requests, entries, people or sign-ins: a rise at an hour
would tell that somebody was found, to whoever reads the monitor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from libertad.web import health, log_throttle
from libertad.web.health import Health

CONTENT_TYPE = b"application/openmetrics-text; version=1.0.0; charset=utf-8"


@dataclass
class Failures:
    """Answers of this process that say that something broke: 500 and above, but for 503 (locked)."""

    answers: int = 0


failures = Failures()


@dataclass(frozen=True)
class Metric:
    """A metric: its kind, its unit ('' or the end of its name), and its value; None where there is none."""

    name: str
    kind: str
    help: str
    value: Callable[[Health], float | None]
    unit: str = ""


METRICS = (
    Metric("libertad_ready", "gauge", "Whether the node serves: 1 or 0.", Health.ready),
    Metric("libertad_database_up", "gauge", "Whether the database answers.", lambda h: h.database),
    Metric("libertad_rings", "gauge", "Key rings of authorities on this node.", lambda h: h.rings),
    Metric("libertad_rings_locked", "gauge", "Rings that wait for a passphrase.", lambda h: h.locked),
    Metric("libertad_writer_up", "gauge", "Whether entries can be stored.", lambda h: h.writer),
    Metric(
        "libertad_writer_busy_seconds",
        "gauge",
        "How long the writer has been at one commit.",
        lambda h: h.writer_busy,
        "seconds",
    ),
    Metric(
        "libertad_disk_free_bytes",
        "gauge",
        "Free bytes where the node lies, in steps of 100 MB.",
        lambda h: h.disk_free,
        "bytes",
    ),
    Metric(
        "libertad_disk_free_ratio",
        "gauge",
        "Free share of that disk, from 0 to 1.",
        lambda h: h.disk_share,
        "ratio",
    ),
    Metric(
        "libertad_memory_bytes",
        "gauge",
        "Memory of the node's process, in steps of 64 MiB.",
        lambda h: h.memory or None,
        "bytes",
    ),
    Metric("libertad_exchange_peers", "gauge", "Active peers with an address.", lambda h: h.peers),
    Metric("libertad_exchange_peers_failing", "gauge", "Those whose last ask failed.", lambda h: h.failing),
    Metric(
        "libertad_exchange_age_seconds",
        "gauge",
        "Since a word of the peer that is silent for longest.",
        lambda h: h.exchange_age,
        "seconds",
    ),
    Metric("libertad_broker_up", "gauge", "Whether the mail's broker answers.", lambda h: h.broker),
    Metric("libertad_look_age_seconds", "gauge", "Age of what is told here.", Health.age, "seconds"),
    Metric(
        "libertad_start_time_seconds",
        "gauge",
        "When the process began.",
        lambda h: health.STARTED,
        "seconds",
    ),
    Metric("libertad_answers_failed", "counter", "Pages that broke.", lambda h: failures.answers),
    Metric(
        "libertad_log_errors",
        "counter",
        "Errors, written or not.",
        lambda h: log_throttle.shared().errors,
    ),
    Metric(
        "libertad_log_withheld",
        "counter",
        "Lines of the log that were only counted.",
        lambda h: log_throttle.shared().withheld,
    ),
)
# With a label each; the value of the label is one of a list that stands in the code.
LABELLED = ("libertad_background_up", "libertad_build")


def exposition(now: Health) -> str:
    """All metrics of a look as text."""
    return "".join(f"{line}\n" for line in _lines(now))


def _lines(now: Health) -> Iterator[str]:
    for metric in METRICS:
        value = metric.value(now)
        if value is None:
            continue
        yield f"# TYPE {metric.name} {metric.kind}"
        if metric.unit:
            yield f"# UNIT {metric.name} {metric.unit}"
        yield f"# HELP {metric.name} {metric.help}"
        yield f"{metric.name}{'_total' if metric.kind == 'counter' else ''} {_number(value)}"
    yield "# TYPE libertad_background_up gauge"
    yield "# HELP libertad_background_up Whether a part of the node's work in the background runs."
    for name in now.parts:
        yield f'libertad_background_up{{part="{name}"}} {int(name in now.background)}'
    yield "# TYPE libertad_build info"
    yield "# HELP libertad_build The version."
    yield f'libertad_build_info{{version="{program_version()}"}} 1'
    yield "# EOF"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"


def program_version() -> str:
    try:
        return version("libertad")
    except PackageNotFoundError:
        return "unknown"
