"""The list of exhibits and an exhibit's file. They read by `queries` and write by actions."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import screens_attachments as pictures
from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.attaching import attached
from libertad.access.queries import authority_names, can_say, clock_now
from libertad.evidence import queries, side, timeline
from libertad.evidence.confirmations import words_by_entry
from libertad.evidence.corrected import corrected
from libertad.evidence.custody import Gap
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.sentence import happened, seals_put_on, sentence, stretch
from libertad.look import times
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    FilePage,
    Filter,
    Link,
    ListPage,
    Row,
    StatusCell,
    Table,
)
from libertad.look.paging import SIZE, page_number, pages, show_list
from libertad.look.words import choices, words
from libertad.operations import queries as operations
from libertad.vocabulary.codelists import codelist


def state_words(state: str) -> str:
    labels = {
        "held": _("Held"),
        "offered": _("Offered"),
        "released": _("Nobody holds it"),
        "returned": _("Returned"),
        "gap": _("With a gap"),
        "mine": _("Held by me"),
        "to-me": _("Offered to me"),
    }
    return labels.get(state, "")


def exhibits(request: HttpRequest) -> HttpResponse:
    """Exhibits, newest first; those offered to this officer are said above."""
    actor = actor_of(request)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    kind, state = kind if kind in codelist("exhibit-kinds") else "", state if state_words(state) else ""
    number = page_number(request.GET.get("page", ""))
    page_exhibits, total = queries.exhibits_page(actor, number, SIZE, kind=kind, state=state)
    waiting = len(queries.offered_to(actor))
    take = Action(_("Take an exhibit"), reverse("exhibit-new")) if can_say(actor, "exhibit.seize") else None
    table = Table(
        caption=_("Exhibits"),
        columns=[
            Column(_("Reference")),
            Column(_("What it is")),
            Column(_("Taken")),
            Column(_("Custody")),
            Column(_("Seal")),
        ],
        rows=[_listed(actor, exhibit) for exhibit in page_exhibits],
    )
    listed = [(state, state_words(state)) for state in ("to-me", "mine", *queries.STATES, "gap")]
    page = ListPage(
        title=_("Exhibits"),
        second=_("%(count)d wait for you to accept them.") % {"count": waiting}
        if waiting
        else _("Custody goes by offer and acceptance. A gap shows and stays."),
        table=table,
        action=take,
        filters=[
            Filter("state", _("Custody"), [("", _("All")), *listed], state),
            Filter("kind", _("Kind"), choices("exhibit-kinds", blank=_("All"))(), kind),
        ],
        pages=pages(number, total, SIZE, {"kind": kind, "state": state}),
        empty=_empty(kind or state, take),
    )
    related = [Link(_("Exhibit store"), reverse("store"))] if may_open(actor, "store") else []
    if may_open(actor, "exhibits-new"):
        related.append(Link(_("Take several exhibits"), reverse("exhibits-new")))
    return show_list(request, page, related=related)


def _empty(filtered: str, take: Action | None) -> Empty:
    if filtered:
        return Empty(
            _("No exhibit like that"),
            _("Choose other filters to see more."),
            Action(_("Show all"), reverse("exhibits")),
        )
    return Empty(
        _("No exhibit yet"),
        _("Take the first: cash, a phone, a computer or a document. You hold it until another accepts."),
        take,
    )


def _listed(actor: Actor, exhibit: ExhibitSeen) -> Row:
    local = exhibit.taken_at.astimezone(ZoneInfo(exhibit.zone))
    if exhibit.offered_to == actor.officer:
        custody = Cell(
            _("Offered to you"), tone="needs", second=_("by %(name)s") % {"name": exhibit.holder_name}
        )
    elif exhibit.state == "released":
        custody = Cell(_("Nobody holds it"), code="gap", second=_("since it was released"))
    else:
        gap = _("gap, explained") if not exhibit.unexplained else _("gap, not explained")
        notes = [
            exhibit.holder_name,
            gap if exhibit.has_gap else "",
            _("contradiction") if exhibit.conflicts else "",
        ]
        code = {"returned": "returned", "offered": "offered"}.get(exhibit.state, "held")
        code = "gap" if exhibit.has_gap and exhibit.unexplained else code
        custody = Cell(
            state_words(exhibit.state), code=code, second=", ".join(note for note in notes if note)
        )
    return Row(
        [
            Cell(exhibit.reference, reverse("exhibit", args=[exhibit.id]), provenance=exhibit.provenance),
            Cell(exhibit.description, second=_cash(exhibit) or words("exhibit-kinds", exhibit.kind)),
            Cell(times.day(local), second=times.clock(local)),
            custody,
            Cell(exhibit.seal or _("None")),
        ]
    )


def _cash(exhibit: ExhibitSeen) -> str:
    return ", ".join(f"{currency} {amount}" for currency, amount in exhibit.cash_totals.items())


def found_or_404(request: HttpRequest, key: str) -> ExhibitSeen:
    """The exhibit by one look-up; what may not be known is not found, like what is not there."""
    exhibit = queries.exhibit(request.actor, key)  # type: ignore[attr-defined]
    if exhibit is None:
        raise Http404
    return exhibit


def exhibit(request: HttpRequest, key: str) -> HttpResponse:
    """One exhibit: who held it, what it is, whether its record is whole, what the court will read."""
    actor = actor_of(request)
    seized = found_or_404(request, key)
    perform(actor, open_file, compartment=seized.compartment, subject=seized.id, page="exhibit")
    now = clock_now(actor.operation)
    here = now.astimezone(ZoneInfo(actor.zone))
    recorded = _("Your opening of this exhibit was recorded at %(time)s") % {"time": times.clock(here)}
    request.opening_note = recorded  # type: ignore[attr-defined]
    tabs = [
        Link(_("Custody"), "#custody", True),
        Link(_("Pictures"), "#pictures"),
        Link(_("What it is"), "#what-it-is"),
        Link(_("Hits"), "#hits"),
        Link(_("For the court"), "#court"),
        Link(_("Who can see this"), "#who"),
    ]
    page = FilePage(
        kind=_("Exhibit"),
        reference=_("Exhibit %(reference)s") % {"reference": seized.reference},
        title=seized.description,
        second=_second(seized),
        second_link=_site(actor, seized),
        provenance=seized.provenance,
        action=_primary(actor, seized),
        statuses=_statuses(seized, now),
        tabs=tabs,
    )
    context = {
        "page": page,
        "bar": timeline.bar(seized, now),
        "steps": timeline.steps(
            seized,
            now,
            lambda gap: _explain(actor, seized, gap),
            words_by_entry(actor, seized.id, seized.chain),
        ),
        "bundle_sentence": sentence(seized.chain, now),
        "package": reverse("exhibit-package", args=[seized.id])
        if may_open(actor, "exhibit-package", "post")
        else "",
        "acts": side.acts(actor, seized),
        "attached": pictures.table(actor, attached(actor, seized.id), actor.zone),
        "attach": pictures.add_link(actor, "exhibit", seized.id),
        "corrections": corrected(actor, seized),
        "sides": side.blocks(actor, seized, whole_numbers=request.GET.get("numbers") == "whole"),
    }
    return render(request, "evidence/exhibit.html", context)


def _second(exhibit: ExhibitSeen) -> str:
    local = exhibit.taken_at.astimezone(ZoneInfo(exhibit.zone))
    where = f"{timeline.upper_first(exhibit.where_found)}. " if exhibit.where_found else ""
    return where + _("Taken on %(day)s.") % {"day": times.day(local)}


def _site(actor: Actor, exhibit: ExhibitSeen) -> Link | None:
    """Where it was taken, for whoever reads the police file."""
    site = operations.site(actor, exhibit.site) if exhibit.site else None
    if site is None:
        return None
    return Link(_("Site %(reference)s") % {"reference": site.reference}, reverse("site", args=[site.id]))


def _primary(actor: Actor, exhibit: ExhibitSeen) -> Action | None:
    if exhibit.state == "returned" or not can_say(actor, "custody.accept"):
        return None
    if exhibit.offered_to == actor.officer:
        return Action(_("Accept custody"), reverse("exhibit-accept", args=[exhibit.id]))
    if exhibit.held_by(actor):
        return Action(_("Offer custody"), reverse("exhibit-offer", args=[exhibit.id]))
    if exhibit.to_witness == actor.officer and can_say(actor, "custody.witness"):
        return Action(_("Confirm as the witness"), reverse("exhibit-witness", args=[exhibit.id]))
    if exhibit.holder_gone and can_say(actor, "custody.take_over"):
        return Action(_("Take it over"), reverse("exhibit-take-over", args=[exhibit.id]))
    if exhibit.state == "released":
        return Action(_("Accept it without an offer"), reverse("exhibit-accept", args=[exhibit.id]))
    return None


def _explain(actor: Actor, exhibit: ExhibitSeen, gap: Gap) -> list[Action]:
    if not can_say(actor, "custody.statement"):
        return []
    query = urlencode({"from": gap.since.isoformat()})
    acts = [Action(_("Add a statement"), f"{reverse('exhibit-statement', args=[exhibit.id])}?{query}")]
    if can_say(actor, "custody.ask"):
        acts.append(Action(_("Ask for a statement"), f"{reverse('exhibit-ask', args=[exhibit.id])}?{query}"))
    return acts


def _statuses(exhibit: ExhibitSeen, now: datetime) -> list[StatusCell]:
    chain = exhibit.chain
    cells = [StatusCell(_("Taken"), "done", happened(chain.holds[0].start), chain.holds[0].by)]
    if chain.holder is not None:
        names = authority_names([chain.holder.authority])
        where = exhibit.holder_place or names.get(chain.holder.authority, "")
        cells.append(
            StatusCell(
                _("Held"),
                "done",
                happened(chain.holder.start),
                f"{chain.holder.by}, {where}",
                prefix=_("since"),
            )
        )
    if exhibit.holder_gone:
        cells.append(
            StatusCell(_("Its holder's access has ended"), "needs", "", _("nobody can offer it"), needs=True)
        )
    if chain.taking is not None:
        name = chain.taking.witness_name or _("an officer")
        waits = _("waits for %(name)s as the witness") % {"name": name}
        cells.append(StatusCell(_("To be taken over"), "due", happened(chain.taking), waits))
    if chain.offer is not None:
        to = chain.offer.to_name or _("an officer")
        cells.append(StatusCell(_("Offered"), "due", happened(chain.offer), _("to %(name)s") % {"name": to}))
    seals = seals_put_on(chain)
    if seals:
        cells.append(StatusCell(_("Sealed"), "done", happened(seals[-1]), seals[-1].number))
    else:
        cells.append(StatusCell(_("Not sealed"), "due", "", _("no seal is on record")))
    if chain.returned is not None:
        cells.append(StatusCell(_("Returned"), "done", happened(chain.returned), _("custody has ended")))
    if chain.gaps:
        last = chain.gaps[-1]
        note = _("not explained yet") if exhibit.unexplained else _("explained, and it stays")
        label = (
            _("Gap in custody") if len(chain.gaps) == 1 else _("%(count)d gaps") % {"count": len(chain.gaps)}
        )
        text = _("nobody holds it now") if last.until is None else stretch(last)
        cells.append(StatusCell(label, "gap", text, note, needs=bool(exhibit.unexplained)))
    if chain.conflicts:
        note = _("%(count)d in the chain below") % {"count": len(chain.conflicts)}
        cells.append(StatusCell(_("Contradiction"), "needs", "", note, needs=True))
    return cells
