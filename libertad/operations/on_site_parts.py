"""Parts of a site's file: who was counted beside who is on file, rooms as measured, ways in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.queries import can_say
from libertad.access.screens_correcting import correction_lines
from libertad.look.corrections import CorrectionLine
from libertad.look.page_objects import Cell, Column, Link, Pair, Row, Table
from libertad.look.times import day, when
from libertad.look.words import words
from libertad.operations.corrected import ROOM, WAY_IN
from libertad.operations.models import Room, WayIn
from libertad.operations.on_site_views import HeadcountSeen, Reckoning, RoomSeen, Told, WayInSeen
from libertad.operations.parts import Part
from libertad.operations.presenters import SiteSeen
from libertad.operations.queries import own_country
from libertad.operations.queries_on_site import headcounts, reckoning, rooms, ways
from libertad.operations.screens_correcting import disputed, labels, may_correct, value_words
from libertad.operations.space import space


def on_site(actor: Actor, site: SiteSeen, references: Mapping[str, str]) -> list[Part]:
    """The parts that show what a team said at the site; `references`: of teams, by id."""
    return [
        _count_part(actor, site, references),
        _rooms(actor, site),
        _ways(actor, site),
    ]


def on_site_corrections(actor: Actor, site: SiteSeen) -> list[CorrectionLine]:
    """What was corrected of rooms and ways in."""
    lines = []
    for label, names, listed in (
        (Room._meta.label, ROOM, rooms(actor, site=site.id)),
        (WayIn._meta.label, WAY_IN, ways(actor, site=site.id)),
    ):
        for row in listed:
            lines += correction_lines(
                actor, label, row.id, names, labels(), lambda name, value: value_words(name, value, {})
            )
    return lines


def may_count(actor: Actor, site: SiteSeen) -> bool:
    """Whether the actor's force counts and measures at the site."""
    return can_say(actor, "headcount.record") and site.country == own_country(actor)


# -- who was counted -----------------------------------------------------------------------------


def group_labels() -> dict[str, str]:
    return {
        "men": _("Men"),
        "women": _("Women"),
        "children": _("Children"),
        "unclear": _("Unclear"),
        "left_before_spoken": _("Left before we spoke"),
        "still_to_meet": _("Still to meet"),
        "counted_twice": _("Counted twice"),
        "other": _("Something else"),
    }


def in_groups(line: Told) -> str:
    """'6 men, 21 women': each group with its number, as far as it was counted."""
    names = group_labels()
    return ", ".join(
        _("%(number)d %(group)s") % {"number": number, "group": names[name].lower()}
        for name, number in line.groups.items()
    )


def people(number: int) -> str:
    return ngettext("%(number)d person", "%(number)d people", number) % {"number": number}


def difference_words(known: Reckoning) -> tuple[str, str]:
    """(how many are not on file, what explains it)."""
    if known.recorded is None:
        return _("Not known here"), _("The police of this country keep the files of people met there.")
    if not known.difference:
        return _("Nobody"), _("As many are on file as were counted.")
    number = (
        people(known.difference)
        if known.difference > 0
        else _("%(number)d more on file than counted") % {"number": -known.difference}
    )
    if not known.explained:
        return number, _("Nobody has explained it.")
    by = [h.explanations[-1] for h in known.headcounts if h.explanations]
    names = {"explained": known.explained, "all": abs(known.difference)}
    sentence = _("%(explained)d of %(all)d explained by %(officers)s.") % {
        **names,
        "officers": ", ".join(dict.fromkeys(filter(None, (line.officer or line.authority for line in by)))),
    }
    return number, " ".join([sentence, *(f"{in_groups(line)}." for line in by)])


def _count_part(actor: Actor, site: SiteSeen, references: Mapping[str, str]) -> Part:
    title, links, may = _("Headcount"), [], may_count(actor, site)
    if may:
        links.append(Link(_("Record a headcount"), reverse("headcount-new", args=[site.id])))
    known = reckoning(actor, site.id, site.country, own_country(actor))
    if known is None:
        return Part(title, empty=_("Nobody has counted yet."), links=links)
    if may:
        for counted in known.headcounts:
            team = {"team": references.get(counted.team, _("the team"))}
            links.append(
                Link(_("Count anew: %(team)s") % team, reverse("headcount-again", args=[counted.id]))
            )
            if known.difference:
                link = reverse("headcount-explain", args=[counted.id])
                links.append(Link(_("Explain the difference: %(team)s") % team, link))
    number, why = difference_words(known)
    on_file = _("Not known here") if known.recorded is None else people(known.recorded)
    pairs = [
        Pair(_("Counted by eye"), people(known.sum_counted)),
        Pair(_("On file"), on_file),
        Pair(_("Not recorded"), number, why),
    ]
    listed = headcounts(actor, site=site.id)
    notes = _(
        "Nobody was asked, and nobody is a potential victim by this number. A later count takes the place of "
        "the former; both stay on file."
    )
    return Part(title, _count_table(listed, known, references, notes), pairs=pairs, links=links)


