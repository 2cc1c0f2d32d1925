"""Pages of teams and their check-ins."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import authority_names, can_say, clock_now, officer_names
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
    StatusCell,
    Table,
    Timeline,
    TimelineItem,
)
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import choices, words
from libertad.operations import contact_words, queries
from libertad.operations.actions.assign_team import assign_team
from libertad.operations.actions.check_in import check_in
from libertad.operations.endangered_panel import danger_panel
from libertad.operations.forms_planning import CheckInForm, TeamForm, in_zone, utc
from libertad.operations.parts import Part, police_see, said_at
from libertad.operations.presenters import TeamSeen
from libertad.operations.screens_correcting import corrected_team, may_correct
from libertad.operations.screens_sites import known_site
from libertad.operations.tasking_parts import tasking_part
from libertad.operations.words import officers, team_due, team_state


def teams(request: HttpRequest) -> HttpResponse:
    """Teams: danger and overdue first."""
    actor = actor_of(request)
    country = request.GET.get("country", "")
    teams = queries.teams(actor, country=country)
    rows = []
    for team in teams:
        state, shape = team_state(team)
        rows.append(
            Row(
                [
                    Cell(team.reference, reverse("team", args=[team.id]), provenance=team.provenance),
                    Cell(team.site_reference, reverse("site", args=[team.site])),
                    Cell(state, code=shape),
                    Cell(
                        team_due(team),
                        tone="needs" if team.overdue is not None else "",
                        second=contact_words.tried_words(team),
                    ),
                    Cell(when(said_at(team.last_check_in, team.zone)) if team.last_check_in else ""),
                    Cell(officers(team.officers)),
                ]
            )
        )
    page = ListPage(
        title=_("Teams"),
        second=_("Overdue by the operation's clock: %(number)s.")
        % {"number": sum(team.overdue is not None for team in teams)},
        filters=[
            Filter(
                "country",
                _("Country or territory"),
                choices("countries", queries.countries(actor), _("All"))(),
                country,
            )
        ],
        table=Table(
            _("Teams"),
            [
                Column(_("Team")),
                Column(_("Site")),
                Column(_("State")),
                Column(_("Check-in")),
                Column(_("Last check-in")),
                Column(_("Officers")),
            ],
            rows,
        ),
        empty=Empty(
            _("No team is assigned yet"),
            _("A team is assigned from the page of its site."),
            Action(_("See the sites"), reverse("sites")),
        ),
    )
    return show_list(request, page)


def known_team(actor: Actor, key: str) -> TeamSeen:
    team = queries.team(actor, key)
    if team is None:
        raise Http404
    return team


def team(request: HttpRequest, key: str) -> HttpResponse:
    """One team."""
    actor = actor_of(request)
    team = known_team(actor, key)
    state, shape = team_state(team)
    may = (
        not team.taken_back and can_say(actor, "team.check_in") and queries.own_country(actor) == team.country
    )
    check_ins = queries.check_ins(actor, team=key)
    plan = next((window for window in queries.windows(actor) if window.id == team.window), None)
    page = FilePage(
        kind=_("Team"),
        reference=words("countries", team.country),
        title=team.reference,
        second=_("%(officers)s at site") % {"officers": officers(team.officers)},
        second_link=Link(team.site_reference or _("Site"), reverse("site", args=[team.site])),
        second_after=f", {plan.name}" if plan else "",
        provenance=team.provenance,
        action=_action(actor, team) if may else None,
        statuses=[
            StatusCell(_("Assigned"), "", said_at(team.assigned_at, team.zone), team.authority),
            _state_cell(team, state, shape),
            StatusCell(
                _("Next check-in"),
                "overdue" if team.overdue is not None else "",
                said_at(team.due, team.zone) if team.due else "",
                team_due(team),
                needs=team.overdue is not None,
            ),
            StatusCell(
                _("Silent by plan"),
                "silent" if team.silent else "",
                said_at(team.silent_until, team.zone) if team.silent_until else _("No"),
                team.silent_why,
                prefix=_("until") if team.silent_until else "",
            ),
        ],
        side=[police_see()],
    )
    lines = [
        (
            check_in.at,
            TimelineItem(
                said_at(check_in.at, check_in.zone),
                "saw",
                _("Officer saw"),
                words("team-states", check_in.state),
                check_in.note,
                by=", ".join(filter(None, [check_in.officer, check_in.authority])),
                conflict=_("Danger to life") if check_in.danger else "",
            ),
        )
        for check_in in check_ins
    ]
    if team.contacts:
        sites = {site.id: site.reference for site in queries.sites(actor, country=team.country)}
        names = officer_names(actor, [contact.officer for contact in team.contacts])
        offices = authority_names([contact.authority for contact in team.contacts])
        # Newest first, as the check-ins are: of the same minute, the contact that was recorded later.
        lines += reversed(list(contact_words.items(team, names, offices, sites)))
        lines.sort(key=lambda line: line[0], reverse=True)
    title = _("Check-ins and contacts") if team.contacts else _("Check-ins")
    timeline = Timeline(title, [line for _at, line in lines], len(lines))
    context = {
        "page": page,
        "parts": [*tasking_part(team), *_contact_part(actor, team), *_correcting(actor, team)],
        "timeline": timeline,
        "danger": danger_panel(actor, team),
        "corrections": corrected_team(actor, key),
    }
    return render(request, "operations/file.html", context)


def _action(actor: Actor, team: TeamSeen) -> Action:
    if actor.officer in {member.officer for member in team.unread}:
        return Action(_("Read the tasking"), reverse("team-acknowledge", args=[team.id]))
    return Action(_("Check in"), reverse("team-check-in", args=[team.id]))


def _state_cell(team: TeamSeen, state: str, shape: str) -> StatusCell:
    """Where the team stands, since when: where a contact called it away, since that contact."""
    last = words("team-states", team.state) or _("Not checked in yet")
    spoke = said_at(team.last_check_in, team.zone) if team.last_check_in else None
    agreed = contact_words.last_agreed(team)
    if agreed is None or team.danger or team.overdue is not None or agreed.outcome == "carries-on":
        return StatusCell(state, shape, spoke or "", last, danger=team.danger)
    if spoke is not None:
        last = _("last check-in %(at)s: %(state)s") % {"at": when(spoke), "state": last}
    return StatusCell(state, shape, agreed.when, last)


def _contact_part(actor: Actor, team: TeamSeen) -> list[Part]:
    """What was last agreed or tried with the team, and the way to record a contact."""
    sites = {site.id: site.reference for site in queries.sites(actor, country=team.country)}
    texts = [contact_words.agreed_words(team, sites), contact_words.tried_words(team)]
    links = []
    if can_say(actor, "team.contact") and team.state != "returned" and not team.taken_back:
        links = [Link(_("Record a contact"), reverse("team-contact", args=[team.id]))]
    pairs = [Pair(_("Last contact"), text) for text in texts if text]
    if not pairs and not links:
        return []
    return [
        Part(_("Contact"), pairs=pairs, empty="" if pairs else _("Nobody has contacted it."), links=links)
    ]


def _correcting(actor: Actor, team: TeamSeen) -> list[Part]:
    """That there is no such team; and the way to correct it."""
    links = []
    if may_correct(actor, "team", team.country, team.owner):
        links = [Link(_("Correct this team"), reverse("team-correct", args=[team.id]))]
    if not links and not team.taken_back:
        return []
    note = _("There is no such team: it was recorded by mistake. Nothing is expected of it.")
    pairs = [Pair(_("Taken back"), note)] if team.taken_back else []
    return [Part(_("The team"), pairs=pairs, links=links)]


def team_check_in(request: HttpRequest, key: str) -> HttpResponse:
    """Check in: on a phone, danger first."""
    actor = actor_of(request)
    team = known_team(actor, key)
    if queries.own_country(actor) != team.country:
        raise Http404
    form = CheckInForm(request.POST or None)
    in_zone(form, ("happened",), actor.zone, clock_now(actor.operation))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        again = values.pop("again_in")
        start = values["happened"].utc if values["happened"] else clock_now(actor.operation)
        due = start + timedelta(minutes=again) if again and values["state"] != "returned" else None
        done, _entry = try_perform(request, form, check_in, team=key, next_due=due, **values)
        if done:
            return redirect("team", key)
    context = {
        "form": form,
        "back": Link(team.reference, reverse("team", args=[key])),
        "where": f"{team.reference}, {team.site_reference}",
    }
    return render(request, "operations/check_in.html", context)


def team_new(request: HttpRequest, key: str) -> HttpResponse:
    """Assign a team to a site."""
    actor = actor_of(request)
    site = known_site(actor, key)
    form = TeamForm(
        request.POST or None,
        initial={"first_check_in": said_at(clock_now(actor.operation) + timedelta(hours=2), site.zone)},
    )
    in_zone(form, ("first_check_in", "silent_until"), site.zone)
    offer(
        form,
        "window",
        [
            ("", _("None")),
            *((window.id, window.name) for window in queries.windows(actor)),
        ],
    )
    offer(form, "member", queries.officers_to_name(actor, site.country))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        for name in ("first_check_in", "silent_until"):
            values[name] = utc(values[name])
        done, team = try_perform(request, form, assign_team, country=site.country, site=key, **values)
        if done:
            return redirect("team", team)
    page = FormPage(
        title=_("Assign a team"),
        reference=site.reference,
        button=_("Assign the team"),
        back=Link(site.reference, reverse("site", args=[key])),
        intro=site.name,
        wont=_("Nobody is told outside Libertad. You see on Today who has not acknowledged the tasking."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
