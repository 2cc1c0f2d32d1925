"""Parts of a site's file: visits, corrections, where it lies, how much room there is."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say
from libertad.look.page_objects import Cell, Column, Link, Pair, Row, SideBlock, Table, TimelineItem
from libertad.look.suspects import suspects_block
from libertad.look.times import day
from libertad.look.words import source_label, words
from libertad.operations.parts import Part, said_at
from libertad.operations.presenters import Measure, SiteSeen, VisitSeen
from libertad.operations.queries import own_country
from libertad.operations.screens_correcting import disputed, may_correct
from libertad.operations.words import heads_counted, on_file, site_status
from libertad.people.queries import at_site, linked_to


def visited(actor: Actor, visit: VisitSeen, references: dict[str, str]) -> TimelineItem:
    links = []
    if may_correct(actor, "visit", visit.country, ""):
        links.append(Link(_("Correct this visit"), reverse("visit-correct", args=[visit.id])))
    corrected = _("Corrected, see below.") if visit.corrections else ""
    sentences = [visit.note, *measured_in(visit), corrected]
    return TimelineItem(
        said_at(visit.at, visit.zone),
        "saw",
        source_label("saw"),
        words("visit-outcomes", visit.outcome)
        + (f": {visit.people}" if visit.outcome == "people-found" else ""),
        " ".join(filter(None, sentences)),
        by=", ".join(filter(None, [visit.officer, references.get(visit.team), visit.authority])),
        conflict=" ".join(disputed(visit.versions, references)),
        links=links,
    )


def met_here(actor: Actor, site: SiteSeen) -> tuple[str, str]:
    """(status, who was met) of a site: those on file, for who reads such files, and apart from them the
    headcount of its visits, which makes nobody a potential victim."""
    label, heads = site_status(site)[0], heads_counted(site.people) if site.visits else ""
    if not may_open(actor, "person"):
        return label, heads
    filed = sum(not person.twice for person in at_site(actor, site.id))
    if site.status == "people-met" and not filed:
        label = words("visit-outcomes", "people-found")
    return label, ". ".join(filter(None, [on_file(filed) if filed or site.people else "", heads]))


def at_work(actor: Actor, site: SiteSeen) -> list[Link]:
    """What an officer of the site's country does there next, with the site chosen already."""
    if site.country != own_country(actor) or not can_say(actor, "visit.record"):
        return []
    routes = [("person-new", _("Record a person met here")), ("exhibits-new", _("Take exhibits here"))]
    return [
        Link(label, f"{reverse(route)}?site={site.id}") for route, label in routes if may_open(actor, route)
    ]


def correct(actor: Actor, site: SiteSeen) -> list[Link]:
    if not may_correct(actor, "site", site.country, site.owner):
        return []
    return [Link(_("Correct this site"), reverse("site-correct", args=[site.id]))]


def corrections(site: SiteSeen) -> list[Part]:
    """What two corrections say differently; nothing while nobody has. What was corrected stands below."""
    pairs = [Pair(_("To be settled"), text) for text in disputed(site.versions)]
    return [Part(_("Two corrections are on file"), pairs=pairs)] if pairs else []


def where(site: SiteSeen) -> list[Pair]:
    return [
        Pair(_("In words"), site.place or _("Not known")),
        Pair(
            _("Latitude and longitude"),
            f"{round(site.lat, 5)}, {round(site.lon or 0, 5)}" if site.lat is not None else _("Not known"),
            _("within %(metres)s m") % {"metres": site.within_m} if site.within_m else "",
        ),
        Pair(_("Reached"), _listed([words("site-access", code) for code in site.access]) or _("Not known")),
        Pair(_("Telephone network"), site.network or _("Not known")),
    ]


def suspects(actor: Actor, key: str) -> list[SideBlock]:
    """Who is held in connection with the site, for those who read detentions."""
    if not may_open(actor, "detention"):
        return []
    return suspects_block(
        linked_to(actor, "site", key), lambda detention: reverse("detention", args=[detention])
    )


def _listed(labels: list[str]) -> str:
    """'On foot, by river': one sentence of several labels."""
    return ", ".join(labels[:1] + [word[:1].lower() + word[1:] for word in labels[1:]])


def measured_in(visit: VisitSeen) -> list[str]:
    """What this visit measured and observed, a sentence each; [] where it did not."""
    sentences = []
    if visit.living_space_m2 is not None:
        sentences.append(_("Living space: %(space)s.") % {"space": measured(visit)})
    if hours := working_hours(visit):
        sentences.append(_("Work: %(hours)s.") % {"hours": hours})
    if visit.conditions:
        sentences.append(_("Found there: %(list)s.") % {"list": indicators(visit.conditions)})
    if visit.conditions_absent:
        sentences.append(
            _("Looked for, not found: %(list)s.") % {"list": indicators(visit.conditions_absent)}
        )
    return sentences


def working_hours(visit: VisitSeen) -> str:
    """'14 hours a day, 7 days a week', as far as it is known."""
    hours, days = visit.hours_a_day, visit.days_a_week
    known = [
        _("%(hours)s hours a day") % {"hours": f"{hours:g}"} if hours is not None else "",
        ngettext("%(n)d day a week", "%(n)d days a week", days) % {"n": days} if days is not None else "",
    ]
    return ", ".join(filter(None, known))


def indicators(codes: Sequence[str]) -> str:
    return _listed([words("indicators-ilo-11", code) for code in codes])


def conditions(visits: Sequence[VisitSeen], references: dict[str, str]) -> list[Part]:
    """What was measured when, newest first, a row for each visit that measured something; [] if none did.

    No row replaces another: what was found once stays, and what was not found later does not undo it.
    """
    rows = [
        Row(
            [
                Cell(day(said_at(visit.at, visit.zone)), second=references.get(visit.team, "")),
                Cell(measured(visit) if visit.living_space_m2 is not None else ""),
                Cell(working_hours(visit)),
                Cell(indicators(visit.conditions)),
                Cell(indicators(visit.conditions_absent)),
            ]
        )
        for visit in visits
        if measured_in(visit)
    ]
    if not rows:
        return []
    title = _("Conditions, as they were measured")
    columns = [
        Column(_("Visit")),
        Column(_("Living space")),
        Column(_("Work")),
        Column(_("Found there")),
        Column(_("Looked for, not found")),
    ]
    note = _("Indicators of forced labour of the ILO. Not finding one proves nothing.")
    return [Part(title, Table(title, columns, rows, note=note))]


def newest_measured(site: SiteSeen) -> str:
    """'12.5 m² for 6 people, as measured on 9 April 2018': by the last visit that measured, if one did."""
    newest = site.measure
    if newest is None:
        return _("not measured")
    return _("%(measured)s on %(day)s") % {"measured": measured(newest), "day": day(newest.when)}


def measured(site: Measure | VisitSeen) -> str:
    if site.living_space_m2 is None:
        return _("not measured")
    area = f"{site.living_space_m2:g}"
    if not site.living_space_people:
        return _("%(area)s m² as measured, people not counted") % {"area": area}
    return ngettext(
        "%(area)s m² for %(people)d person, as measured",
        "%(area)s m² for %(people)d people, as measured",
        site.living_space_people,
    ) % {"area": area, "people": site.living_space_people}
