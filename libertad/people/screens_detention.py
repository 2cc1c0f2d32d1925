"""Pages of detentions and legal holds."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import crossed_words
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, readers_of
from libertad.look.fields import offer
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    FilePage,
    Filter,
    FormPage,
    Link,
    ListPage,
    Pair,
    Row,
    SideBlock,
    StatusCell,
    Table,
)
from libertad.look.paging import show_list
from libertad.look.times import span, when
from libertad.look.words import choices, words
from libertad.operations.queries import sites
from libertad.people import forms as asked
from libertad.people import forms_suspect, limits, queries, timeline, timeline_custody
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.actions.link_detention import link_detention
from libertad.people.actions.place_hold import place_hold
from libertad.people.actions.set_detention import FOLLOWS, set_detention
from libertad.people.crossed import crossed_codes, crossed_state
from libertad.people.forms_custody import DetainedForm, SamePersonMixin
from libertad.people.head import record_opening
from libertad.people.models import Detention
from libertad.people.queries import DetentionSeen, PersonSeen
from libertad.people.screens_acts import clock, own_country
from libertad.people.screens_correcting import corrected
from libertad.people.screens_correcting import links as correcting_links
from libertad.people.suspect_words import identity_block, rights_block
from libertad.vocabulary.values import Happened


def no_file() -> str:
    return _("There is no such file. Look at its reference again")


def detentions(request: HttpRequest) -> HttpResponse:
    """Detained, arrested, charged, released: none counted as another."""
    actor, state = actor_of(request), request.GET.get("state", "")
    new = Action(_("Detain or arrest"), reverse("detention-new")) if can_act(request) else None
    if may_open(actor, "holds"):
        new = Action(_("Legal holds by reference"), reverse("holds"))
    rows = []
    known_limits = limits.limits(actor)
    for held in queries.detentions(actor, state=state):
        at = held.dates.get(held.state)
        clock_ = limits.standing(actor, held, known_limits)
        rows.append(
            Row(
                [
                    Cell(held.reference, reverse("detention", args=[held.id]), provenance=held.provenance),
                    Cell(held.name or _("No name said")),
                    Cell(timeline_custody.state_words(held, held.state) or _("Taken back")),
                    Cell(when(Happened(at=at, zone=held.zone)) if at else ""),
                    _held_for(held, clock_, limits.exceedings(actor, held, known_limits)),
                    Cell(words("countries", held.country)),
                ]
            )
        )
    page = ListPage(
        title=_("Detentions"),
        second=_("Detained, arrested, charged and released are separate, each with its date."),
        table=Table(
            _("Detentions"),
            [
                Column(_("Reference")),
                Column(_("Name")),
                Column(_("Status")),
                Column(_("Since")),
                Column(_("Held for")),
                Column(_("Where")),
            ],
            rows,
        ),
        action=new,
        filters=[Filter("state", _("Status"), choices("detention-states", blank=_("All"))(), state)],
        empty=Empty(_("Nobody is detained"), _("Detentions of your country or territory appear here."), new),
    )
    pages = (
        ("limits", _("Limits on holding")),
        ("disclosed", _("Disclosed to you")),
        ("retention", _("How long files are kept")),
    )
    related = [Link(label, reverse(route)) for route, label in pages if may_open(actor, route)]
    return show_list(request, page, related=related)


def _held_for(held: DetentionSeen, standing: limits.Standing | None, over: list[limits.Exceeding]) -> Cell:
    """How long, with the limit; the shape and the words tell an alarm, not the colour alone."""
    lines = [timeline_custody.exceeding_words(exceeding) for exceeding in over]
    if standing is None:
        by_court = timeline_custody.by_court() if held.held_by_court is not None else ""
        if lines:
            second = ". ".join(filter(None, [by_court, *lines]))
            return Cell(timeline_custody.was_passed(), code="danger", second=second)
        return Cell(by_court)
    code = "danger" if lines else {"near": "needs", "passed": "danger"}.get(standing.stands.alarm, "")
    alarm = timeline_custody.alarm_words(standing.stands.alarm)
    second = ". ".join(
        filter(
            None,
            [timeline_custody.since_charge(standing), alarm, timeline_custody.limit_words(standing), *lines],
        )
    )
    return Cell(span(timeline_custody.whole_time(standing)), code=code, second=second)


def can_act(request: HttpRequest) -> bool:
    return can_say(actor_of(request), "detention.state") and actor_of(request).role != "prosecutor"


def detention_or_404(request: HttpRequest, key: str) -> DetentionSeen:
    detention = queries.detention(actor_of(request), key)
    if detention is None:
        raise Http404
    return detention


def detention(request: HttpRequest, key: str) -> HttpResponse:
    """One detention; its opening is recorded first."""
    actor, detention_file = actor_of(request), detention_or_404(request, key)
    record_opening(request, detention_file.compartment, key, "case")
    statuses = [
        StatusCell(
            timeline_custody.state_words(detention_file, state),
            "" if at else "not-decided",
            Happened(at=at, zone=detention_file.zone) if at else _("No"),
        )
        for state, at in detention_file.dates.items()
    ]
    running = limits.standing(actor, detention_file)
    over = limits.exceedings(actor, detention_file)
    statuses = [
        *timeline_custody.status_cell(running),
        *timeline_custody.court_cell(detention_file),
        *timeline_custody.exceeding_cells(over),
        *statuses,
    ]
    follows = may_follow(request, detention_file)
    act = Action(_("Record arrest or release"), reverse("detention-next", args=[key]))
    page = FilePage(
        kind=_("Detention"),
        reference=detention_file.reference,
        title=detention_file.name or _("No name said"),
        second=words("countries", detention_file.country),
        provenance=detention_file.provenance,
        action=act if follows and can_say(actor, "detention.state") else None,
        statuses=statuses,
        side=[_who_can_see(actor, detention_file)],
    )
    parts = [*timeline_custody.exceeding_block(over), *_parts(actor, detention_file, running)]
    context = {
        "page": page,
        "found": detention_file,
        "parts": parts,
        "corrections": corrected(actor, detention_file),
    }
    return render(request, "people/detention.html", context)


def _who_can_see(actor: Actor, detention: DetentionSeen) -> SideBlock:
    pairs = [Pair(reader.name, _("All of it")) for reader in readers_of(detention.compartment)]
    pairs += [
        Pair(_("Coordination centres"), _("Counted"), _("no name, no file")),
        Pair(_("All others"), _("Nothing")),
    ]
    count = len(queries.openings(actor, detention.id))
    return SideBlock(_("Who can see this"), pairs=pairs, note=timeline.openings(count))


def _parts(actor: Actor, detention: DetentionSeen, running: limits.Standing | None) -> list[SideBlock]:
    """What the page says below the statuses: how long, grounds, stages, links, the person met, the hold."""
    pairs = [Pair(_("Grounds"), detention.grounds or _("Not written down"))]
    crossing = crossed_state(actor, Detention, detention.id, "detention-states") if detention.crossed else []
    pairs += [Pair(_("Reason"), reason) for reason in detention.reasons]
    parts = [SideBlock(crossed_words.title(), lead=crossed_words.lead(), pairs=crossing)] if crossing else []
    parts += [
        *timeline_custody.clock_block(actor, detention, running),
        identity_block(actor, detention),
        rights_block(actor, detention),
        SideBlock(_("Grounds and reasons"), pairs=pairs, links=correcting_links(actor, detention)),
        *timeline_custody.unheard_block(actor, detention),
        timeline_custody.stages_block(actor, detention),
        timeline_custody.links_block(actor, detention),
    ]
    if detention.person:
        known_ = queries.person(actor, detention.person)
        links = [Link(known_.reference, reverse("person", args=[detention.person]))] if known_ else []
        both = _(
            "Both statuses stay, each with its date. Someone forced to offend is not to be punished for it."
        )
        parts.append(SideBlock(_("Also met as a potential victim"), lead=both, links=links))
        parts.append(_hold(actor, detention))
    elif may_open(actor, "detention-person"):
        link = Link(_("This is somebody who was met"), reverse("detention-person", args=[detention.id]))
        parts.append(
            SideBlock(_("Also met as a potential victim?"), lead=_("Nobody has said so."), links=[link])
        )
    return parts


def _hold(actor: Actor, detention: DetentionSeen) -> SideBlock:
    held = queries.on_hold(actor, detention.person)
    lead = (
        _("In force: nothing of this person may be erased.")
        if held
        else _("None. The person's file may be erased.")
    )
    label = _("Lift the legal hold") if held else _("Place a legal hold")
    links = [Link(label, reverse("hold", args=[detention.id]))] if can_say(actor, "hold.place") else []
    return SideBlock(_("Legal hold"), lead=lead, links=links)


def _is_same(request: HttpRequest, form: SamePersonMixin, met: PersonSeen) -> bool:
    """Whose file it is, in words, whose opening is recorded; and whether the officer said that it is so."""
    record_opening(request, met.compartment, met.id, "person")
    about = ", ".join((met.name or _("No name said"), timeline.about(met)))
    return form.is_same(met.reference, about)


def detention_new(request: HttpRequest) -> HttpResponse:
    """Detain or arrest somebody."""
    actor = actor_of(request)
    now, places = clock(request)["now"], {site.id: site for site in sites(actor)}
    place = places.get(request.POST.get("site", ""))
    form = forms_suspect.DetainForm(request.POST or None, zone=place.zone if place else actor.zone, now=now)
    offer(form, "site", [("", _("Not at a site")), *((s.id, s.reference) for s in places.values())])
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, **form.happened_arguments(now)}
        met = queries.by_reference(actor, data["person"]) if data["person"] else None
        data |= {"name": asked.said_name(data["name"]), "person": met.id if met else ""}
        left_out = (*forms_suspect.DetainForm.FOLDED, "shown", "same")
        data = {name: value for name, value in data.items() if name not in left_out}
        if form.cleaned_data["person"] and met is None:
            form.add_error("person", no_file())
        elif met is None or _is_same(request, form, met):
            done, key = try_perform(
                request,
                form,
                set_detention,
                country=own_country(request),
                source="saw",
                identity=form.known,
                **data,
            )
            if done:
                return redirect("detention", key)
    page = FormPage(
        title=_("Detain or arrest"),
        button=_("Record it"),
        back=Link(_("Detentions"), reverse("detentions")),
        wont=_("It is not counted as an arrest unless it is one."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def may_follow(request: HttpRequest, detention: DetentionSeen) -> list[str]:
    """What may follow now: the prosecution releases, police do all. A charge is recorded as a stage, with its
    offences, and nowhere else; but where it crosses with another word, which of them holds is said here."""
    follows = [state for state in FOLLOWS.get(detention.state, ()) if state != "charged"]
    if detention.crossed:
        follows += [
            code for code in crossed_codes(actor_of(request), Detention, detention.id) if code not in follows
        ]
    police = actor_of(request).role != "prosecutor"
    return [state for state in follows if police or state in ("charged", "released")]


def detention_next(request: HttpRequest, key: str) -> HttpResponse:
    """Arrest, charge or release."""
    detention = detention_or_404(request, key)
    form = asked.NextForm(request.POST or None, **clock(request))
    offer(form, "state", choices("detention-states", may_follow(request, detention))())
    if request.method == "POST" and form.is_valid():
        done, _key = try_perform(
            request,
            form,
            set_detention,
            detention=key,
            country=detention.country,
            source="decision",
            **form.cleaned_data,
        )
        if done:
            return redirect("detention", key)
    page = FormPage(
        title=_("Record arrest or release"),
        button=_("Record it"),
        reference=detention.reference,
        back=Link(detention.reference, reverse("detention", args=[key])),
        wont=_(
            "Earlier statuses stay, each with its date. The hours of holding go on until another officer has "
            "read it against the paper."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def detention_person(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody detained turns out to be somebody met."""
    actor, detention = actor_of(request), detention_or_404(request, key)
    form = DetainedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        met = queries.by_reference(actor, data["person"])
        if met is None:
            form.add_error("person", no_file())
        elif _is_same(request, form, met):
            done, _none = try_perform(
                request,
                form,
                link_detention,
                detention=key,
                person=met.id,
                reasons=data["reasons"],
                source="decision",
            )
            if done:
                return redirect("detention", key)
    page = FormPage(
        title=_("Also met as a potential victim"),
        button=_("Link the two"),
        reference=detention.reference,
        back=Link(detention.reference, reverse("detention", args=[key])),
        wont=_(
            "Neither status is taken back. "
            "The prosecution learns that there is a file, and nothing that is in it."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def hold(request: HttpRequest, key: str) -> HttpResponse:
    """Place or lift a legal hold on the person of a detention."""
    actor, detention = actor_of(request), detention_or_404(request, key)
    if not detention.person:
        raise Http404
    held = queries.on_hold(actor, detention.person)
    form = asked.HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        extra = {} if held else {"order": data["order"]}
        done, _none = try_perform(
            request,
            form,
            lift_hold if held else place_hold,
            country=detention.country,
            person=detention.person,
            reason=data["reason"],
            source="decision",
            **extra,
        )
        if done:
            return redirect("detention", key)
    page = FormPage(
        title=_("Lift the legal hold") if held else _("Place a legal hold"),
        button=_("Lift the hold") if held else _("Place the hold"),
        reference=detention.reference,
        back=Link(detention.reference, reverse("detention", args=[key])),
        wont=_("While a hold is in place, nothing of this person is erased, whoever asks."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