def _count_table(
    listed: Sequence[HeadcountSeen], known: Reckoning, references: Mapping[str, str], notes: str
) -> Table:
    names = group_labels()
    standing = {counted.id for counted in known.headcounts}
    rows = []
    for counted in listed:
        for place, line in enumerate(counted.counts):
            stands = place == 0 and counted.id in standing
            rows.append(
                Row(
                    [
                        Cell(
                            when(line.when),
                            second=", ".join(
                                filter(None, [references.get(counted.team), line.officer, line.authority])
                            ),
                            provenance=counted.provenance,
                        ),
                        *(
                            Cell(str(line.groups[name]) if name in line.groups else _("not counted"))
                            for name in ("men", "women", "children", "unclear")
                        ),
                        Cell(str(line.total), second="" if stands else _("a later count stands")),
                        Cell(line.note),
                    ]
                )
            )
        for line in counted.explanations:
            rows.append(
                Row(
                    [
                        Cell(when(line.when), second=", ".join(filter(None, [line.officer, line.authority]))),
                        *(Cell("") for _group in range(4)),
                        Cell(_("explained: %(number)d") % {"number": line.total}, second=in_groups(line)),
                        Cell(line.note),
                    ]
                )
            )
    columns = [
        Column(_("When, and by whom")),
        *(Column(names[name]) for name in ("men", "women", "children", "unclear")),
        Column(_("All")),
        Column(_("Note")),
    ]
    return Table(_("Headcount"), columns, rows, note=notes)


# -- rooms ---------------------------------------------------------------------------------------


def size_of(room: RoomSeen) -> str:
    """'2.4 by 1.9 m, 1.5 m high'."""
    length, width = (f"{side:g}" if side is not None else "?" for side in (room.length_m, room.width_m))
    sides = [
        _("%(length)s by %(width)s m") % {"length": length, "width": width}
        if room.length_m is not None or room.width_m is not None
        else "",
        _("%(height)s m high") % {"height": f"{room.height_m:g}"} if room.height_m is not None else "",
    ]
    return ", ".join(filter(None, sides)) or _("not measured")


def compared(room: RoomSeen) -> str:
    """How the floor for each who sleeps there compares; '' where it is not known."""
    each, standards = room.m2_each, space()
    if each is None:
        return ""
    if each < standards.mattress.m2:
        return _("less than one mattress")
    if each < standards.sphere.m2_each:
        return _("less than Sphere asks for")
    return _("as much as Sphere asks for, or more")


def _rooms(actor: Actor, site: SiteSeen) -> Part:
    title, listed = _("Rooms, as they were measured"), rooms(actor, site=site.id)
    links = [Link(_("Measure a room"), reverse("room-new", args=[site.id]))] if may_count(actor, site) else []
    if not listed:
        return Part(title, empty=_("No room was measured yet."), links=links)
    may = may_correct(actor, "room", site.country, "")
    rows = [
        Row(
            [
                Cell(
                    room.label,
                    reverse("room-correct", args=[room.id]) if may else "",
                    second=", ".join(filter(None, [day(room.when), room.officer])),
                    provenance=room.provenance,
                ),
                Cell(size_of(room), second=words("measuring-ways", room.measured)),
                Cell(str(room.sleeping) if room.sleeping is not None else _("not counted")),
                Cell(
                    _("%(area)s m²") % {"area": f"{room.m2_each:.2f}"} if room.m2_each is not None else "",
                    second=compared(room),
                ),
                *(
                    Cell(words(name, code) if code else _("not looked at"))
                    for name, code in (
                        ("room-locks", room.lock),
                        ("room-water", room.water),
                        ("room-light", room.light),
                    )
                ),
                Cell(room.note, second=" ".join(disputed(room.versions))),
            ]
        )
        for room in listed
    ]
    columns = [
        Column(_("Room")),
        Column(_("Size")),
        Column(_("Sleep here")),
        Column(_("Floor for each")),
        Column(_("Lock")),
        Column(_("Water")),
        Column(_("Light")),
        Column(_("Note")),
    ]
    return Part(title, Table(title, columns, rows, note=standard_words()), links=links)


def standard_words() -> str:
    """With what floors are compared, and whose number it is."""
    sphere, mattress = space().sphere, space().mattress
    return _(
        "Sphere asks for at least %(each)s m² for each person, %(height)s m high (%(source)s; published). "
        "A mattress of %(length)s by %(width)s m is %(area)s m² (assumed)."
    ) % {
        "each": f"{sphere.m2_each:g}",
        "height": f"{sphere.height_m:g}",
        "source": sphere.source,
        "length": f"{mattress.length_m:g}",
        "width": f"{mattress.width_m:g}",
        "area": f"{mattress.m2:.2f}",
    }


# -- ways in -------------------------------------------------------------------------------------


def _ways(actor: Actor, site: SiteSeen) -> Part:
    title, listed = _("Access routes"), ways(actor, site=site.id)
    links = []
    if can_say(actor, "site.way_in"):
        links.append(Link(_("Add an access route"), reverse("way-in-new", args=[site.id])))
    if not listed:
        return Part(title, empty=_("No access route is described yet."), links=links)
    columns = [
        Column(_("Way")),
        Column(_("Last network")),
        Column(_("Who is seen coming")),
        Column(_("Note")),
    ]
    rows = [_way_row(actor, site, way) for way in listed]
    return Part(title, Table(title, columns, rows), links=links)


def _way_row(actor: Actor, site: SiteSeen, way: WayInSeen) -> Row:
    may = may_correct(actor, "way-in", site.country, way.owner)
    return Row(
        [
            Cell(
                words("site-access", way.path),
                reverse("way-in-correct", args=[way.id]) if may else "",
                second=", ".join(
                    filter(None, [_("closed") if way.closed else "", day(way.when), way.officer])
                ),
                provenance=way.provenance,
            ),
            Cell(way.last_network or _("Not known")),
            Cell(way.seen_coming or _("Not known")),
            Cell(way.note, second=" ".join(disputed(way.versions))),
        ]
    )
