"""Alarms: proof of two histories, or of a word about another's thing."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.asking import actor_of as asking
from libertad.exchange import queries, queries_held, queries_settling, wording
from libertad.exchange import screens_settling as settling
from libertad.exchange.queries_held import AlarmSeen
from libertad.exchange.wording import Part
from libertad.journal.header import entry_hash
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    FilePage,
    Link,
    ListPage,
    Pair,
    Row,
    SideBlock,
    StatusCell,
    Table,
)
from libertad.look.paging import show_list

SIGNED = ("about", "impersonated")  # kinds whose proof is one signed entry


def alarms(request: HttpRequest) -> HttpResponse:
    """All alarms, open ones first."""
    actor, alarms = asking(request), queries_held.alarms()
    offices = queries.names([name for alarm in alarms for name in alarm.authorities])
    alone = queries_settling.by_one(alarms)
    rows = [
        Row(
            [
                Cell(_authority_names(alarm, offices), reverse("exchange-alarm", args=[alarm.id])),
                Cell(wording.alarm(alarm.kind)),
                Cell(wording.at(alarm.at, actor.zone)),
                _state(alarm, alone),
            ]
        )
        for alarm in alarms
    ]
    columns = [Column(_("Who")), Column(_("What")), Column(_("Noticed")), Column(_("State"))]
    page = ListPage(
        title=_("Alarms"),
        second=_("Proof that a node or device showed two histories, or spoke for another authority."),
        table=Table(_("Alarms"), columns, rows),
        empty=Empty(
            _("No alarm"),
            _("Every node showed everybody the same history, and each spoke of its own, as far as is known."),
            Action(_("Back to Exchange"), reverse("exchange")),
        ),
    )
    return show_list(request, page)


def _state(alarm: AlarmSeen, alone: set[str]) -> Cell:
    if alarm.settled is None:
        return Cell(_("Open"), tone="danger")
    if alarm.id in alone:
        return Cell(_("Settled by one officer"), tone="needs", second=_("no second person has confirmed it"))
    return Cell(_("Settled"), tone="plain")


def _reference(alarm: AlarmSeen) -> str:
    if alarm.kind in SIGNED:
        return _("Entry %(name)s") % {"name": _short(alarm.parts[0])}
    if alarm.kind in ("node", "rounds"):
        return _("Node %(name)s") % {"name": alarm.who}
    return _("Device %(name)s") % {"name": alarm.who}


def _authority_names(alarm: AlarmSeen, offices: Mapping[str, str]) -> str:
    names = ", ".join(offices[name] for name in alarm.authorities if name in offices)
    return names or alarm.who


def alarm(request: HttpRequest, key: str) -> HttpResponse:
    """One alarm: whom it names, the proof, what to do, how it was settled."""
    actor, alarm = asking(request), settling.known_alarm(key)
    offices = queries.names(list(alarm.authorities))
    settlement = queries_settling.settlement_of(actor, alarm)
    page = FilePage(
        kind=_("Alarm"),
        reference=_reference(alarm),
        title=wording.alarm(alarm.kind),
        second=_authority_names(alarm, offices),
        action=settling.action_of(actor, alarm, settlement),
        statuses=[
            StatusCell(_("Noticed"), "", wording.at(alarm.at, actor.zone)),
            settling.status_of(actor, alarm)
            if alarm.settled
            else StatusCell(_("Open"), "danger", "", _("nobody has settled it"), danger=True),
        ],
        side=[_what_now(alarm, queries.names(list(alarm.about)))],
    )
    proof = Part(
        _("The proof"),
        lead=_proof_words(alarm),
        blocks=_blocks(alarm),
        links=[Link(_("Download the proof as a file"), reverse("exchange-alarm-proof", args=[key]))],
        note=_("Header and signature: anybody can check them from the format's description.")
        if alarm.kind in SIGNED
        else _(
            "Both parts are signed with the same key. Anybody can check them from the format's description."
        ),
    )
    parts = [*settling.parts_of(actor, alarm, settlement), proof]
    return render(request, "exchange/page.html", {"page": page, "parts": parts})


def _proof_words(alarm: AlarmSeen) -> str:
    if alarm.kind == "rounds":
        return _("Entries here end one another's grounds. What was in doubt is held.")
    if alarm.kind == "about":
        return _("Its device signed '%(verb)s', and this was held: %(why)s.") % {
            "verb": alarm.verb,
            "why": _(alarm.why),
        }
    if alarm.kind == "impersonated":
        return _impersonation_words(alarm)
    if alarm.kind == "node":
        return _("It signed both of these checkpoints, which cannot be of one history: %(why)s.") % {
            "why": _(alarm.why)
        }
    first, second = queries_held.headers(alarm)
    if first.seq == second.seq:
        return _("It signed two different entries with number %(number)d of one log.") % {"number": first.seq}
    return _(
        "It signed entry %(number)d of one log as following another entry than the one that is here."
    ) % {"number": second.seq}


def _impersonation_words(alarm: AlarmSeen) -> str:
    if alarm.told:
        return _(
            "Node %(node)s says that its device signed in another authority's name, in a file that this node "
            "does not read. The signature is right; whose name it is in, this node cannot see."
        ) % {"node": alarm.told}
    return ngettext(
        "Its device signed %(count)d entry in another authority's name. It was held.",
        "Its device signed %(count)d entries in other authorities' names. They were held.",
        alarm.count,
    ) % {"count": alarm.count}


def _blocks(alarm: AlarmSeen) -> list[tuple[str, str]]:
    labels = [_("First"), _("Second")]
    if alarm.kind == "rounds":
        return []
    if alarm.kind in SIGNED:
        entry = _("Entry %(hash)s: header and signature") % {"hash": _short(alarm.parts[0])}
        return [(entry, "\n".join(alarm.parts))]
    if alarm.kind == "node":
        return list(zip(labels, alarm.parts, strict=False))
    return [
        (
            _("%(which)s: entry %(hash)s") % {"which": labels[place], "hash": _short(alarm.parts[2 * place])},
            f"{alarm.parts[2 * place]}\n{alarm.parts[2 * place + 1]}",
        )
        for place in (0, 1)
    ]


def _short(exact: str) -> str:
    return entry_hash(bytes.fromhex(exact)).hex()[:16]


def _what_now(alarm: AlarmSeen, victims: Mapping[str, str]) -> SideBlock:
    if alarm.kind == "about":
        pairs = [
            Pair(_("About"), ", ".join(sorted(victims.values())) or _("not known")),
            Pair(_("It may be"), _("A robbed or changed node of that authority")),
            Pair(_("Held"), _("The entry counts nowhere. Its words on access wait; whom it meets does not")),
            Pair(_("Do"), _("Call its authority by telephone; settle this once it has its keys in hand")),
        ]
        note = _("The entry is kept as proof. Settling lets its later words about access be judged again.")
        return SideBlock(_("What this means"), pairs=pairs, note=note)
    if alarm.kind == "impersonated":
        pairs = [
            Pair(_("In the name of"), ", ".join(sorted(victims.values())) or _("not known")),
            Pair(_("Handed over by"), ", ".join(alarm.origins) or alarm.told or _("not known")),
            Pair(_("It may be"), _("A robbed or changed node of whose device it is")),
            Pair(_("Held"), _("The entries count nowhere. Nothing else waits because of them")),
            Pair(_("Do"), _("Call both by telephone; suspend the exchange with that node until you know")),
        ]
        return SideBlock(_("What this means"), pairs=pairs, note=_("The first entry is kept as proof."))
    if alarm.kind == "rounds":
        pairs = [Pair(_("Do"), _("Look through the quarantine, and ask for help: see the threat model"))]
    elif alarm.kind == "node":
        pairs = [
            Pair(_("It may be"), _("A node that went on from a backup without saying so")),
            Pair(_("Or"), _("A stolen key of that node, or a node that lies")),
            Pair(_("Do"), _("Call its authority; suspend the exchange until you know")),
        ]
    else:
        pairs = [
            Pair(_("It may be"), _("A device restored from a backup, or a copy of its key")),
            Pair(_("Held"), _("Its entries from there on are in quarantine")),
            Pair(_("Do"), _("Call its authority: it revokes the device and enrols a new key")),
        ]
    return SideBlock(
        _("What this means"), pairs=pairs, note=_("The proof is passed on to all peers and is never deleted.")
    )


def proof(request: HttpRequest, key: str) -> HttpResponse:
    """The proof as a file."""
    alarm = settling.known_alarm(key)
    name = "".join(sign if sign.isalnum() else "-" for sign in key)
    answer = HttpResponse(alarm.proof, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="alarm-{name}.json"'
    return answer
