"""The node's log: no value of a fault, one line each, JSON where asked for, the same line not without end."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from libertad.web import tracing
from libertad.web.log_throttle import MOST, MOST_ALL, MOST_KINDS, WINDOW, Throttle
from libertad.web.logs import Impersonal, Json, Plain

NAMED = "Ximena Quillabamba"


def record(name: str, message: str, *args: Any, error: BaseException | None = None, line: int = 7) -> Any:
    info = None
    if error is not None:
        try:
            raise error
        except type(error):
            info = sys.exc_info()
    log_record = logging.LogRecord(name, logging.ERROR, "/code/somewhere.py", line, message, args, info)
    Impersonal().filter(log_record)
    return log_record


class Told(Exception):
    """A fault of this module's own."""


@pytest.mark.parametrize("formatter", [Plain(), Json()], ids=["plain", "json"])
def test_what_is_not_our_own_words_is_told_by_its_place(formatter: logging.Formatter) -> None:
    of_value = type("XimenaQuillabamba", (Exception,), {})
    lines = [
        record("asyncio", f"Task was never retrieved: {NAMED}"),
        record("psycopg.pool", "could not reach %s", NAMED),
        record("django.request", "Not Found: %s", f"/people/{NAMED}/"),
        record("libertad.web", "could not read: %s", ValueError(NAMED)),
        record("libertad.web", "broken", error=Told(NAMED)),
        record("libertad.web", "broken", error=of_value(NAMED)),
        record(NAMED, "a logger named by a value"),
    ]
    text = "\n".join(formatter.format(line) for line in lines)
    assert "Ximena" not in text and "Quillabamba" not in text
    for expected in (
        "asyncio: at somewhere.py:7",
        "django.request: Not Found",
        "could not read: ValueError",
        "Told",
    ):
        assert expected in text, expected


def test_a_plain_formatter_would_have_told_it() -> None:
    """The planted fault: without ours the name is in the trace."""
    assert NAMED in logging.Formatter().format(record("libertad.web", "broken", error=Told(NAMED)))


def test_a_fault_is_told_with_those_that_led_to_it() -> None:
    try:
        try:
            raise KeyError(NAMED)
        except KeyError as why:
            raise Told(NAMED) from why
    except Told as error:
        log_record = logging.LogRecord(
            "libertad.web", 40, "x.py", 1, "broken", (), (Told, error, error.__traceback__)
        )
    line = Plain().format(log_record)
    assert "Told at test_logs.py:" in line and "; after KeyError at test_logs.py:" in line


def test_a_line_stays_one_line_whatever_a_peer_sends() -> None:
    log_record = record("libertad.exchange", "exchange with %s", "x\n2026-01-01 ERROR forged\r\x1b[2J\u2028")
    assert len(Plain().format(log_record).splitlines()) == 1 and "\x1b" not in Plain().format(log_record)
    assert json.loads(Json().format(log_record))["message"].startswith("exchange with x 2026")


def test_json_has_the_fields_of_the_page_with_route_and_request() -> None:
    trace = tracing.begin()
    tracing.name_route("person-record")
    line = json.loads(Json().format(record("libertad.web", "broken", error=Told(NAMED))))
    assert line["route"] == "person-record" and line["request"] == trace.request
    assert set(line) == {"time", "level", "logger", "message", "errors", "route", "request"}
    assert line["errors"] == [{"type": "Told", "at": line["errors"][0]["at"]}]
    assert f"[person-record {trace.request}]" in Plain().format(record("libertad.web", "broken"))


@pytest.mark.parametrize("formatter", [Plain(), Json()], ids=["plain", "json"])
def test_an_answer_is_told_with_its_status_and_a_value_in_its_place_is_not(
    formatter: logging.Formatter,
) -> None:
    def line(status: Any) -> logging.LogRecord:
        record = logging.LogRecord("django.request", 30, "/x.py", 1, "%s: %s", ("Forbidden", NAMED), None)
        record.status_code = status
        Impersonal().filter(record)
        return record

    assert "403" in formatter.format(line(403)) and "404" in formatter.format(line(404))
    assert NAMED not in formatter.format(line(NAMED)) and "99999" not in formatter.format(line(99999))
    throttle = Throttle(Clock())
    assert [throttle.filter(line(403)) for _ in range(MOST + 1)][-1] is False
    assert throttle.filter(line(404)), "one refusal does not silence another kind"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_of_forty_five_lines_a_second_five_a_minute_are_written_and_the_rest_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    throttle = Throttle(clock)
    passed: list[Any] = []
    for _second in range(3 * 60):
        for _ in range(45):
            log_record = record("libertad.exchange", "exchange: %s", "OperationalError")
            if throttle.filter(log_record):
                passed.append(log_record)
        clock.now += 1
    assert len(passed) == 3 * MOST
    assert [getattr(passed_record, "more", 0) for passed_record in passed] == [
        0,
        0,
        0,
        0,
        0,
        2695,
        0,
        0,
        0,
        0,
        2695,
        0,
        0,
        0,
        0,
    ]
    assert "(and 2,695 more like it)" in Plain().format(passed[5])
    clock.now += WINDOW
    with caplog.at_level(logging.INFO, "libertad.log"):
        throttle.flush()
        throttle.flush()
    assert [line.getMessage() for line in caplog.records] == [
        "and 2,695 more in a minute: exchange: OperationalError"
    ]
    assert throttle.filter(caplog.records[0]), "what it says itself is not held back"
    assert throttle.errors == 3 * 60 * 45 and throttle.withheld == 3 * 2695
    assert throttle.windows == {}


def test_one_fault_does_not_silence_another_and_all_together_have_an_end() -> None:
    throttle = Throttle(Clock())
    for _ in range(100):
        throttle.filter(record("libertad.exchange", "one"))
    assert throttle.filter(record("libertad.exchange", "another", line=8))
    assert throttle.filter(record("libertad.exchange", "one", error=Told("x"))), "of another fault"
    records = [record("libertad.exchange", "n", line=n) for n in range(10, 10 + 3 * MOST_KINDS)]
    assert sum(map(throttle.filter, records)) <= MOST_ALL
    assert len(throttle.windows) <= MOST_KINDS + 1


def test_a_destructor_that_fails_while_a_line_is_counted_does_not_hang() -> None:
    """The collector runs anywhere, and what it finds is logged in the same thread."""
    throttle = Throttle(Clock())
    with throttle.lock:
        assert throttle.filter(record("libertad.process", "a fault that nobody could catch"))
