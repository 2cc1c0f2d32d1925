"""Words for how long somebody is held, stages after a charge, and what a suspect is linked to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say, officer_names
from libertad.evidence import queries as evidence
from libertad.look.page_objects import Link, Pair, SideBlock, StatusCell, Thing
from libertad.look.times import day, span, when
from libertad.look.words import words
from libertad.operations import queries as operations
from libertad.people.custody import Stage, Unheard
from libertad.people.fold_silence import UNREAD
from libertad.people.hours import AFTER, BEFORE
from libertad.people.limits import Exceeding, LimitSeen, Standing
from libertad.people.queries import DetentionSeen
from libertad.people.stage_order import rules
from libertad.vocabulary.values import Happened


def state_words(detention: DetentionSeen, state: str) -> str:
    """'Charged', or 'Charged, waits for a second reading' where its word ends no clock yet."""
    text = words("detention-states", state)
    unheard = [word.flaw for word in detention.unheard if _sets(word) == state]
    if detention.running is None or not unheard or (state, detention.running.kind) == ("charged", AFTER):
        return text
    waits = (
        _("%(state)s, waits for a second reading") if UNREAD in unheard else _("%(state)s, without effect")
    )
    return waits % {"state": text}


def _sets(word: Unheard) -> str:
    """The status that a release or a stage sets; '' for none."""
    return "released" if word.released else "charged" if word.what == "charged" else ""


def title(detention: DetentionSeen, standing: Standing) -> str:
    """'Held for 2 d 13 h without a charge'; 'at least' where nobody knows since when."""
    start_unknown = standing.running.since.precision == "unknown"
    lasted = {"span": span(standing.stands.lasted), "whole": span(whole_time(standing))}
    charged = any(_sets(word) == "charged" for word in detention.unheard)
    if standing.running.kind == BEFORE and charged:
        text = _("Held for at least %(span)s") if start_unknown else _("Held for %(span)s")
        return f"{text % lasted}. {state_words(detention, 'charged')}"
    if standing.running.kind == BEFORE:
        text = (
            _("Held for at least %(span)s without a charge")
            if start_unknown
            else _("Held for %(span)s without a charge")
        )
    else:
        if start_unknown or standing.running.held.precision == "unknown":
            text = _("Held for at least %(whole)s, %(span)s of it since the charge, before a court")
        else:
            text = _("Held for %(whole)s, %(span)s of it since the charge, before a court")
    return text % lasted


def whole_time(standing: Standing) -> timedelta:
    """How long the person is held in all: the clock that runs began anew with the charge."""
    return standing.stands.lasted + max(timedelta(), standing.running.since.at - standing.running.held.at)


def since_charge(standing: Standing) -> str:
    """'22 min since the charge'; '' before one."""
    if standing.running.kind == BEFORE:
        return ""
    return _("%(span)s since the charge") % {"span": span(standing.stands.lasted)}


def by_court() -> str:
    return _("Held by a court's order")


def court_cell(detention: DetentionSeen) -> list[StatusCell]:
    """That somebody is held by a court's order: since when in all, and by which stage of a court last."""
    last = next(
        (
            stage
            for stage in reversed(detention.stages)
            if stage.stands and not stage.flaw and rules().does.get(stage.stage) == "court"
        ),
        None,
    )
    if detention.held_by_court is None or last is None:
        return []
    stage = ", ".join((words("stages", last.stage), day(last.when)))
    return [StatusCell(by_court(), "done", detention.held_by_court, stage, prefix=_("held since"))]


def limit_words(standing: Standing) -> str:
    """The limit and whose word it is, or that nobody confirmed one here: nothing is assumed."""
    limit = standing.limit
    if limit is None:
        return _("Limit not confirmed here: ask")
    if not limit.hours:
        return _("The law gives no hours: %(law)s") % {"law": limit.law}
    hours = ngettext("Limit %(n)d hour", "Limit %(n)d hours", limit.hours) % {"n": limit.hours}
    return f"{hours}: {limit.law}"


def ends_words(standing: Standing) -> str:
    """When the limit passes or passed, by the clock of the place; '' without hours."""
    if standing.stands.ends is None:
        return ""
    at = when(Happened(at=standing.stands.ends, zone=standing.running.since.zone))
    return (_("Passed at %(at)s") if standing.stands.alarm == "passed" else _("Passes at %(at)s")) % {
        "at": at
    }


def counted_words(standing: Standing) -> str:
    """From when it counts, where that was not written down to the minute; '' where it was."""
    since, part = standing.running.since, standing.running.day_part
    at = when(Happened(at=since.at, zone=since.zone))
    if since.precision == "minute":
        return ""
    if since.precision == "unknown":
        return _("When it began is not known: counted from when it was recorded, %(at)s. It is longer.") % {
            "at": at
        }
    known_time = words("day-parts", part) if part else _("%(day)s, hour not known") % {"day": day(since)}
    return _("Known: %(said)s. Counted from the earliest that this may mean: %(at)s") % {
        "said": known_time,
        "at": at,
    }


def alarm_words(alarm: str) -> str:
    return {"near": _("Limit is near"), "passed": _("Limit has passed")}.get(alarm, "")


