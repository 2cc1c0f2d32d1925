"""What stands beside an exhibit's custody: the record, what it is, what you can do, hits, who sees it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say, mixed_node
from libertad.evidence import queries, queries_store, whole
from libertad.evidence.difference_words import difference_title, difference_told
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.receipts import receipt_words
from libertad.look import times
from libertad.look.page_objects import Action, Link, Pair, SideBlock, Thing, Tick
from libertad.look.suspects import suspects_block
from libertad.look.words import words
from libertad.operations import queries as operations
from libertad.people import queries as people
from libertad.vocabulary.values import Happened

Block = tuple[str, SideBlock]


def blocks(actor: Actor, exhibit: ExhibitSeen, *, whole_numbers: bool) -> list[Block]:
    """(anchor, block) in the order of the page."""
    return [
        ("record", _record(exhibit)),
        ("what-it-is", _description_block(actor, exhibit, whole_numbers)),
        *(("store", block) for block in _store(actor, exhibit)),
        *(("suspects", block) for block in _suspects(actor, exhibit)),
        ("hits", _hits(actor, exhibit)),
        ("who", _access_block(actor, exhibit)),
    ]


def _record(exhibit: ExhibitSeen) -> SideBlock:
    record = whole.check(exhibit.id, exhibit.chain.events)
    tell_tree = not mixed_node()  # its size and root move with the work of care as well
    values = {"all": record.entries, "signed": record.signed, "in": record.included, "size": record.size}
    ticks = [
        Tick(
            _("%(signed)d of %(all)d entries: signatures verify") % values,
            record.signed == record.entries > 0,
        ),
        Tick(
            _("%(in)d of %(all)d entries: in the journal's tree of %(size)d") % values
            if tell_tree
            else _("%(in)d of %(all)d entries: in the journal's tree") % values,
            record.included == record.entries > 0,
        ),
        Tick(
            _("This page shows every entry that is on file")
            if record.complete
            else _("This page and the entries on file do not agree"),
            record.complete,
        ),
    ]
    twice = queries.seal_used_elsewhere(exhibit)
    if twice:
        numbers = ", ".join(twice)
        ticks.append(Tick(_("Seal %(numbers)s was used more than once") % {"numbers": numbers}, False))
    note = (
        _("A gap is in the custody, not in the record.")
        if exhibit.has_gap
        else _("Checked as this page was opened.")
    )
    if not record.passes:
        note = _("Do not rely on this record. Run libertad journal verify, and tell who keeps the node.")
    root = _("Root of the tree: %(root)s") % {"root": f"{record.root[:8]} {record.root[8:16]}"}
    note = f"{note} {root}" if tell_tree else note
    title = _("The record itself is whole") if record.passes else _("The record itself is not whole")
    return SideBlock(title, ticks=ticks, note=note)


def _description_block(actor: Actor, exhibit: ExhibitSeen, whole_numbers: bool) -> SideBlock:
    show = Link(_("Show"), "?numbers=whole#what-it-is")
    pairs = [Pair(_("Kind"), words("exhibit-kinds", exhibit.kind))]
    for label, number in (
        (_("Device number"), exhibit.device_number),
        (_("Phone number"), exhibit.phone_number),
        (_("Document number"), exhibit.document_number),
    ):
        if number and whole_numbers:
            pairs.append(Pair(label, number))
        elif number:
            pairs.append(Pair(label, _("ends %(end)s") % {"end": number[-4:]}, link=show))
    for currency, denomination, pieces in exhibit.cash:
        pairs.append(Pair(f"{currency} {denomination}", _("%(pieces)d pieces") % {"pieces": pieces}))
    for currency, amount in exhibit.cash_totals.items():
        pairs.append(Pair(_("Total %(currency)s") % {"currency": currency}, amount, strong=True))
    owner = people.person(actor, exhibit.person) if exhibit.person else None
    if owner is not None:
        pairs.append(Pair(_("Belongs to"), owner.reference))
    elif exhibit.person:
        pairs.append(Pair(_("Belongs to"), _("a person whose file you do not read")))
    for owned in people.owned_as(actor, exhibit.id):
        state = words("property-states", owned.state)
        differs = (owned.state == "returned") != (exhibit.state == "returned")
        note = _("Not what its custody says. Its custody counts.") if differs else ""
        pairs.append(Pair(_("In the owner's file"), state, note))
    rest = [
        (_("Issued by"), words("countries", exhibit.document_country)),
        (_("Valid until"), times.date_words(exhibit.document_expires) if exhibit.document_expires else ""),
        (_("Holder, as the document says"), exhibit.document_holder),
        (_("State when taken"), exhibit.state_when_taken),
        (_("Where found"), exhibit.where_found),
        (_("Taken from"), exhibit.taken_from),
        (_("Owner agreed"), words("yes-no", exhibit.owner_agreed) or _("Not recorded")),
        (_("Receipt"), receipt_words(exhibit.receipt) or _("Not recorded")),
        (_("Witness"), exhibit.witness),
    ]
    return SideBlock(_("What it is"), pairs=[*pairs, *(Pair(label, value) for label, value in rest if value)])


def _store(actor: Actor, exhibit: ExhibitSeen) -> list[SideBlock]:
    """Where in the store it is, and what audits found of it: for all who read the case."""
    stored = exhibit.chain.stored
    place = queries_store.place(actor, exhibit.store) if may_open(actor, "store-place") else None
    links = [Link(_("The place"), reverse("store-place", args=[place.id]))] if place else []
    pairs = []
    if stored is not None:
        when = times.when(Happened(at=stored.at, zone=stored.zone, precision=stored.precision))  # type: ignore[arg-type]
        pairs.append(Pair(_("Put at"), place.path if place else stored.place, when))
    rows = [
        Thing(
            difference_title(difference),
            _("explained") if difference.explained else _("not explained"),
            "plain" if difference.explained else "needs",
            " ".join(difference_told(audit, difference)),
        )
        for audit, difference in queries_store.differences_of(actor, exhibit.id)
    ]
    return [SideBlock(_("In the store"), pairs=pairs, things=rows, links=links)] if pairs or rows else []


def acts(actor: Actor, exhibit: ExhibitSeen) -> list[Action]:
    """What the holder can do beside offering it, which is the page's own button."""
    is_holder = exhibit.held_by(actor)
    acts = []
    if (
        can_say(actor, "exhibit.seize")
        and may_open(actor, "exhibit-correct")
        and exhibit.authority == actor.authority
    ):
        acts.append(Action(_("Correct its description"), reverse("exhibit-correct", args=[exhibit.id])))
    if exhibit.state == "returned" or not is_holder:
        return acts
    listed = [
        ("exhibit.seal", _("Open and renew the seal") if exhibit.seal else _("Seal it"), "exhibit-seal"),
        ("custody.release", _("Release without receiving officer"), "exhibit-release"),
        ("exhibit.return", _("Return it to its owner"), "exhibit-return"),
    ]
    return [
        *(
            Action(label, reverse(route, args=[exhibit.id]))
            for verb, label, route in listed
            if can_say(actor, verb)
        ),
        *acts,
    ]


