"""Who was asked to decide, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from libertad.care.queries_asked import DeciderSeen
from libertad.look.page_objects import Link, Pair, SideBlock
from libertad.look.times import when
from libertad.look.words import words


def asked_block(inside: Sequence[DeciderSeen], links: Sequence[Link]) -> SideBlock:
    """Which deciding authorities read a file and what each was asked, with the ways to ask and to take it
    back."""
    nobody = _("Nobody has been asked to decide, and no such authority reads this file.")
    pairs = [asked_pair(decider) for decider in inside]
    return SideBlock(_("Who decides"), lead="" if inside else nobody, pairs=pairs, links=links)


def asked_pair(decider: DeciderSeen) -> Pair:
    """'Return or stay: asked 9 April, not answered yet'."""
    if not decider.asked:
        return Pair(decider.name, _("Asked nothing"), _("It reads the file all the same."))
    last = decider.asked[0]
    note = _("asked %(when)s, not answered yet") if last.waits else _("asked %(when)s, answered")
    return Pair(decider.name, words("decision-asks", last.what), note % {"when": when(last.when)})
