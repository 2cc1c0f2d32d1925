"""Logs without personal data: no arguments, no addresses, no request objects, no values in traces.

Our own loggers speak: their words are written here, and an exception among their arguments becomes its type.
Of every other logger only its name and the place in the code are told, since a library's words may be built
around what somebody typed; Django's keep the words that come before their first argument.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import Any

import msgspec

from libertad.web import tracing

FRAMES = 4  # places of a trace that are told, the innermost first
CHAINED = 3  # exceptions that are told of one that another caused
OURS = "libertad"
UNNAMED = "Exception"


class Impersonal(logging.Filter):
    """Keeps what happened and where in the code; drops whatever came from a person."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.status = record.__dict__.pop("status_code", None)
        for name in ("request", "sql", "params"):
            record.__dict__.pop(name, None)
        if record.name.partition(".")[0] == OURS:
            record.args = _typed(record.args)
            return True
        start = ""
        if record.name.partition(".")[0] == "django" and record.args:
            # Up to the first argument; a message without arguments may be an exception's own words.
            start = str(record.msg).split("%")[0].strip(" (:")
        elif not record.exc_info:
            start = f"at {PurePath(record.pathname).name}:{record.lineno}"
        record.msg = f"{logger_name(record)}: {start}".strip(": ")
        record.args = ()
        return True


def _typed(args: Any) -> Any:
    """The arguments of a message with the type of each exception in its place."""
    if isinstance(args, tuple):
        return tuple(type_name(type(arg)) if isinstance(arg, BaseException) else arg for arg in args)
    return args


def logger_name(record: logging.LogRecord) -> str:
    """The logger's name where it is a module's or begins as one; any other may be made of a value."""
    name = record.name
    return name if name.partition(".")[0] in (*sys.modules, "root") else "a logger"


def status(record: logging.LogRecord) -> int:
    """The status of the answer that a record is about; 0 where it is about none."""
    number = getattr(record, "status", None)
    return number if isinstance(number, int) and 100 <= number < 600 else 0


def type_name(kind: type[BaseException]) -> str:
    """The name of an exception's class, where it is one of a module: others may be made of a value."""
    target: Any = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        target = getattr(target, part, None)
    return kind.__name__ if target is kind else UNNAMED


def places(trace: TracebackType | None) -> list[str]:
    """The innermost places of a trace, 'file.py:12' each, the place of the fault first."""
    innermost_last: list[str] = []
    while trace is not None:
        innermost_last.append(f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return innermost_last[: -FRAMES - 1 : -1]


def fault(record: logging.LogRecord) -> list[tuple[str, list[str]]]:
    """Type and places of the exception that a record is about, and of those that led to it."""
    info = record.exc_info
    error = info[1] if isinstance(info, tuple) else None
    causes: list[tuple[str, list[str]]] = []
    while error is not None and len(causes) < CHAINED:
        causes.append((type_name(type(error)), places(error.__traceback__)))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return causes


def words(record: logging.LogRecord) -> str:
    """The message in one line: what a peer or a file gave cannot begin a line of its own."""
    return "".join(sign if sign.isprintable() else " " for sign in record.getMessage())


class Plain(logging.Formatter):
    """One line: time, level, message, exceptions by type and place, the request's route and id."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {words(record)}"
        if number := status(record):
            line += f" {number}"
        for place, (kind, where) in enumerate(fault(record)):
            line += f"{'; after' if place else ':'} {kind} at {' < '.join(where)}"
        if repeated := getattr(record, "more", 0):
            line += f" (and {repeated:,} more like it)"
        if (trace := tracing.current()) is not None:
            line += f" [{trace.route or 'no route'} {trace.request}]"
        return line


class Json(logging.Formatter):
    """One JSON object a line; its fields are in docs/watching.md. A field without a value is left out."""

    def format(self, record: logging.LogRecord) -> str:
        trace, faults = tracing.current(), fault(record)
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": logger_name(record),
            "message": words(record),
            "status": status(record),
            "errors": [{"type": kind, "at": where} for kind, where in faults],
            "route": trace.route if trace else "",
            "request": trace.request if trace else "",
            "more": getattr(record, "more", 0),
        }
        return msgspec.json.encode({name: value for name, value in line.items() if value}).decode()
