"""What a complaint's pages say of it, for who reads it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import officer_names
from libertad.access.queries_complaints import ComplaintSeen
from libertad.journal.fields import from_ms
from libertad.look.page_objects import Pair, SideBlock
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.vocabulary.values import Happened


def reach_words(roles: str) -> str:
    """By role who reads a complaint: 'It reaches: Supervisor.'"""
    if not roles:
        return _("Nobody of your authority may read it.")
    names = ", ".join(words("roles", role) for role in roles.split())
    return _("It reaches, of your authority: %(roles)s.") % {"roles": names}


def state_words(view: ComplaintSeen) -> str:
    """In a few words how it stands."""
    if view.view.over:
        return _("Over: %(outcome)s") % {"outcome": words("complaint-outcomes", view.view.outcome)}
    if view.view.closing:
        return _("A closing waits for a second officer")
    if not view.holder:
        return _("Nobody has taken it yet") if view.reached else _("Nobody of the authority can take it")
    return _("Answered, and open") if view.view.answered else _("Taken, without an answer yet")


def facts(actor: Actor, view: ComplaintSeen) -> list[Pair]:
    """Whom it is about, what happened, and whether the person is safe."""
    first = view.words[0]
    names = officer_names(actor, list(view.view.officers))
    about = ", ".join(sorted(names.get(key, _("an officer")) for key in view.view.officers))
    pairs = [
        Pair(_("About"), about or _("Not known"), strong=True),
        Pair(_("When it happened"), date_words(first.get("when", "")) or _("Not known")),
        Pair(_("What happened"), first.get("words", "")),
        Pair(_("Safe now"), words("complaint-safety", view.view.safe), strong=view.view.safe == "not-safe"),
        Pair(_("Who complains"), words("complainants", first.get("by", ""))),
        Pair(_("Whom it happened to"), words("complaint-naming", first.get("named", ""))),
    ]
    if view.view.reference:
        pairs.append(Pair(_("Reference of the person"), view.view.reference))
    if view.view.unnamed:
        note = _("The complaint is erased when its closing was read.")
        pairs.append(Pair(_("The person"), _("Was erased from the files meanwhile."), note=note))
    return pairs


def log(actor: Actor, view: ComplaintSeen) -> list[Pair]:
    """What was said, in order, each with who said it and when."""
    listed = {word["officer"] for word in view.words} | {key for word in view.words for key in word["about"]}
    names = officer_names(actor, sorted(listed))
    return [_line(actor, word, names) for word in view.words if word["verb"] != "complaint.unname"]


def _line(actor: Actor, word: Any, names: Any) -> Pair:
    titles = {
        "complaint.record": _("Recorded"),
        "complaint.add": _("Added"),
        "complaint.take": _("Taken"),
        "complaint.answer": _("Answered"),
        "complaint.close": _("Closing proposed"),
        "complaint.read": _("Closing read"),
    }
    at = when(Happened(at=from_ms(word["at"]), zone=actor.zone))
    note = f"{names.get(word['officer'], _('an officer'))}, {at}"
    parts = []
    if word["verb"] == "complaint.add" and word["about"]:
        about = ", ".join(names.get(key, _("an officer")) for key in word["about"])
        parts.append(_("Also about: %(names)s.") % {"names": about})
    if word.get("outcome"):
        parts.append(words("complaint-outcomes", word["outcome"]) + ".")
    if word.get("agrees"):
        parts.append(_("Agreed: it is over.") if word["agrees"] == "yes" else _("Not agreed: it goes on."))
    if word["verb"] != "complaint.record" and word.get("words"):
        parts.append(word["words"])
    return Pair(titles.get(word["verb"], word["verb"]), " ".join(parts), note=note)


def readers_block(actor: Actor, view: ComplaintSeen) -> SideBlock:
    """Who reads it now, and who opened it."""
    names = officer_names(actor, [*view.openings, *view.reached, view.holder])
    reached = ", ".join(sorted(names.get(key, "") for key in view.reached)) or _("Nobody")
    pairs = [Pair(_("It reaches"), reached)]
    if view.holder:
        pairs.append(Pair(_("Answered by"), names.get(view.holder, "")))
    for officer, at in sorted(view.openings.items(), key=lambda pair: pair[1]):
        opened_at = when(Happened(at=at, zone=actor.zone))
        pairs.append(Pair(_("Opened by %(name)s") % {"name": names.get(officer, "")}, opened_at))
    note = _("And who recorded it. Whom it is about never, in whatever role they are.")
    return SideBlock(_("Who reads this"), pairs=pairs, note=note)
