"""Who acts: an officer of an authority, or the node for one of its authorities."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.matrix import NODE


@dataclass(frozen=True)
class Actor:
    """Who acts: an officer, for an authority, in a role, in an operation.

    `file`: of several protection files of one person that the authority reads, the one that is meant ('': its
    own, or the only one).
    """

    officer: str
    authority: str
    role: str
    operation: str = ""
    zone: str = "UTC"
    file: str = ""


def itself(authority: str, operation: str, zone: str) -> Actor:
    """The node, for one of its authorities: what the matrix lets it say without an officer."""
    return Actor(officer="", authority=authority, role=NODE, operation=operation, zone=zone)


FOUNDERS: set[tuple[str, str]] = set()


def founding(actor: Actor) -> bool:
    """Only while an authority is being founded: its first administrator appoints itself."""
    return (actor.authority, actor.officer) in FOUNDERS and actor.role in ("administrator", "coordinator")
