"""Key parts in the safe that an erasure made worthless: whose, since when, and until when to renew them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.journal.node import node
from libertad.journal.safe import Damaged, Stale
from libertad.look.times import when
from libertad.vocabulary.values import Happened


def stale_part(authority: str) -> Stale | None:
    """The stale part of an authority's ring on this node; None where the one in the safe opens it."""
    return next((part for part in node().rings.stale_parts() if part.authority == authority), None)


def damaged_part(authority: str) -> Damaged | None:
    """The part of an authority's ring on this node, where it is missing or damaged."""
    return next((part for part in node().rings.damaged_parts() if part.authority == authority), None)


def why_damaged(part: Damaged) -> str:
    """What a damaged part means, and what is to be done."""
    return _(
        "The ring is open while this server runs, and would not open again. Whoever runs this node is to put "
        "back the part from %(place)s before it is stopped. Nothing was erased, and no backup is made until "
        "then, so that the good part there stays."
    ) % {"place": part.place or _("the medium in the safe")}


def at(moment: int, zone: str) -> str:
    """A moment (ms) in words, by the clock of a zone."""
    return when(Happened(at=datetime.fromtimestamp(moment / 1000, UTC), zone=zone))


def after_erasure(actor: Actor) -> str:
    """What whoever erased is to know of the safes; '' where nothing is to be renewed."""
    parts = node().rings.stale_parts()
    if not parts:
        return ""
    return ngettext(
        "Erased. This made a new key part for %(count)d authority: the part in its safe opens nothing that "
        "is recorded from now on. Whoever runs this node is to save the new one until %(until)s.",
        "Erased. This made new key parts for %(count)d authorities: the parts in their safes open nothing "
        "that is recorded from now on. Whoever runs this node is to save the new ones until %(until)s.",
        len(parts),
    ) % {"count": len(parts), "until": at(min(part.until for part in parts), actor.zone)}


def why(actor: Actor, part: Stale) -> str:
    """What a stale part means, and what is to be done."""
    place = part.place or _("the medium in the safe")
    return _(
        "An erasure on %(since)s made a new one. Until libertad backup has written it to %(place)s, whatever "
        "was recorded since is lost with this machine. Renew it until %(until)s."
    ) % {"since": at(part.renewed, actor.zone), "place": place, "until": at(part.until, actor.zone)}
