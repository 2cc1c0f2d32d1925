"""Figures in words: labels, the published sentence, what changed; a number with what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.look import times

MINUS = "−"


def label(figure: str) -> str:
    """A figure's name, as in headings and on the page of its entries."""
    return {
        "records": _("Records of a person met"),
        "met-twice": _("Same person met twice"),
        "not-a-victim": _("Not a victim"),
        "not-assessed": _("Not yet assessed"),
        "potential-victims": _("Potential victims"),
        "potential": _("Seen as potential victims"),
        "presumed": _("Presumed"),
        "confirmed": _("Confirmed"),
        "detained": _("Detained at any time"),
        "released": _("Released without arrest"),
        "held": _("Still detained, not arrested"),
        "arrests": _("Arrested"),
        "charged": _("Arrested and charged"),
        "arrested-victims": _("Arrested, and seen as a potential victim"),
    }[figure]


def decided(figure: str) -> str:
    """A figure's name where it stands beside decisions: 'potential' is then who has none of them, and not
    everybody whom officers saw so."""
    return _("Potential, no decision yet") if figure == "potential" else label(figure)


def less(value: int) -> str:
    """A number that is taken away; zero stays 0."""
    return f"{MINUS}{value}" if value else "0"


def utc(moment: datetime) -> str:
    return times.when(moment.astimezone(UTC))


def day(moment: datetime) -> str:
    """The day in UTC: by its minute an anonymous record would be found beside the file of a person."""
    return times.day(moment.astimezone(UTC))


def days(span: tuple[str, str]) -> str:
    """'3 to 9 April 2018' of the first and the last day, or both in full where the month differs."""
    first, last = (date.fromisoformat(day) for day in span)
    end = f"{last.day} {MONTHS[last.month]} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        start = str(first.day)
    else:
        start = f"{first.day} {MONTHS[first.month]} {first.year}"
    return _("%(start)s to %(end)s") % {"start": start, "end": end}


def sentence(
    span: tuple[str, str],
    numbers: tuple[int | None, ...],
    texts: tuple[str, ...] | None = None,
    counted: str = "",
) -> str:
    """The published sentence of (countries, potential victims, arrests), between two days.

    `texts` stand for the numbers where a page marks their places or withholds them (None). `counted`: of
    which day the number of victims is, where it is not the release's (`care_count`).
    """
    countries, victims, arrests = (2 if number is None else number for number in numbers)
    values = texts or tuple(map(str, numbers))
    met = ngettext(
        "%(n)s potential victim of trafficking", "%(n)s potential victims of trafficking", victims
    ) % {"n": values[1]}
    if span[0] == span[1]:
        said_words = _("On %(days)s, officers in %(countries)s met %(victims)s and made %(arrests)s.")
    else:
        said_words = _("From %(days)s, officers in %(countries)s met %(victims)s and made %(arrests)s.")
    return said_words % {
        "days": days(span),
        "countries": ngettext("%(n)s country", "%(n)s countries", countries) % {"n": values[0]},
        "victims": f"{met} ({counted})" if counted else met,
        "arrests": arrested(arrests, values[2]),
    }


def victims(count: int) -> str:
    return ngettext("%(n)s potential victim", "%(n)s potential victims", count) % {"n": count}


def seen_as_victims(count: int) -> str:
    """The open side's number: by first views, before and beside what care decides."""
    return ngettext(
        "%(n)s person seen as a potential victim", "%(n)s people seen as potential victims", count
    ) % {"n": count}


def arrested(count: int, text: str = "") -> str:
    return ngettext("%(n)s arrest", "%(n)s arrests", count) % {"n": text or count}


def small_print(as_of: datetime) -> str:
    return _("Potential, not confirmed; each person counted once; as of %(moment)s.") % {"moment": utc(as_of)}


def care_count(as_of: datetime, care: datetime | None) -> str:
    """'care's count of 6 April 2018' where care's number is not of the release's moment; else ''."""
    if care is None or care == as_of:
        return ""
    same_day = care.astimezone(UTC).date() == as_of.astimezone(UTC).date()
    return _("care's count of %(day)s") % {"day": utc(care) if same_day else day(care)}


def not_replacing(number: int, as_of: datetime) -> str:
    """What whoever proposes or signs a release of an earlier moment is told first."""
    return _(
        "Release %(n)d, of a later moment (%(moment)s), is published already. This one will not replace it: "
        "it only stands beside it in the list."
    ) % {"n": number, "moment": utc(as_of)}


def waits_too(number: int, as_of: datetime) -> str:
    """What is said of a further proposal on the page of one."""
    return _("Release %(n)d, as of %(moment)s, waits for a second signature as well.") % {
        "n": number,
        "moment": utc(as_of),
    }


def signed(by: str, second_reader: str) -> str:
    return f"{by}, {second_reader}" if second_reader else by


def change(name: str, value: int) -> str:
    """'19 people added', '2 linked', '1 found not a victim'; the other way round for a negative one."""
    count = abs(value)
    if name == "records":
        if value > 0:
            text = ngettext("%(n)d person added", "%(n)d people added", count)
        else:
            text = ngettext("%(n)d record fewer", "%(n)d records fewer", count)
    elif name == "met_twice":
        text = _("%(n)d linked") if value > 0 else _("%(n)d no longer linked")
    elif name == "not_a_victim":
        text = _("%(n)d found not a victim") if value > 0 else _("%(n)d no longer found not a victim")
    elif name == "not_assessed":
        text = _("%(n)d more not yet assessed") if value > 0 else _("%(n)d fewer not yet assessed")
    elif value > 0:
        text = ngettext("%(n)d arrest more", "%(n)d arrests more", count)
    else:
        text = ngettext("%(n)d arrest fewer", "%(n)d arrests fewer", count)
    return text % {"n": count}


def changed(differences: Mapping[str, int]) -> str:
    return ", ".join(change(name, value) for name, value in differences.items())
