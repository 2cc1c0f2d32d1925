"""What shows danger to life: the panel on a file, and who is told by saving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from libertad.look.page_objects import Action
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class Told:
    """Who is told, and what. 'done': told at once; 'needs': nobody is, so somebody must telephone."""

    who: str
    what: str
    tone: Literal["done", "plain", "needs", "phone"] = "done"
    telephone: str = ""


@dataclass(frozen=True)
class DangerPanel:
    """Above a file. `closed`: what was done, once this reader's side has said it; then nothing is red.

    `reports`: lines of what others said of it that this reader may know.
    """

    title: str
    since: Happened
    second: str = ""
    told: Sequence[Told] = ()
    action: Action | None = None
    closed: str = ""
    closed_by: str = ""
    closed_when: Happened | None = None
    reports: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class Telling:
    """On a form, before saving. `alarm` is read aloud when 'yes' is chosen."""

    told: Sequence[Told]
    warning: str
    alarm: str