def was_passed() -> str:
    return _("Limit was passed")


def exceeding_words(exceeding: Exceeding) -> str:
    """'The limit of 72 hours was passed by 5 h 00 min before the charge'."""
    values = {"n": exceeding.limit.hours, "over": exceeding_span(exceeding)}
    if exceeding.period.kind == BEFORE:
        text = ngettext(
            "The limit of %(n)d hour was passed %(over)s",
            "The limit of %(n)d hours was passed %(over)s",
            exceeding.limit.hours,
        )
    else:
        text = ngettext(
            "The limit of %(n)d hour after the charge was passed %(over)s",
            "The limit of %(n)d hours after the charge was passed %(over)s",
            exceeding.limit.hours,
        )
    return text % values


def exceeding_span(exceeding: Exceeding) -> str:
    """'by 5 h 00 min before the charge'."""
    text = {
        "charged": _("by %(span)s before the charge"),
        "court": _("by %(span)s before a court"),
        "released": _("by %(span)s before the release"),
    }[exceeding.period.ended]
    return text % {"span": span(exceeding.over)}


def exceeding_cells(exceedings: Sequence[Exceeding]) -> list[StatusCell]:
    """What stays in the strip of a detention's page after a limit was passed."""
    return [
        StatusCell(was_passed(), "danger", exceeding_span(exceeding), exceeding.limit.law, danger=True)
        for exceeding in exceedings
    ]


def exceeding_block(exceedings: Sequence[Exceeding]) -> list[SideBlock]:
    """Each limit that was passed, from when and until when was counted, and whose word the limit is."""
    pairs = []
    for exceeding in exceedings:
        since, until = exceeding.period.since, exceeding.period.until
        stretch = _("Counted from %(since)s to %(until)s") % {
            "since": when(Happened(at=since.at, zone=since.zone)),
            "until": when(Happened(at=until.at, zone=until.zone)),
        }
        pairs.append(Pair(limit_line(exceeding.limit), stretch, confirmed_by(exceeding.limit)))
    lead = " ".join(f"{exceeding_words(exceeding)}." for exceeding in exceedings)
    return [SideBlock(_("A limit was passed"), lead=lead, pairs=pairs)] if exceedings else []


def status_cell(standing: Standing | None) -> list[StatusCell]:
    """The clock in the strip of a detention's page."""
    if standing is None:
        return []
    alarm = standing.stands.alarm
    label = alarm_words(alarm) or _("Held")
    needs = alarm == "near" or standing.limit is None
    code = {"near": "needs", "passed": "danger"}.get(alarm, "needs" if standing.limit is None else "due")
    return [
        StatusCell(
            label,
            code,
            span(whole_time(standing)),
            ". ".join(filter(None, [since_charge(standing), limit_words(standing)])),
            needs=needs,
            danger=alarm == "passed",
        )
    ]


def clock_block(actor: Actor, detention: DetentionSeen, standing: Standing | None) -> list[SideBlock]:
    """How long, from when it is counted, against which limit and whose word that is."""
    if standing is None:
        return []
    since = Happened(at=standing.running.since.at, zone=standing.running.since.zone)
    pairs = [Pair(_("Counted since"), when(since), counted_words(standing))]
    if standing.running.held != standing.running.since:
        held = standing.running.held
        pairs.append(Pair(_("Held since"), when(Happened(at=held.at, zone=held.zone))))
    for limit in standing.limits:
        pairs.append(
            Pair(
                limit_line(limit),
                ends_words(standing) if limit == standing.limit else "",
                confirmed_by(limit),
            )
        )
    lead = title(detention, standing) + (
        f". {alarm_words(standing.stands.alarm)}." if standing.stands.alarm else "."
    )
    note = ""
    if not standing.limits:
        note = _("Limit not confirmed here: ask somebody who knows this country's law.")
    elif len({limit.hours for limit in standing.limits}) > 1:
        note = _("Two authorities confirmed different limits: the shorter one counts.")
    links = [Link(_("Limits on holding"), reverse("limits"))] if may_open(actor, "limits") else []
    return [SideBlock(_("How long"), lead=lead, pairs=pairs, note=note, links=links)]


def limit_line(limit: LimitSeen) -> str:
    if limit.hours:
        return ngettext("%(n)d hour, %(law)s", "%(n)d hours, %(law)s", limit.hours) % {
            "n": limit.hours,
            "law": limit.law,
        }
    return _("No hours, %(law)s") % {"law": limit.law}


def confirmed_by(limit: LimitSeen) -> str:
    by = ", ".join(filter(None, [limit.officer, limit.authority_name, when(limit.when)]))
    return _("confirmed by %(by)s") % {"by": by}


def stage_things(actor: Actor, stages: Sequence[Stage]) -> list[Thing]:
    names = officer_names(actor, [stage.officer for stage in stages])
    return [
        Thing(
            ", ".join(filter(None, [words("stages", stage.stage), stage.charge])),
            when(stage.when) if stage.stands else _("replaced: was %(when)s") % {"when": when(stage.when)},
            "plain" if not stage.stands else "needs" if stage.flaw else "done",
            ". ".join(
                text.rstrip(". ")
                for text in (
                    flaw_words(stage.flaw) if stage.stands else "",
                    stage.skips,
                    stage.court,
                    stage.order,
                    stage.note,
                    stage.reasons,
                    names.get(stage.officer, ""),
                )
                if text
            ),
        )
        for stage in stages
    ]


