"""The blocks beside a person's file."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.queries import can_say, clock_now, readers_of
from libertad.care import queries as care
from libertad.evidence import queries as evidence
from libertad.evidence.queries import ExhibitSeen
from libertad.look.addresses import address_of
from libertad.look.amounts import amount_words
from libertad.look.looks import Link, Pair, SideBlock, Thing, Tick
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.people import queries, telling
from libertad.people.queries import PersonSeen, PropertySeen

TONES = {"returned": "done", "owed": "needs", "missing": "needs"}


def blocks(actor: Actor, found: PersonSeen) -> list[SideBlock]:
    """In the order in which a reader needs them; those of care only for readers of the protection file."""
    listed = [
        who_can_see(actor, found),
        *_care(actor, found),
        _property(actor, found),
        *_records(actor, found),
    ]
    return [block for block in listed if block is not None]


def link(actor: Actor, label: str, route: str, *args: str) -> Link | None:
    """A link to a page that this role may open and that is there."""
    if not matrix().may_ask(actor.role, route, "get"):
        return None
    address = address_of(route, *args)
    return Link(label, address) if address else None


def present(*links: Link | None) -> list[Link]:
    return [one for one in links if one is not None]


def who_can_see(actor: Actor, found: PersonSeen) -> SideBlock:
    """Who reads this identity file; it says nothing about whether a protection file exists."""
    pairs = []
    for authority in readers_of(found.compartment):
        if authority.kind == "care" and authority.pk == actor.authority:
            pairs.append(Pair(authority.name, _("Whole file"), _("every caseworker there")))
        else:
            pairs.append(Pair(authority.name, _("Identity only"), _("not what care writes")))
    pairs += [
        Pair(_("Coordination centres"), _("Counted"), _("no name, no file")),
        Pair(_("All others"), _("Nothing"), _("not even that it exists")),
    ]
    count = len(queries.openings(actor, found.id))
    share = None
    if can_say(actor, "compartment.readers") and found.authority == actor.authority:
        share = link(actor, _("Share with another authority"), "person-share", found.id)
    openings = link(actor, telling.openings(count), "person-access", found.id)
    return SideBlock(_("Who can see this"), pairs=pairs, links=present(openings, share))


def _care(actor: Actor, found: PersonSeen) -> list[SideBlock | None]:
    if care.file(actor, found.id) is None:
        if not care.may_open(actor, found.id):
            return []
        start = link(actor, _("Open a protection file"), "care-open", found.id)
        return [
            SideBlock(_("Protection"), lead=_("No protection file has been opened."), links=present(start))
        ]
    return [_reach(actor, found), _agreed(actor, found)]


def _reach(actor: Actor, found: PersonSeen) -> SideBlock | None:
    reach = care.safety(actor, found.id)
    title = {"female": _("Reaching her safely"), "male": _("Reaching him safely")}.get(
        found.sex, _("Reaching the person safely")
    )
    if reach is None:
        plan = link(actor, _("Write down how"), "care-safety-plan", found.id)
        return SideBlock(title, lead=_("Nobody has written down how."), links=present(plan)) if plan else None
    moment, said = reach
    pairs = [Pair(_("To be avoided"), said["avoid"], strong=True)] if said.get("avoid") else []
    return SideBlock(
        title, lead=said.get("reach", ""), pairs=pairs, note=_("Written %(when)s") % {"when": when(moment)}
    )


def _agreed(actor: Actor, found: PersonSeen) -> SideBlock:
    title = {"female": _("She agreed to"), "male": _("He agreed to")}.get(
        found.sex, _("The person agreed to")
    )
    ticks = []
    for one in care.live_consents(actor, found.id, clock_now(actor.operation)):
        what = words("consent-purposes", one.plain["purpose"])
        ticks.append(Tick(f"{what}: {one.words.get('recipient', '')}"))
    note = _("A guardian's agreement is needed while the rules for a child apply.") if found.child else ""
    everything = link(actor, _("All agreements"), "care-consent", found.id)
    return SideBlock(
        title, ticks=ticks, note=note, lead="" if ticks else _("Nothing so far."), links=present(everything)
    )


def standing(one: PropertySeen, exhibit: ExhibitSeen | None) -> PropertySeen:
    """Where it is: of an exhibit its custody says it, where that may be read; else the file's word."""
    if exhibit is None or exhibit.state != "returned" or one.state == "returned":
        return one
    back = next(
        event for event in exhibit.chain.events if event.kind == "return" and event.at == exhibit.chain.end
    )
    return replace(one, state="returned", state_at=back.at, signed=back.signed)


def thing(actor: Actor, one: PropertySeen) -> Thing:
    """A piece of property with its state; its exhibit only where that may be read."""
    exhibit = evidence.exhibit(actor, one.exhibit) if one.exhibit else None
    one = standing(one, exhibit)
    money = amount_words(one.amount, one.currency)
    told = [
        f"{money}." if money else "",
        f"{one.description.rstrip('.')}." if one.description else "",
        _("Taken by: %(whom)s.") % {"whom": words("property-takers", one.taken_by).lower()},
    ]
    if one.state == "returned":
        told.append(_("Signed for.") if one.signed == "yes" else _("Not signed for."))
    elif one.due_back:
        told.append(_("To be returned by %(day)s.") % {"day": date_words(one.due_back)})
    return Thing(
        words("property-kinds", one.kind), words("property-states", one.state), TONES.get(one.state, "plain"),  # type: ignore[arg-type]
        " ".join(filter(None, told)),
        link(actor, exhibit.reference, "exhibit", exhibit.id) if exhibit else None,
    )  # fmt: skip


def _property(actor: Actor, found: PersonSeen) -> SideBlock:
    things = [thing(actor, one) for one in queries.properties(actor, found.id)]
    add = link(actor, _("Record something taken"), "property-new", found.id)
    return SideBlock(
        _("Property taken and returned"), things=things, links=present(add),
        lead="" if things else _("Nothing is recorded as taken."),
    )  # fmt: skip


def _records(actor: Actor, found: PersonSeen) -> list[SideBlock]:
    view = link(actor, _("Change the first view"), "person-assess", found.id)
    same = link(actor, _("The same person as another record?"), "person-link", found.id)
    checks = link(actor, _("Record a database check"), "check-new")
    hits = link(actor, _("Hits of this record"), "hits")
    shown = [
        Pair(_("The same person"), one.reference, link=Link(_("Open"), reverse("person", args=[one.id])))
        for one in queries.people(actor, ids=list(found.links))
    ]
    links = present(
        view, same, hits and Link(hits.label, f"{hits.href}?record=person:{found.id}"),
        checks and Link(checks.label, f"{checks.href}?person={found.id}"),
    )  # fmt: skip
    if not links and not shown:
        return []
    return [SideBlock(_("One person, several records"), pairs=shown, links=links,
                      lead="" if shown else _("No other record is linked."))]  # fmt: skip
