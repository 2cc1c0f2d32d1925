"""Entries of a person's file as lines of the timeline, and the words of a file's head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.journal.folding import Said
from libertad.look.amounts import amount_words
from libertad.look.looks import Link, TimelineItem
from libertad.look.times import date_words, when
from libertad.look.words import source_label, words
from libertad.people.queries import PersonSeen
from libertad.vocabulary.values import Birth, Happened
from libertad.vocabulary.verbs import access, care, danger
from libertad.vocabulary.verbs import people as say
from libertad.vocabulary.written import ABOUT_YEARS


def openings(count: int) -> str:
    """How often a file was opened."""
    return ngettext("%(count)d opening so far", "%(count)d openings so far", count) % {"count": count}


def birth_words(birth: Birth) -> str:
    """'Born in 1999', 'Born on 4 May 1999' or 'Age 16 to 19'."""
    if len(birth.date) == 10:
        return _("Born on %(date)s") % {"date": date_words(birth.date)}
    if birth.date:
        return _("Born in %(date)s") % {"date": date_words(birth.date)}
    if birth.about:
        year = int(birth.about)
        return _("Born about %(year)d (%(low)d to %(high)d)") % {
            "year": year, "low": year - ABOUT_YEARS, "high": year + ABOUT_YEARS,
        }  # fmt: skip
    if (birth.age_from, birth.age_to) == (0, 17):
        return _("A child")
    if (birth.age_from, birth.age_to) == (18, 120):
        return _("An adult")
    return _("Age %(low)d to %(high)d") % {"low": birth.age_from or 0, "high": birth.age_to or 0}


def years_words(low: int, high: int) -> str:
    """'18 or 19 years old when met'."""
    if high >= 99:
        return _("%(low)d or older when met") % {"low": low}
    if low == high:
        return ngettext("%(low)d year old when met", "%(low)d years old when met", low) % {"low": low}
    if high == low + 1:
        return _("%(low)d or %(high)d years old when met") % {"low": low, "high": high}
    return _("%(low)d to %(high)d years old when met") % {"low": low, "high": high}


def about(person: PersonSeen) -> str:
    """The second line of the head: sex, age, languages."""
    sex = {"female": _("Woman or girl"), "male": _("Man or boy")}.get(person.sex, _("Person"))
    age = _("age not settled")
    if "birth" not in person.conflicts and person.births:
        ages = [birth.ages_on(person.met_at) for birth, _entry in person.births]
        low, high = min(ages, key=lambda one: one[1] - one[0])
        if low >= 18 or high < 18:
            age = years_words(low, high)
    spoken = ", ".join(words("languages", code) for code, _entry in person.languages)
    parts = f"{sex}, {age}."
    return f"{parts} {_('Speaks %(spoken)s.') % {'spoken': spoken}}" if spoken else parts


def sentence(entry: Said) -> tuple[str, str, str] | None:
    """(title, text, quote) of an entry; None for one that the timeline leaves out."""
    what = entry.content
    if isinstance(what, say.PersonMeet):
        return _("Met"), _joined(_met(what)), ""
    if isinstance(what, say.PersonMeeting):
        return _("The meeting was corrected"), _joined([*_met(what), what.reasons]), ""
    if isinstance(what, say.PersonState):
        told = _stated(what)
        topic = words("statement-topics", what.topic)
        title = topic if what.words and topic else (told.pop(0) if told else topic or _("Note"))
        return title, _joined([*told, what.note, what.reasons]), what.words
    if isinstance(what, say.PersonAssess):
        return _("First view: %(view)s") % {"view": words("seen-as", what.seen_as).lower()}, what.reasons, ""
    if isinstance(what, (say.PersonSame, say.PersonNotSame)):
        same = isinstance(what, say.PersonSame)
        title = _("The same person as another record") if same else _("Not the same person as another record")
        if isinstance(what, say.PersonSame) and what.recorded_twice:
            title = _("Recorded twice: we go on in another record")
        return title, what.reasons, ""
    if isinstance(what, (say.PropertyTaken, say.PropertyState)):
        return _property(what)
    if isinstance(what, danger.PersonDanger):
        return _("In danger, by the word of police"), what.words, ""
    if isinstance(what, danger.PersonDangerClose):
        return _("Danger, closed by police"), what.done, ""
    if isinstance(what, access.CompartmentReaders):
        return _("Shared with another authority"), what.reason, ""
    return _care(what)


def _property(what: say.PropertyTaken | say.PropertyState) -> tuple[str, str, str]:
    if isinstance(what, say.PropertyTaken):
        thing = words("property-kinds", what.kind)
        state = words("property-states", what.state)
        by = _("Taken by: %(whom)s.") % {"whom": words("property-takers", what.taken_by).lower()}
        money = amount_words(what.amount, what.currency)
        return f"{thing}: {state.lower()}", _joined([money, what.description, by]), ""
    signed = {"yes": _("Signed for."), "no": _("Not signed for.")}.get(what.signed, "")
    title = _("Property: %(state)s") % {"state": words("property-states", what.state).lower()}
    return title, _joined([what.note, signed]), ""


def _care(what: object) -> tuple[str, str, str] | None:
    """Decisions and wishes of the protection file; its other entries are told on its own pages."""
    if isinstance(what, care.IdentificationDecide):
        return words("identification-statuses", what.status), what.reasons, ""
    if isinstance(what, (care.IdentificationRead, care.ReturnRead)):
        agrees = what.agrees == "yes"
        return (
            _("The second reader agrees") if agrees else _("The second reader does not agree"),
            what.reasons,
            "",
        )
    if isinstance(what, danger.CareDanger):
        return _("In danger, by the word of care"), what.words, ""
    if isinstance(what, danger.CareDangerClose):
        return _("Danger, closed by care"), what.done, ""
    if isinstance(what, care.WishRecord):
        return words("wishes", what.wish), "", what.words
    if isinstance(what, care.ReturnDecide):
        return words("return-decisions", what.decision), what.reasons, ""
    return None


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _met(what: say.PersonMeet | say.PersonMeeting) -> list[str]:
    told = []
    if isinstance(what, say.PersonMeet):
        told = [_("Called %(name)s") % {"name": name.text} for name in what.name]
        if what.danger == "yes":
            told.append(_("Recorded by the officer: hurt or in danger"))
    elif what.met is not None:
        told.append(_("Met %(when)s") % {"when": when(what.met)})
    if what.needs:
        told.append(_("Needs: %(what)s") % {"what": ", ".join(words("needs", n).lower() for n in what.needs)})
    if what.travel_document:
        told.append(
            _("Travel document: %(what)s") % {"what": words("travel-documents", what.travel_document).lower()}
        )
    if what.with_whom:
        told.append(_("Alone? %(answer)s") % {"answer": what.with_whom})
    return told


def _stated(what: say.PersonState) -> list[str]:
    told: list[str] = []
    if what.document_kind:
        number = _(", number %(number)s") % {"number": what.document_number} if what.document_number else ""
        told.append(words("document-kinds", what.document_kind) + number)
    told += [_("Name: %(name)s") % {"name": name.text} for name in what.name]
    if what.sex:
        told.append(words("sexes", what.sex))
    if what.language:
        told.append(
            _("Speaks %(spoken)s") % {"spoken": ", ".join(words("languages", c) for c in what.language)}
        )
    told += [_("Nationality: %(where)s") % {"where": words("countries", code)} for code in what.nationality]
    told += [_("Phone number %(number)s") % {"number": number} for number in what.phone]
    told += [
        f"{words('fact-kinds', kind)}: {value}" for kind in say.KNOWN_BY for value in getattr(what, kind)
    ]
    return told


def items(
    entries: Iterable[Said],
    person: PersonSeen,
    names: Mapping[str, str],
    authorities: Mapping[str, str],
    verdicts: Mapping[str, str],
) -> list[TimelineItem]:
    """Lines of the timeline, in the order given. A birth value has a line of its own.

    `verdicts`: of care's decisions whose words stand, by entry, whether each counts.
    """
    found: list[TimelineItem] = []
    entries = list(entries)
    gone = {(s.field, old) for entry in entries for s in entry.statements for old in s.supersedes}
    for entry in entries:
        what = entry.content
        birth = getattr(what, "birth", None)
        # A birth year alone has one line, with the reason of whoever settled two of them.
        only = what if isinstance(what, say.PersonState) and birth is not None and not _more(what) else None
        if birth is not None:
            kind = getattr(what, "document_kind", "")
            title = birth_words(birth)
            if entry.source == "saw":
                title = _("%(age)s, as estimated") % {"age": title}
            if kind:
                title = f"{words('document-kinds', kind)}: {title[0].lower()}{title[1:]}"
            told = title, _joined([only.reasons]) if only else "", ""
            clash = _clash(entry, person, entries)
            found.append(_item(entry, person, told, names, authorities, clash, gone))
        if only is not None:
            continue
        rest = sentence(entry)
        if rest is not None and isinstance(what, (care.IdentificationDecide, care.ReturnDecide)):
            rest = rest[0], _joined([rest[1], _counts(entry, verdicts)]), rest[2]
        if rest is not None:
            found.append(_item(entry, person, rest, names, authorities, "", gone - {("birth", entry.id)}))
    return found


def _counts(decision: Said, verdicts: Mapping[str, str]) -> str:
    """Of a decision that does not count, why; `verdicts` as care's file has them."""
    return {
        "counts": "",
        "taken-back": _("Taken back: nothing is decided by it."),
        "crossed": _("Two corrections of it are on file. It counts once a third has settled them."),
        "refused": _("The second reader did not agree: it does not count."),
        "unread": _("No second reader yet: it does not count."),
    }.get(verdicts.get(decision.id, ""), _("Other words stand in its place: it does not count."))


