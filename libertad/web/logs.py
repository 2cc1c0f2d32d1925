"""Logs without personal data: no arguments, no addresses, no request objects, no values in traces."""

from __future__ import annotations

import logging
import traceback


class Impersonal(logging.Filter):
    """Keeps what happened and where in the code; drops whatever came from a person."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name in ("request", "sql", "params", "status_code"):
            record.__dict__.pop(name, None)
        if record.name.startswith("django"):
            # Up to the first argument; a message without arguments may be an exception's own words.
            start = str(record.msg).split("%")[0].strip(" (:") if record.args else ""
            record.msg = f"{record.name}: {start}".strip(": ")
            record.args = ()
        return True


class Plain(logging.Formatter):
    """One line: time, level, logger, message; of an exception only its type and place in the code."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have kept the whole trace
        record.stack_info = None
        return super().format(record)

    def formatException(self, ei: object) -> str:
        assert isinstance(ei, tuple)  # noqa: S101  what the base class gives
        kind, trace = ei[0], ei[2]
        frames = traceback.extract_tb(trace)
        places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in reversed(frames[-4:]))
        return f"{kind.__name__} at {places}"