def flaw_words(flaw: str) -> str:
    """Why a word ends no clock; '' where it does."""
    return {
        "unread": _("Not read by a second officer: the hours go on"),
        "declined": _("A second officer does not agree: the hours go on"),
        "skips": _("What comes before it is not recorded: the hours go on"),
        "order": _("It follows from nothing that is recorded: the hours go on"),
        "names": _("It names no court or no order: the hours go on"),
        "day": _("Its day is not known: the hours go on"),
        "another": _("Another charge has no end: the hours go on"),
    }.get(flaw, "")


def unheard_title(word: Unheard) -> str:
    """'Remanded in custody, Count 1', 'Released on bail'."""
    what = words("release-kinds" if word.released else "stages", word.what) if word.what else _("Released")
    return ", ".join(filter(None, [what, word.charge]))


def unheard_text(word: Unheard) -> str:
    """Court, order and day, as they are held against the paper."""
    return ", ".join(filter(None, [word.court, word.order, when(word.when)]))


def reads_second(actor: Actor, word: Unheard) -> bool:
    """Whether this officer reads a word that another said."""
    return word.waits and word.officer != actor.officer and can_say(actor, "detention.read")


def unheard_block(actor: Actor, detention: DetentionSeen) -> list[SideBlock]:
    """What was recorded and ends no clock yet; with what waits for a second officer, and for whom."""
    if not detention.unheard:
        return []
    names = officer_names(actor, [word.officer for word in detention.unheard])
    things = [
        Thing(
            unheard_title(word),
            when(word.when),
            "needs",
            ". ".join(filter(None, [flaw_words(word.flaw), word.court, word.order, names.get(word.officer)])),
            Link(_("Read it against the paper"), reverse("detention-read", args=[detention.id, word.entry]))
            if reads_second(actor, word)
            else None,
        )
        for word in detention.unheard
    ]
    lead = _("A lead of police or a prosecutor other than who recorded it reads it against the paper.")
    if not any(word.waits for word in detention.unheard):
        lead = _("Record it anew with what is missing.")
    return [SideBlock(_("Recorded, and the hours go on"), lead=lead, things=things)]


def stages_block(actor: Actor, detention: DetentionSeen) -> SideBlock:
    links = []
    if can_say(actor, "detention.stage"):
        links = [Link(_("Record charge or court decision"), reverse("detention-stage", args=[detention.id]))]
    lead = "" if detention.stages else _("Nothing yet. Each stage is dated, for each charge.")
    return SideBlock(
        _("Charges and court decisions"),
        lead=lead,
        things=stage_things(actor, detention.stages),
        note="" if links else _("A national lead or a prosecutor records a charge and what a court decides."),
        links=links,
    )


def links_block(actor: Actor, detention: DetentionSeen) -> SideBlock:
    """Exhibits and sites of the suspect, as far as this role reads them; of others not even how many."""
    listed = []
    change, reads_sites = can_say(actor, "detention.link"), may_open(actor, "site")
    for link in detention.linked:
        named = _linked_reference(actor, link.kind, link.other)
        if named is None:
            continue
        label, href = named
        listed.append(
            Thing(label, words("link-kinds", link.kind), "plain", link.reasons, Link(_("Open it"), href))
        )
    here = operations.site(actor, detention.site) if detention.site and reads_sites else None
    if here is not None:
        listed.append(
            Thing(
                here.reference,
                _("Held there"),
                "plain",
                here.name,
                Link(_("Open it"), reverse("site", args=[here.id])),
            )
        )
    links = []
    if change:
        links = [Link(link_title(actor), reverse("detention-link", args=[detention.id]))]
        if listed and detention.linked:
            links.append(Link(_("End a link"), reverse("detention-unlink", args=[detention.id])))
    lead = _("No exhibit and no site is linked to this suspect.") if reads_sites else ""
    lead = lead or _("No exhibit is linked to this suspect.")
    title_text = _("Exhibits and sites") if reads_sites else _("Exhibits")
    return SideBlock(title_text, lead="" if listed else lead, things=listed, links=links)


def link_title(actor: Actor) -> str:
    """What this role can link to a suspect: of what it does not read nothing is said."""
    return _("Link an exhibit or a site") if may_open(actor, "site") else _("Link an exhibit")


def _linked_reference(actor: Actor, kind: str, linked_id: str) -> tuple[str, str] | None:
    """Reference and address of what is linked; None where this role does not read it."""
    if kind == "exhibit" and may_open(actor, "exhibit"):
        exhibit = evidence.exhibit(actor, linked_id)
        return None if exhibit is None else (exhibit.reference, reverse("exhibit", args=[linked_id]))
    if kind == "site" and may_open(actor, "site"):
        site = operations.site(actor, linked_id)
        return None if site is None else (site.reference, reverse("site", args=[linked_id]))
    return None
