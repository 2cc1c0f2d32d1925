"""Where a figure comes from: the public record, the generator, or an operation's own entries."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from libertad.operations.models import Operation
from libertad.vocabulary import yamlfile

Provenance = Literal["", "generated", "published"]


@cache
def record() -> dict[str, Any]:
    """The published values, with their source."""
    data: dict[str, Any] = yamlfile.read(Path(__file__).with_name("published.yaml"))
    return data


def on_record(operation: Operation | None) -> bool:
    """Whether it is the operation that the public record is about."""
    if operation is None:
        return False
    return all(str(getattr(operation, name)) == value for name, value in record()["operation"].items())


def provenance(operation: Operation | None, figure: str, value: int, generated: bool) -> Provenance:
    """'published' only if the operation is the recorded one and the number equals the record's."""
    if on_record(operation) and record()["figures"].get(figure) == value:
        return "published"
    return "generated" if generated else ""


def bound(operation: Operation | None, figure: str, value: int) -> str:
    """The published bound in words, if the number lies within it."""
    bounds = record()["bounds"].get(figure) if on_record(operation) else None
    return str(bounds["words"]) if bounds and bounds["least"] <= value <= bounds["most"] else ""
