"""The blocks beside a person's file."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.queries import authority_names, can_say, clock_now, readers_of
from libertad.care import queries as care
from libertad.evidence import queries as evidence
from libertad.evidence.queries import ExhibitSeen
from libertad.look import exploitation
from libertad.look.addresses import address_of
from libertad.look.amounts import amount_words
from libertad.look.page_objects import Link, Pair, SideBlock, Thing
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.people import queries, screens_linking, timeline
from libertad.people.owing import CLAIMS
from libertad.people.queries import PersonSeen, PropertySeen
from libertad.people.queries_disclosed import disclosed

TONES = {"returned": "done", "owed": "needs", "missing": "needs"}


def blocks(actor: Actor, person: PersonSeen) -> list[SideBlock]:
    """In the order in which a reader needs them; those of care only for readers of the protection file."""
    listed = [
        who_can_see(actor, person),
        queries.met_before(actor, person.id),
        *_care(actor, person),
        _exploitation(actor, person),
        _property(actor, person),
        *_records(actor, person),
        _disclosed(actor, person),
    ]
    return [block for block in listed if block is not None]


def _disclosed(actor: Actor, person: PersonSeen) -> SideBlock | None:
    """What care told this authority of the person, as far as it did: nothing else of care stands here."""
    if not matrix().may_ask(actor.role, "disclosed-file", "get"):
        return None
    things = [
        Thing(
            words("disclosure-purposes", view.purpose),
            view.reference,
            note=view.giver,
            link=link(actor, _("Read it"), "disclosed-file", view.id),
        )
        for view in disclosed(actor, person=person.id)
    ]
    return SideBlock(_("Disclosed to you"), things=things) if things else None


def link(actor: Actor, label: str, route: str, *args: str) -> Link | None:
    """A link to a page that this role may open and that is there."""
    if not matrix().may_ask(actor.role, route, "get"):
        return None
    address = address_of(route, *args)
    return Link(label, address) if address else None


def present(*links: Link | None) -> list[Link]:
    return [link for link in links if link is not None]


def who_can_see(actor: Actor, person: PersonSeen) -> SideBlock:
    """Who reads this identity file; it says nothing about whether a protection file exists."""
    pairs = []
    for authority in readers_of(person.compartment):
        if authority.kind == "care" and authority.pk == actor.authority:
            pairs.append(
                Pair(authority.name, _("Whole file"), _("whose task the person is, and the supervisor"))
            )
        else:
            pairs.append(Pair(authority.name, _("Identity only"), _("not what care writes")))
    pairs += [
        Pair(_("Coordination centres"), _("Counted"), _("no name, no file")),
        Pair(_("All others"), _("Nothing")),
    ]
    count = len(queries.openings(actor, person.id))
    share = None
    if can_say(actor, "compartment.readers") and person.authority == actor.authority:
        share = link(actor, _("Share with another authority"), "person-share", person.id)
    openings = link(actor, timeline.openings(count), "person-access", person.id)
    answer = link(actor, _("An answer to the person"), "person-answer", person.id)
    return SideBlock(_("Who can see this"), pairs=pairs, links=present(openings, answer, share))


def _care(actor: Actor, person: PersonSeen) -> list[SideBlock | None]:
    if care.file(actor, person.id) is None:
        if not care.may_open(actor, person.id):
            return []
        start = link(actor, _("Open a protection file"), "care-open", person.id)
        return [
            SideBlock(_("Protection"), lead=_("No protection file has been opened."), links=present(start))
        ]
    if care.readable_file(actor, person.id) is None:
        whose = link(actor, _("Protection file"), care.front_route(actor), person.id)
        return [
            SideBlock(_("Protection"), lead=_("This person is a colleague's task."), links=present(whose))
        ]
    return [_reach(actor, person), _agreed(actor, person)]


def _reach(actor: Actor, person: PersonSeen) -> SideBlock | None:
    reach = care.safety(actor, person.id)
    title = {"female": _("Safe contact"), "male": _("Safe contact")}.get(person.sex, _("Safe contact"))
    if reach is None:
        plan = link(actor, _("Write down how"), "care-safety-plan", person.id)
        return SideBlock(title, lead=_("Nobody has written down how."), links=present(plan)) if plan else None
    moment, safety_plan = reach
    pairs = [Pair(_("To be avoided"), safety_plan["avoid"], strong=True)] if safety_plan.get("avoid") else []
    return SideBlock(
        title,
        lead=safety_plan.get("reach", ""),
        pairs=pairs,
        note=_("Written %(when)s") % {"when": when(moment)},
    )


def _agreed(actor: Actor, person: PersonSeen) -> SideBlock:
    title = {"female": _("She agreed to"), "male": _("He agreed to")}.get(
        person.sex, _("The person agreed to")
    )
    consents = care.live_consents(actor, person.id, clock_now(actor.operation))
    ticks = [care.consent_tick(consent, person.child) for consent in consents]
    note = (
        _("The rules for a child apply: without a guardian's agreement only urgent help.")
        if person.child
        else ""
    )
    everything = link(actor, _("All agreements"), "care-consent", person.id)
    return SideBlock(
        title, ticks=ticks, note=note, lead="" if ticks else _("Nothing so far."), links=present(everything)
    )


def standing(belonging: PropertySeen, exhibit: ExhibitSeen | None) -> PropertySeen:
    """Where it is: of an exhibit its custody says it, where that may be read; else the file's word."""
    if exhibit is None or exhibit.state != "returned" or belonging.state == "returned":
        return belonging
    back = next(
        event for event in exhibit.chain.events if event.kind == "return" and event.at == exhibit.chain.end
    )
    return replace(belonging, state="returned", state_at=back.at, signed=back.signed)


