"""Words of hits: kinds, states, scores, and the facts of a record side by side with those of the other."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.hits.engine import one_number
from libertad.hits.matching.record import NUMBERED, TEXTS, Birth, Record
from libertad.hits.queries import HitSeen
from libertad.hits.record_builder import Subject, interval
from libertad.look.times import date_words
from libertad.look.words import words
from libertad.people.timeline import birth_words
from libertad.vocabulary import values

SHAPES = {
    "open": "needs",
    "back": "needs",
    "answered": "needs",
    "waiting": "one-signature",
    "asked": "due",
    "not-yet": "due",
    "confirmed": "done",
    "rejected": "not-a-victim",
    "faded": "not-visited",
}
STRONG = 20 / 21  # odds of 20 to 1, by what was decided of such scores
COUNTS = 0.5  # bits
SHOWN = (*TEXTS[:1], *NUMBERED, *TEXTS[1:])  # nationality, numbers, the other texts


def states() -> dict[str, str]:
    """Where a hit stands -> its words, what needs somebody first."""
    return {
        "open": _("Nobody has decided"),
        "back": _("Rejected before; new facts"),
        "answered": _("The owner has answered"),
        "waiting": _("Waits for a second reader"),
        "asked": _("The owner is asked"),
        "not-yet": _("Not yet"),
        "confirmed": _("Confirmed"),
        "rejected": _("Rejected"),
        "faded": _("No longer alike"),
    }


def state_words(hit: HitSeen) -> str:
    """A state, or that a hit put off has come back."""
    return _("Deferred until now") if hit.due else states().get(hit.state, hit.state)


def state_shape(hit: HitSeen) -> str:
    return "needs" if hit.due else SHAPES.get(hit.state, "due")


def bits_words(bits: float) -> str:
    """'+12.5': a weight or a sum."""
    return f"{bits:+.1f}"


def tenths_that_add_up(bits: Sequence[float]) -> list[float]:
    """Bits in tenths that come to the tenths of their sum: who adds up a column finds what stands under it.

    Those that lie nearest to the next tenth are rounded the other way, none by more than a tenth.
    """
    tenths = [round(value * 10) for value in bits]
    off = round(float(bits_words(sum(bits))) * 10) - sum(tenths)
    step = 1 if off > 0 else -1
    nearest = sorted(range(len(bits)), key=lambda at: -step * (bits[at] * 10 - tenths[at]))
    for at in nearest[: abs(off)]:
        tenths[at] += step
    return [tenth / 10 for tenth in tenths]


def probability_words(probability: float) -> str:
    """'97%', never 0% or 100%: no score is certain."""
    if probability > 0.99:
        return _("over 99%")
    if probability < 0.01:
        return _("under 1%")
    return f"{probability:.0%}"


def odds_words(probability: float) -> str:
    """'16 to 1 for it': odds of a probability in two figures, at most 1,000: no score is surer than that.

    What rounds to 1 to 1 speaks neither for it nor against it.
    """
    chance = probability if probability >= 0.5 else 1 - probability
    if chance >= 0.999:
        return _("over 1,000 to 1 for it") if probability >= 0.5 else _("over 1,000 to 1 against it")
    odds = {"odds": f"{float(f'{chance / (1 - chance):.2g}'):,.0f}"}
    if odds["odds"] == "1":
        return _("even odds")
    return (_("%(odds)s to 1 for it") if probability >= 0.5 else _("%(odds)s to 1 against it")) % odds


def then_words(probability: float) -> str:
    """The odds in a line of the timeline: as they were told that day, which later days do not change."""
    return _("%(odds)s, as reckoned that day.") % {"odds": odds_words(probability)}


def kind_title(hit: HitSeen) -> str:
    """What may be the same."""
    kinds = set(hit.kinds)
    if hit.again:
        return _("Somebody met before, in another operation?")
    if kinds == {"person"}:
        return _("Two records that may be of one person")
    if kinds == {"detention"}:
        return _("Two suspects' records that may be of one person")
    if kinds == {"site"}:
        return _("Two records that may be of one place")
    left, right = (words("hit-subjects", kind).lower() for kind in hit.kinds)
    return _("Records that may belong together: %(one)s and %(two)s") % {"one": left, "two": right}


def record_words(subject: Subject | None) -> str:
    """'P-GY-003 Yulimar Peña', or that the record is not for this role."""
    if subject is None:
        return _("A record that your role does not read")
    return " ".join(filter(None, [subject.reference, name_of(subject.record)]))


def pair_words(hit: HitSeen) -> str:
    """Both records in a line."""
    return f"{record_words(hit.left)}; {record_words(hit.right)}"


def name_of(record: Record) -> str:
    return record.names[0].text if record.names else ""


def facts(subject: Subject) -> dict[str, str]:
    """Label -> what a record says, in the order in which records are compared."""
    record = subject.record
    by_label = {
        _("Name"): "; ".join(dict.fromkeys(name.text for name in record.names)),
        _("Birth or age"): "; ".join(map(_birth, subject.births)) or born(record.birth),
        _("Sex, as said"): words("sexes", record.sex),
    }
    for kind in SHOWN:
        texts = record.all(kind)
        if kind == "nationality":
            texts = [words("countries", code) for code in texts]
        by_label[words("fact-kinds", kind)] = "; ".join(texts)
    by_label[_("Country or territory")] = words("countries", subject.country)
    handling = words("handling-codes", subject.handling)
    by_label[_("How far it may be shared")] = ": ".join(filter(None, [handling, subject.conditions]))
    return by_label


def _birth(birth: values.Birth) -> str:
    """As it was said: an age with the day on which the person was of it."""
    if birth.date:
        return born(interval(birth))
    text = birth_words(birth)
    return f"{text} ({date_words(birth.on)})" if birth.on and not birth.about else text


def born(birth: Birth | None) -> str:
    """'23 April 1999', 'April 1999', '1999', '1999 to 2001', or the days between which it lies."""
    if birth is None:
        return ""
    first, last = birth.earliest, birth.latest
    if first == last:
        note = _("(perhaps only the year is known)") if birth.placeholder else ""
        return f"{date_words(first.isoformat())} {note}".strip()
    month = (first.year, first.month)
    if first.day == 1 and (last.year, last.month) == month and last.day == monthrange(*month)[1]:
        return date_words(first.isoformat()[:7])
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        if first.year == last.year:
            return str(first.year)
        return _("%(first)s to %(last)s") % {"first": first.year, "last": last.year}
    return _("between %(first)s and %(last)s") % {
        "first": date_words(first.isoformat()),
        "last": date_words(last.isoformat()),
    }


def kinds_words(hit: HitSeen) -> str:
    """'Phone number; name': the kinds of facts that speak for it, the heaviest first."""
    return _kinds(hit, 1)


def against_words(hit: HitSeen) -> str:
    """'Against it: name': the kinds of facts that speak against it; '' where none counts."""
    kinds = _kinds(hit, -1)
    return _("Against it: %(kinds)s") % {"kinds": kinds[:1].lower() + kinds[1:]} if kinds else ""


def _kinds(hit: HitSeen, sign: int) -> str:
    """At most three. A fact that many share is left out, unless there is no other that speaks for it."""
    one_way = [weight for weight in hit.weights if weight.bits * sign > 0 and weight.kind != "kin"]
    weights = [weight for weight in one_way if abs(weight.bits) >= COUNTS] or (one_way if sign > 0 else [])
    weights.sort(key=lambda weight: -abs(weight.bits))
    kinds = list(dict.fromkeys(words("fact-kinds", weight.kind) for weight in weights))
    return "; ".join(kinds[:1] + [kind.lower() for kind in kinds[1:3]])


def weak(hit: HitSeen) -> bool:
    """Whether it is looked at after the others: under 20 to 1, and no number that a thing has in common."""
    return hit.probability < STRONG and (hit.persons or not one_number(hit.weights))


def count_words(total: int) -> str:
    return ngettext("%(count)d hit.", "%(count)d hits.", total) % {"count": total}


def waiting_words(total: int) -> str:
    return ngettext("%(count)d hit waits for a decision.", "%(count)d hits wait for a decision.", total) % {
        "count": total
    }
