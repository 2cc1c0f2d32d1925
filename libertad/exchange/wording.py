"""What the exchange's pages say: states, times and counts in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.exchange.queries import Lives, PeerSeen
from libertad.journal.fields import from_ms
from libertad.look import times
from libertad.look.page_objects import Action, Link, Pair, Table
from libertad.look.words import words
from libertad.vocabulary.values import Happened

TONES = {
    "well": "done",
    "files": "plain",
    "new": "plain",
    "failing": "needs",
    "cut": "needs",
    "left": "plain",
    "suspended": "plain",
    "ended": "plain",
}


@dataclass(frozen=True)
class Part:
    """A titled part of a page; what is left out is not shown. `blocks` are (label, exact text)."""

    title: str
    table: Table | None = None
    empty: str = ""
    second: str = ""
    lead: str = ""
    secret: str = ""
    note: str = ""
    pairs: Sequence[Pair] = ()
    links: Sequence[Link] = ()
    actions: Sequence[Action] = ()
    blocks: Sequence[tuple[str, str]] = ()


def alarm(kind: str) -> str:
    """What an alarm is about, in a line."""
    return {
        "node": _("A node showed two histories"),
        "device": _("A device wrote two histories"),
        "about": _("Entry from an authority not entitled to make it"),
        "impersonated": _("Entry signed in another authority's name"),
        "rounds": _("This node cannot settle what to believe"),
    }.get(kind, kind)


def condition(peer: PeerSeen) -> str:
    """A peer's state in a word or two."""
    return {
        "well": _("Exchanging"),
        "files": _("By files only"),
        "new": _("Not reached yet"),
        "failing": _("Not reached") if not peer.error.startswith("refused:") else _("Refused"),
        "cut": _("Line cut"),
        "left": _("Not asked"),
        "suspended": _("Suspended"),
        "ended": _("Ended"),
    }[peer.condition]


def what_to_do(peer: PeerSeen) -> str:
    """What failed, and what to do; '' where nothing is to be done."""
    if peer.condition == "cut":
        return _("Cut here for a demonstration. Nothing is lost; restore the line below.")
    if peer.condition == "left":
        return _(
            "Your authority was removed from each operation that it shared with it. It is answered still."
        )
    if peer.condition == "failing" and not peer.error:
        return _("It fails by one way: see what failed last.")
    if peer.condition == "failing":
        return _(peer.error)[:1].upper() + _(peer.error)[1:] + "."
    if peer.condition == "new":
        return _("It is asked every few seconds. If this stays, ask by telephone whether its node is up.")
    return ""


def at(ms: int, zone: str) -> str:
    """A moment of real time, or that it never was."""
    return times.when(Happened(at=from_ms(ms), zone=zone)) if ms else _("never")


def ago(ms: int, now: int) -> str:
    """'3 min ago'."""
    if not ms:
        return _("never")
    passed = timedelta(milliseconds=max(0, now - ms))
    if passed < timedelta(minutes=1):
        return _("just now")
    return _("%(span)s ago") % {"span": times.span(passed)}


def entries(count: int) -> str:
    return ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count}


def lag(peer: PeerSeen, now: int) -> tuple[str, str]:
    """How far behind we are: in entries, and how old our knowledge of that is."""
    if not peer.contact:
        return _("not known"), _("nothing has arrived yet")
    return entries(peer.behind), _("as it told %(ago)s") % {"ago": ago(peer.contact, now)}


def amount(count: int) -> str:
    """Bytes as a person reads them."""
    if count < 1000:
        return ngettext("%(count)d byte", "%(count)d bytes", count) % {"count": count}
    for unit, step in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < step * 1000 or unit == "GB":
            return f"{count / step:.1f} {unit}"
    return ""


def describe_residents(lives: Sequence[Lives]) -> str:
    """Kinds and countries of those who live at a node."""
    descriptions = [
        ", ".join(
            filter(None, [words("authority-kinds", resident.kind), words("countries", resident.country)])
        )
        for resident in lives
    ]
    return "; ".join(dict.fromkeys(filter(None, descriptions)))


def spaced(digits: Sequence[str]) -> str:
    """Groups of digits, to be read aloud."""
    return " ".join(digits)