def _more(what: say.PersonState) -> bool:
    """Whether an entry with a birth value says anything else."""
    return bool(
        what.words
        or what.note
        or what.name
        or what.sex
        or what.language
        or what.nationality
        or what.phone
        or any(getattr(what, kind) for kind in say.KNOWN_BY)
        or what.document_number
    )


def _clash(entry: Said, person: PersonSeen, entries: Iterable[Said]) -> str:
    others = {key: birth for birth, key in person.births if key != entry.id}
    if "birth" not in person.conflicts or entry.id not in {key for _birth, key in person.births}:
        return ""
    told = [
        f"{birth_words(others[other.id])} ({when(other.happened)})" for other in entries if other.id in others
    ]
    return _("In conflict with: %(what)s.") % {"what": "; ".join(told)} if told else ""


def _item(
    entry: Said,
    person: PersonSeen,
    told: tuple[str, str, str],
    names: Mapping[str, str],
    authorities: Mapping[str, str],
    clash: str,
    gone: set[tuple[str, str]],
) -> TimelineItem:
    who = ", ".join(filter(None, [names.get(entry.officer, ""), authorities.get(entry.authority, "")]))
    by = [_("To %(who)s.") % {"who": who} if entry.source == "said" else f"{who}."]
    if entry.interpreter:
        by.append(_("Interpreter %(who)s.") % {"who": entry.interpreter})
    if any(old == entry.id for _field, old in gone):
        by.append(_("A value of this entry was superseded since; it stays on file."))
    title, text, quote = told
    source, label = entry.source, source_label(entry.source, person.sex)
    if isinstance(entry.content, (danger.CareDanger, danger.CareDangerClose)):
        source, label = "decision", _("Caseworker")
    return TimelineItem(
        entry.happened,
        source,
        label,
        title,
        text,
        quote,
        " ".join(by),
        clash,
        [Link(_("Entry and signature"), reverse("entry", args=[entry.id]))],
    )


def checked(found: Any) -> TimelineItem:
    """A question to a database about the person, and its answer."""
    title = f"{words('check-subjects', found.about)}: {words('check-answers', found.answer).lower()}"
    ends = (
        _("Document number ends in %(ends)s.") % {"ends": found.document_ends} if found.document_ends else ""
    )
    asked = ", ".join(filter(None, [words("databases", found.database), found.officer, found.authority]))
    return TimelineItem(
        Happened(at=found.at, zone=found.zone),
        "database",
        source_label("database"),
        title,
        _joined([ends, found.note]),
        by=f"{asked}.",
    )


def moment_of(happened: Happened | datetime) -> datetime:
    """When it happened, in UTC, for sorting."""
    return happened.utc if isinstance(happened, Happened) else happened


def ages(birth: Birth, person: PersonSeen) -> str:
    """The consequence of a birth statement: '16 or 17 years old when met: a child'."""
    low, high = birth.ages_on(person.met_at)
    kind = _("an adult") if low >= 18 else _("a child") if high < 18 else _("perhaps a child")
    return f"{years_words(low, high)}: {kind}"
