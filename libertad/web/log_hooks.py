"""What Python prints past the log (uncaught faults, warnings) goes through it, without their values."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from pathlib import PurePath
from types import TracebackType
from typing import Any, TextIO

from libertad.web.logs import type_name

logger = logging.getLogger("libertad.process")


def install() -> None:
    """For a process that serves: from now on nothing is printed with the values of a fault."""
    sys.excepthook = _ended
    threading.excepthook = _thread_ended
    sys.unraisablehook = _ignored
    warnings.showwarning = _warned


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger.critical("the process ended by a fault", exc_info=(kind, error, trace))


def _thread_ended(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and not issubclass(arguments.exc_type, SystemExit):
        error = arguments.exc_value
        logger.error(
            "a thread ended by a fault", exc_info=(arguments.exc_type, error, arguments.exc_traceback)
        )


def _ignored(arguments: Any) -> None:
    if arguments.exc_value is not None:
        error = arguments.exc_value
        logger.error(
            "a fault that nobody could catch", exc_info=(type(error), error, arguments.exc_traceback)
        )


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    place = f"{PurePath(filename).name}:{lineno}"
    logger.warning("the code warns: %s at %s", type_name(category), place)
