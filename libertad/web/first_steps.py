"""First steps on Today: from a founded authority to an operation that runs, one after the other.

Each step is read from what is on file, so it is done when its deed is, whoever did it. When all of a role's
steps are done the block is gone. A step's link leads to its form; once that is saved, it leads back here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import receiving
from libertad.access.actor import Actor
from libertad.access.asking import actor_of as asking
from libertad.access.asking import may_open
from libertad.access.closed import closed_at
from libertad.access.models import Authority
from libertad.access.queries_members import joined_authorities, own_authority, serving
from libertad.look.page_objects import Pair, SideBlock
from libertad.look.words import countries_by_name
from libertad.operations import queries

DONE, NEXT, READY, WAITS = "done", "next", "ready", "waits"
RETURN = "return_home"  # in the session: the path of the form from which to come back


@dataclass(frozen=True)
class Step:
    """One step. `href`: its form; '' where somebody else does it, then `beside` says for whom it waits."""

    key: str
    title: str
    note: str
    done: bool
    href: str = ""
    beside: str = ""
    state: str = ""
    number: int = 0

    @property
    def label(self) -> str:
        return {DONE: _("Done"), NEXT: _("Next"), READY: _("Ready"), WAITS: _("Waits")}[self.state]


@dataclass(frozen=True)
class FirstSteps:
    """Steps of a role in their order; those done fold away."""

    steps: list[Step] = field(default_factory=list)

    @property
    def done(self) -> list[Step]:
        return [step for step in self.steps if step.state == DONE]

    @property
    def open(self) -> list[Step]:
        return [step for step in self.steps if step.state != DONE]

    @property
    def second(self) -> str:
        count, whole = len(self.done), len(self.steps)
        return _("%(done)d of %(all)d steps are done. After the last one this list is gone.") % {
            "done": count,
            "all": whole,
        }


def first_steps(actor: Actor) -> FirstSteps | None:
    """The steps of this role; None where it has none, where all are done, in a closed operation, or once a
    team has been sent: then the operation runs, and what is left has its own line on Today."""
    source = STEPS.get(actor.role) if closed_at(actor.operation) is None else None
    steps = list(source(actor)) if source is not None else []
    if all(step.done for step in steps) or any(step.done and step.key == "team" for step in steps):
        return None
    placed, next_given = [], False
    for number, step in enumerate(steps, 1):
        if step.done:
            state = DONE
        elif not step.href:
            state = WAITS
        else:
            state = READY if next_given else NEXT
            next_given = True
        href = f"{reverse('first-step')}?step={step.key}" if step.href and not step.done else step.href
        placed.append(replace(step, state=state, number=number, href=href))
    return FirstSteps(placed)


def _coordinator(actor: Actor) -> Iterator[Step]:
    operation = queries.operation(actor)
    if operation is None:
        note = _("Its name, days and countries. They can be changed later.")
        yield Step("open", _("Open the operation"), note, False, reverse("operation-new"))
    else:
        count = len(operation.countries)
        note = ngettext("%(name)s, %(n)d country.", "%(name)s, %(n)d countries.", count)
        yield Step(
            "open",
            _("Open the operation"),
            note % {"name": operation.name, "n": count},
            True,
            reverse("operation"),
        )
    members = queries.members(actor) if operation else []
    yield _invite(members, operation.countries if operation else None)
    yield _appoint(actor, ("administrator", "coordinator"))
    yield _care_elsewhere(members, receiving.unconfirmed(operation.pk) if operation else [])
    yield from _site_and_team(actor, operation is not None)


def _invite(members: list[Authority], countries: Sequence[str] | None) -> Step:
    """Done once each of the operation's countries has a police authority; None: no operation is open."""
    invited = [member for member in members if member.part != "coordination"]
    policed = {member.country for member in invited if member.kind == "police"}
    without = [country for country in countries or () if country not in policed]
    note = _("Police first, then care, prosecution and who decides: onto this node, or with their own.")
    if invited:
        joined_count = len(joined_authorities(member.pk for member in invited))
        note = _("%(joined)d of %(all)d have joined.") % {"joined": joined_count, "all": len(invited)}
    if invited and without:
        names = ", ".join(countries_by_name(without).values())
        note += " " + _("No police are invited of: %(countries)s.") % {"countries": names}
    if invited and not any(member.kind in ("care", "prosecution", "deciding") for member in invited):
        note += " " + _("Then care, prosecution and who decides.")
    opened = countries is not None
    href = reverse("authority-new") if opened else ""
    return Step(
        "invite",
        _("Invite the authorities"),
        note,
        bool(policed) and not without,
        href,
        "" if opened else _("for the operation"),
    )


def _appoint(actor: Actor, but: tuple[str, ...]) -> Step:
    """Done once somebody serves who is in none of these roles."""
    working = serving(actor, but=but)
    note = (
        ngettext("%(n)d officer is appointed.", "%(n)d officers are appointed.", working) % {"n": working}
        if working
        else _("One by one, or many from a file (CSV), with a preview.")
    )
    return Step("appoint", _("Appoint officers"), note, working > 0, reverse("officers-from-file"))


