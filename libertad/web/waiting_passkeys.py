"""On Today, for the officer and a second person: passkeys that were published or ended, and what was recorded
in an officer's name without the passkey that is on file."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import officer_names
from libertad.access.queries_passkeys import PasskeySeen, passkeys_told
from libertad.care.queries import DecisionSigned
from libertad.care.queries import unconfirmed as decisions_of
from libertad.evidence.confirmations import ActSigned
from libertad.evidence.confirmations import unconfirmed as acts_of
from libertad.look.times import when
from libertad.vocabulary.values import Happened
from libertad.web.todo_item import Waiting

FIRST = 6  # by themselves
SAY = {"return.decide": "care-return", "return.read": "care-return"}


def passkeys_changed(actor: Actor) -> Iterator[Waiting]:
    """For some days: to whom it is, and to who gives and takes sign-ins in the authority."""
    administers = may_open(actor, "officers")
    listed = [entry for entry in passkeys_told(actor) if administers or entry.officer == actor.officer]
    names = officer_names(actor, [entry.officer for entry in listed]) if listed else {}
    for place, passkey in enumerate(listed[:FIRST], 1):
        own = passkey.officer == actor.officer
        yield Waiting(
            _changed(passkey, names.get(passkey.officer, "") or _("an officer"), own, actor.zone),
            _(
                "Whoever holds it confirms decisions in your name. If it was not you: remove it, and tell "
                "the administrator."
            )
            if own
            else _("Ask the officer, in person. If it was somebody else, withdraw the access first."),
            reverse("mfa_index") if own else reverse("officers"),
            _("How you prove who you are") if own else _("Officers"),
            more=len(listed) - FIRST if place == FIRST else 0,
        )


def _changed(passkey: PasskeySeen, name: str, own: bool, zone: str) -> str:
    at = when(Happened(at=passkey.ended_at or passkey.at, zone=zone))
    values = {"name": name, "when": at}
    if passkey.ended_at is None:
        return (
            _("A passkey of yours confirms decisions since %(when)s")
            if own
            else _("A passkey of %(name)s confirms decisions since %(when)s")
        ) % values
    return (
        _("A passkey of yours confirms nothing any more since %(when)s")
        if own
        else _("A passkey of %(name)s confirms nothing any more since %(when)s")
    ) % values


def without_passkey(actor: Actor) -> Iterator[Waiting]:
    """At once, and for some days. Somebody who has the node could say anything in an officer's name."""
    entries: list[DecisionSigned | ActSigned] = [*decisions_of(actor), *acts_of(actor)]
    decisions = sorted(entries, key=lambda entry: entry.at, reverse=True)
    names = officer_names(actor, [entry.officer for entry in decisions]) if decisions else {}
    for place, decision in enumerate(decisions[:FIRST], 1):
        own = decision.officer == actor.officer
        values = {
            "name": names.get(decision.officer, "") or _("an officer"),
            "when": when(Happened(at=decision.at, zone=actor.zone)),
        }
        yield Waiting(
            _title(decision, own) % values,
            _("If you did not record it: tell the administrator at once, and correct it.")
            if own
            else _("Ask the officer, in person, whether it was the officer who recorded it."),
            _href(decision, own),
            _("Read it"),
            rank=-0.95,
            more=len(decisions) - FIRST if place == FIRST else 0,
        )


def _title(decision: DecisionSigned | ActSigned, own: bool) -> str:
    if decision.state == "wrong":
        if own:
            return _("In your name, with a passkey's confirmation that does not fit: %(when)s")
        return _("In the name of %(name)s, with a passkey's confirmation that does not fit: %(when)s")
    if own:
        return _("Recorded in your name without your passkey: %(when)s")
    return _("Recorded in the name of %(name)s without the passkey on file: %(when)s")


def _href(decision: DecisionSigned | ActSigned, own: bool) -> str:
    if isinstance(decision, ActSigned):
        return reverse("exhibit", args=[decision.exhibit])
    if decision.person:
        return reverse(SAY.get(decision.verb, "care-screening"), args=[decision.person])
    return reverse("mfa_index") if own else reverse("officers")