def _suspects(actor: Actor, exhibit: ExhibitSeen) -> list[SideBlock]:
    """To whom it is linked, for those who read detentions."""
    if not may_open(actor, "detention"):
        return []
    listed = people.linked_to(actor, "exhibit", exhibit.id)
    return suspects_block(listed, lambda detention: reverse("detention", args=[detention]))


def _hits(actor: Actor, exhibit: ExhibitSeen) -> SideBlock:
    """Database checks about this exhibit, as far as the reader may read them."""
    rows = [
        Thing(
            words("databases", check.database),
            words("check-answers", check.answer),
            "needs" if check.answer == "hit" else "plain",
            f"{times.when(Happened(at=check.at, zone=check.zone))}, {check.authority}",
        )
        for check in operations.checks(actor, country=exhibit.country, exhibit=exhibit.id)
    ]
    if not rows:
        return SideBlock(_("Hits"), lead=_("No database check of this exhibit is on file."))
    return SideBlock(_("Hits"), things=rows, note=_("What another country discloses is its own decision."))


def _access_block(actor: Actor, exhibit: ExhibitSeen) -> SideBlock:
    notes = {"police": _("officers on the case"), "prosecution": _("prosecutors")}
    pairs = [Pair(name, _("Whole exhibit"), notes.get(kind, "")) for name, kind in queries.readers(exhibit)]
    pairs.append(Pair(_("The whole operation"), _("Counted"), _("kind, country and day only")))
    pairs.append(Pair(_("All others"), _("Nothing")))
    count = queries.openings(actor, exhibit)
    return SideBlock(
        _("Who can see this"),
        pairs=pairs,
        note=ngettext(
            "Opened %(count)d time; each opening is on file.",
            "Opened %(count)d times; each opening is on file.",
            count,
        )
        % {"count": count},
    )