def _care_elsewhere(members: list[Authority], unconfirmed: list[Authority]) -> Step:
    police = {member.pk for member in members if member.kind == "police"}
    missing = [member for member in unconfirmed if member.pk in police]
    invited = {member.country for member in members if member.kind == "care"}
    without = countries_by_name({member.country for member in missing if member.country not in invited})
    left = len(missing)
    title = _("Have a care authority confirmed in each country")
    if without:
        note = _(
            "%(countries)s: no care authority is invited. Only one of the same country as the police "
            "can be confirmed."
        ) % {"countries": ", ".join(without.values())}
        form = f"{reverse('authority-new')}?kind=care&country={next(iter(without))}"
        return Step("care-elsewhere", title, note, False, form)
    note = _(
        "Where there is none, nobody receives whom police record. Each country's police administrator "
        "confirms; you cannot do it for them."
    )
    whose_turn = (
        ngettext("for %(n)d police authority", "for %(n)d police authorities", left) % {"n": left}
        if left
        else _("for the first police")
    )
    return Step("care-elsewhere", title, note, bool(police) and not left, "", whose_turn)


def _site_and_team(actor: Actor, opened: bool) -> Iterator[Step]:
    site = queries.first_site(actor) if opened else ""
    teams = opened and queries.any_team(actor)
    anywhere = actor.role == "coordinator" and opened and queries.site_counts(actor).total
    known = bool(site or anywhere)  # a lead's first site is one of the own country's
    href = reverse("site-new") if opened and may_open(actor, "site-new") else ""
    note = _("Where a team will go. Its police and the centres read where it lies.")
    yield Step("site", _("First site"), note, known, href, "" if href else _("for the operation"))
    href = reverse("team-new", args=[site]) if site and may_open(actor, "team-new") else ""
    note = _("With a check-in time, so that silence is seen.")
    yield Step("team", _("First team"), note, teams, href, "" if href else _("for a site"))


def _administrator(actor: Actor) -> Iterator[Step]:
    yield _appoint(actor, ("administrator",))
    if not may_open(actor, "care-authority") or receiving.hands_to_care(actor.authority) is None:
        return
    own = own_authority(actor)
    if own is None or own.kind != "police" or not own.operation:
        return
    receiver, candidates = receiving.receiving(actor), receiving.candidates(actor)
    confirmed = receiver.state == receiving.CONFIRMED and not receiver.amiss
    href = reverse("care-confirm") if candidates or confirmed else ""
    note = _(
        "By telephone, on a number that you had before. Until then nobody receives whom your officers record."
    )
    note = receiver.name if confirmed else note
    whose_turn = "" if href else _("for a care authority of your country: the coordinator invites it")
    yield Step("care", _("Confirm who receives people in danger"), note, confirmed, href, whose_turn)
    contact = receiving.contact(actor)
    note = contact.name if contact else _("Where danger is recorded, this number is shown and no other.")
    yield Step(
        "contact", _("Set whom officers telephone"), note, contact is not None, reverse("danger-contact")
    )


def _lead(actor: Actor) -> Iterator[Step]:
    yield from _site_and_team(actor, queries.operation(actor) is not None)


STEPS: dict[str, Callable[[Actor], Iterator[Step]]] = {
    "coordinator": _coordinator,
    "administrator": _administrator,
    "national-lead": _lead,
}


def countries_block(actor: Actor) -> SideBlock | None:
    """By country of the operation: whether police have joined, and have confirmed a care authority."""
    operation = queries.operation(actor)
    if actor.role != "coordinator" or operation is None:
        return None
    members = queries.members(actor)
    joined_ids = joined_authorities(member.pk for member in members)
    left = {member.pk for member in receiving.unconfirmed(actor.operation)}
    pairs = []
    for country, name in countries_by_name(operation.countries).items():
        police = [member for member in members if member.kind == "police" and member.country == country]
        if police:
            state = _("Joined") if any(member.pk in joined_ids for member in police) else _("Invited")
            care = _care_of(country, members, any(member.pk not in left for member in police))
        else:
            state, care = _("No police invited"), ""
        pairs.append(Pair(name, state, care))
    return SideBlock(_("Countries, by police and care"), pairs=pairs)


def _care_of(country: str, members: list[Authority], confirmed: bool) -> str:
    if confirmed:
        return _("care confirmed")
    invited = any(member.kind == "care" and member.country == country for member in members)
    return _("care not confirmed") if invited else _("no care invited")


def step(request: HttpRequest) -> HttpResponse:
    """Lead to a step's form, and remember to come back to Today once it is saved."""
    actor = asking(request)
    source = STEPS.get(actor.role)
    steps_by_key = {candidate.key: candidate for candidate in source(actor)} if source is not None else {}
    chosen = steps_by_key.get(request.GET.get("step", ""))
    if chosen is None or not chosen.href:
        return redirect("home")  # somebody has done it meanwhile, or it waits
    request.session[RETURN] = chosen.href.partition("?")[0]
    return redirect(chosen.href)


def returns(request: HttpRequest) -> bool:
    """Whether this request's form was opened from a first step; asked once, then forgotten."""
    if request.session.get(RETURN) != request.path:
        return False
    del request.session[RETURN]
    return True
