"""What shows danger to life: the panel on a file, and who is told by saving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.look.page_objects import Action
from libertad.look.times import when
from libertad.vocabulary.values import Happened


def came_meanwhile() -> str:
    """After closing what a page showed, where something is open that it did not show."""
    return _("Another danger is open, which your page did not show. Read it: it stays first.")


@dataclass(frozen=True)
class Told:
    """Who is told, and what. 'done': told at once; 'needs': nobody is, so somebody must telephone."""

    who: str
    what: str
    tone: Literal["done", "plain", "needs", "phone"] = "done"
    telephone: str = ""


@dataclass(frozen=True)
class DangerLine:
    """A danger that is open: its words ('' where none were said), who said it and when, the entry."""

    words: str
    by: str
    at: Happened
    entry: str


def in_one_line(dangers: Sequence[DangerLine]) -> str:
    """'2 dangers are open, the newest first: Fire (Sgt. D. Browne, 9 May, 14:09). Men (...).' on Today."""
    texts = []
    for danger in dangers:
        origin = ", ".join(filter(None, [danger.by, when(danger.at)]))
        texts.append(f"{danger.words or _('Said without words')} ({origin}).")
    if len(texts) > 1:
        head = ngettext(
            "%(n)d danger is open, the newest first:",
            "%(n)d dangers are open, the newest first:",
            len(texts),
        )
        texts.insert(0, head % {"n": len(texts)})
    return " ".join(texts)


@dataclass(frozen=True)
class DangerPanel:
    """Above a file. `closed`: what was done, once this reader's side has said it; then nothing is red.

    `dangers`: each that is open, the newest first.

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
    dangers: Sequence[DangerLine] = ()

    @property
    def is_open(self) -> bool:
        """Then it stands before all else of the file, and what ends it is the page's main button."""
        return not self.closed


@dataclass(frozen=True)
class Telling:
    """On a form, before saving. `alarm` is read aloud when 'yes' is chosen."""

    told: Sequence[Told]
    warning: str
    alarm: str