def property_item(actor: Actor, belonging: PropertySeen) -> Thing:
    """A piece of property with its state; its exhibit only where that may be read."""
    exhibit = evidence.exhibit(actor, belonging.exhibit) if belonging.exhibit else None
    belonging = standing(belonging, exhibit)
    sentences = [
        *owed_sentences(belonging),
        f"{belonging.description.rstrip('.')}." if belonging.description else "",
        timeline.document_words(belonging),
        _("Taken by: %(whom)s.") % {"whom": words("property-takers", belonging.taken_by).lower()}
        if belonging.kind not in CLAIMS
        else _("Owed by: %(whom)s.") % {"whom": words("property-takers", belonging.taken_by).lower()},
    ]
    if belonging.state == "returned":
        sentences.append(_("Signed for.") if belonging.signed == "yes" else _("Not signed for."))
    elif belonging.due_back and not belonging.settled:
        sentences.append(due_sentence(belonging))
    return Thing(
        words("property-kinds", belonging.kind),
        _("Paid in full") if belonging.paid_off else words("property-states", belonging.state),
        "done" if belonging.paid_off else TONES.get(belonging.state, "plain"),  # type: ignore[arg-type]
        " ".join(filter(None, sentences)),
        link(actor, exhibit.reference, "exhibit", exhibit.id) if exhibit else None,
    )


def _exploitation(actor: Actor, person: PersonSeen) -> SideBlock | None:
    """The first view of each authority on what was done, and the way to say one."""
    views = queries.first_views(actor, person.id)
    links = present(link(actor, _("Record the form of exploitation"), "person-exploitation", person.id))
    if not views and not links:
        return None
    names = authority_names([view.authority for view in views])
    pairs: list[Pair] = []
    for view in views:
        pairs += exploitation.pairs(view)
        by = f"{names.get(view.authority, '')}, {when(view.happened)}"
        pairs.append(Pair(_("First view by"), by, view.words))
    lead = "" if views else _("Nobody has recorded it so far.")
    return SideBlock(_("Form of exploitation, at first view"), lead=lead, pairs=pairs, links=links)


def owed_sentences(belonging: PropertySeen) -> list[str]:
    """How much it is, what was paid and what is left."""
    if not belonging.amount:
        return []
    sentences = [f"{amount_words(belonging.amount, belonging.currency)}."]
    if belonging.payments:
        over, left = belonging.remaining.startswith("-"), belonging.remaining.removeprefix("-")
        part = _("Paid: %(paid)s.") % {"paid": amount_words(belonging.paid, belonging.currency)}
        rest = _("More than was owed by %(left)s.") if over else _("Left: %(left)s.")
        sentences += [part, rest % {"left": amount_words(left, belonging.currency)}]
    return sentences


def due_sentence(belonging: PropertySeen) -> str:
    """By when it is to be returned, or paid."""
    day = {"day": date_words(belonging.due_back)}
    if belonging.kind in CLAIMS:
        return _("To be paid by %(day)s.") % day
    return _("To be returned by %(day)s.") % day


def _property(actor: Actor, person: PersonSeen) -> SideBlock:
    listed = [property_item(actor, belonging) for belonging in queries.properties(actor, person.id)]
    add = link(actor, _("Record something taken"), "property-new", person.id)
    return SideBlock(
        _("Property taken and returned"),
        things=listed,
        links=present(add),
        lead="" if listed else _("Nothing is recorded as taken."),
    )


def _records(actor: Actor, person: PersonSeen) -> list[SideBlock]:
    view = link(actor, _("Change the first view"), "person-assess", person.id)
    same = link(actor, _("The same person as another record?"), "person-link", person.id)
    checks = link(actor, _("Record a database check"), "check-new")
    hits = link(actor, _("Hits of this record"), "hits")
    pairs = [
        Pair(
            _("The same person"),
            other_person.reference,
            link=Link(_("Open"), reverse("person", args=[other_person.id])),
        )
        for other_person in queries.people(actor, ids=list(person.links))
    ]
    proposed = screens_linking.pairs(actor, person)
    links = present(
        view,
        same,
        hits and Link(hits.label, f"{hits.href}?record=person:{person.id}"),
        checks and Link(checks.label, f"{checks.href}?person={person.id}"),
    )
    if not links and not pairs and not proposed:
        return []
    return [
        SideBlock(
            _("One person, several records"),
            pairs=[*pairs, *proposed],
            links=links,
            lead="" if pairs else _("No other record is linked."),
        )
    ]
