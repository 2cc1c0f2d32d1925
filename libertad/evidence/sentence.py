"""The sentence that a court reads: made from the entries, never edited."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.evidence.custody import Chain, Event, Gap, Hold
from libertad.look import times
from libertad.vocabulary.values import Happened


def happened(event: Event) -> Happened:
    """When an event happened, in the zone it was said in."""
    return Happened(at=event.at, zone=event.zone, precision=event.precision)  # type: ignore[arg-type]


def sentence(chain: Chain, now: datetime) -> str:
    """How the exhibit was held from its taking on, its gaps, their seals, and what contradicts."""
    sentences = [_custody_sentence(chain, now)]
    sentences += [_taken_over(hold) for hold in chain.holds if hold.start.kind == "take_over"]
    for gap in chain.gaps:
        sentences += _seals(gap, several=len(chain.gaps) > 1)
    sentences += _unsealed(chain)
    if chain.conflicts:
        count = len(chain.conflicts)
        sentences.append(
            ngettext(
                "%(count)d entry contradicts this and stands beside it.",
                "%(count)d entries contradict this and stand beside it.",
                count,
            )
            % {"count": count}
        )
    return " ".join(sentences)


def seals_put_on(chain: Chain) -> list[Event]:
    """The seals that its holder put on, in order of time: not those that contradict the chain."""
    held = ("", "seal-opened-differs")
    return [event for event in chain.events if event.kind == "seal" and chain.flaw(event) in held]


def sealed_at_once(chain: Chain) -> bool:
    """Whether a seal was put on in the minute of the taking: no time can be said between the two."""
    seals = seals_put_on(chain)
    return bool(seals) and _minute(seals[0].at) == _minute(chain.start)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _unsealed(chain: Chain) -> list[str]:
    """How long no seal was on it from its taking on; a seal that names an opened one leaves that open."""
    seals = seals_put_on(chain)
    if not seals:
        return [_("No seal is on record.")]
    if sealed_at_once(chain):
        return []
    seized_at, first = happened(chain.holds[0].start), happened(seals[0])
    until = Happened(at=first.at, zone=seized_at.zone, precision=first.precision)
    text = (
        _("No seal is on record for the time %(stretch)s.")
        if seals[0].opened
        else _("It was without a seal %(stretch)s.")
    )
    return [text % {"stretch": _between(seized_at, until)}]


def _custody_sentence(chain: Chain, now: datetime) -> str:
    start = times.when(happened(chain.holds[0].start))
    named = all(hold.by for hold in chain.holds)
    by_whom = _("by named officers") if named else _("by officers whose names are not all on file")
    end = chain.returned
    values = {"start": start, "who": by_whom, "end": times.when(happened(end)) if end else ""}
    if end is not None:
        held = _("Held from %(start)s, %(who)s, until its return on %(end)s") % values
    else:
        held = _("Held from %(start)s, %(who)s") % values
    if not chain.gaps:
        return _("%(held)s, without a gap.") % {"held": held}
    gaps = "; ".join(_gap(gap, now) for gap in chain.gaps)
    return _("%(held)s, except %(gaps)s.") % {"held": held, "gaps": gaps}


def _taken_over(hold: Hold) -> str:
    values = {
        "when": times.when(happened(hold.start)),
        "by": hold.by or _("an officer"),
        "from": hold.start.holder_name or _("an officer"),
        "witness": hold.start.witness_name or _("an officer"),
        "why": hold.start.words.rstrip("."),
    }
    return (
        _(
            "On %(when)s %(by)s took it over from %(from)s, who did not hand it over, before %(witness)s as "
            "a witness: %(why)s."
        )
        % values
    )


def stretch(gap: Gap) -> str:
    """'on 6 April 2018 from 19:05 to 21:15 (UTC-4)', or since when."""
    since = happened(gap.release)
    if gap.ended is None:
        return _("since %(since)s") % {"since": times.when(since)}
    return _between(since, Happened(at=gap.ended.at, zone=gap.release.zone))


def _between(since: Happened, until: Happened) -> str:
    """'on 6 April 2018 from 19:05 to 21:15 (UTC-4)', or from one day and time to another."""
    if since.local.date() == until.local.date() and since.precision == until.precision == "minute":
        values = {"day": times.day(since), "since": f"{since.local:%H:%M}", "until": times.clock(until)}
        return _("on %(day)s from %(since)s to %(until)s") % values
    return _("from %(since)s to %(until)s") % {"since": times.when(since), "until": times.when(until)}


def _gap(gap: Gap, now: datetime) -> str:
    values = {
        "stretch": stretch(gap),
        "span": times.span((gap.until or max(now, gap.since)) - gap.since),
        "why": _why(gap),
    }
    return _("%(stretch)s: %(span)s, %(why)s") % values


def _why(gap: Gap) -> str:
    if not gap.statements:
        return _("not explained")
    by = ", ".join(dict.fromkeys(statement.by or _("an officer") for statement in gap.statements))
    return _("explained by a statement of %(by)s") % {"by": by}


def _seals(gap: Gap, *, several: bool) -> list[str]:
    before = gap.release.seal_read
    after = gap.ended.seal_read if gap.ended else ""
    state = gap.ended.seal_state if gap.ended else ""
    intact = state in ("intact", "new", "")
    values = {"before": before, "after": after}
    if not before and not after:
        text = (
            _("No seal was read at the ends of the gap.")
            if gap.ended
            else _("No seal was read at its beginning.")
        )
    elif gap.ended is None:
        text = _("Seal %(before)s was read at its beginning.") % values
    elif before == after and intact:
        text = _("Seal %(after)s was read at both ends and was intact after it.") % values
    elif before == after:
        text = _("Seal %(after)s was read at both ends and was not intact after it.") % values
    elif not before:
        text = _("Seal %(after)s was read only after it.") % values
    elif not after:
        text = _("Seal %(before)s was read only before it.") % values
    else:
        text = _("Seal %(before)s was read before it and seal %(after)s after it.") % values
    if not several:
        return [text]
    return [_("Gap of %(when)s: %(text)s") % {"when": times.when(happened(gap.release)), "text": text}]
