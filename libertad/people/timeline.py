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
from libertad.look.exploitation import forms_words
from libertad.look.page_objects import Link, TimelineItem
from libertad.look.times import date_words, when
from libertad.look.words import source_label, words
from libertad.people.queries import PersonSeen
from libertad.vocabulary.values import Birth, Happened
from libertad.vocabulary.verbs import access, care, danger, keeping, linking, sharing
from libertad.vocabulary.verbs import people as say
from libertad.vocabulary.verbs.exploitation import Exploitation, ExploitationView
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
            "year": year,
            "low": year - ABOUT_YEARS,
            "high": year + ABOUT_YEARS,
        }
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
        low, high = min(ages, key=lambda age_range: age_range[1] - age_range[0])
        if low >= 18 or high < 18:
            age = years_words(low, high)
    spoken = ", ".join(words("languages", code) for code, _entry in person.languages)
    parts = f"{sex}, {age}."
    return f"{parts} {_('Speaks %(spoken)s.') % {'spoken': spoken}}" if spoken else parts


def sentence(entry: Said) -> tuple[str, str, str] | None:
    """(title, text, quote) of an entry; None for one that the timeline leaves out."""
    content = entry.content
    if isinstance(content, say.PersonMeet):
        return _("Met"), _join_sentences(_met(content)), ""
    if isinstance(content, say.PersonMeeting):
        return _("The meeting was corrected"), _join_sentences([*_met(content), content.reasons]), ""
    if isinstance(content, say.PersonState):
        phrases = _statement_phrases(content)
        topic = words("statement-topics", content.topic)
        title = topic if content.words and topic else (phrases.pop(0) if phrases else topic or _("Note"))
        return title, _join_sentences([*phrases, content.note, content.reasons]), content.words
    if isinstance(content, say.PersonAssess):
        return (
            _("First view: %(view)s") % {"view": words("seen-as", content.seen_as).lower()},
            content.reasons,
            "",
        )
    if isinstance(content, Exploitation):
        if isinstance(content, ExploitationView):
            title = _("Form of exploitation, at first view")
        else:
            title = _("Form of exploitation, as told to care")
        return title, _join_sentences([forms_words(content), content.words]), ""
    if isinstance(content, (say.PersonSame, say.PersonNotSame)):
        same = isinstance(content, say.PersonSame)
        title = _("The same person as another record") if same else _("Not the same person as another record")
        if isinstance(content, say.PersonSame) and content.recorded_twice:
            title = _("Recorded twice: we go on in another record")
        return title, content.reasons, ""
    if isinstance(content, linking.LinkPropose):
        return _("Proposed: the same person as another record"), content.reasons, ""
    if isinstance(content, linking.LinkRefuse):
        return _("Not linked to another record"), content.words, ""
    if isinstance(content, (say.PropertyTaken, say.PropertyState, say.PropertyPaid)):
        return _property(content)
    if isinstance(content, danger.PersonDanger):
        return _("In danger, reported by police"), content.words, ""
    if isinstance(content, danger.PersonDangerClose):
        return _("Danger, closed by police"), content.done, ""
    if isinstance(content, (keeping.PersonKeep, keeping.PersonErasureRequest, keeping.PersonErasureRefuse)):
        return _keeping(content), content.reasons, ""
    if isinstance(content, (sharing.SharePropose, sharing.ShareApprove, sharing.ShareRefuse)):
        return _sharing(content)
    if isinstance(content, access.CompartmentReaders):
        return _("Shared with another authority"), content.reason, ""
    return _care(content)


def _sharing(
    content: sharing.SharePropose | sharing.ShareApprove | sharing.ShareRefuse,
) -> tuple[str, str, str]:
    match content:
        case sharing.SharePropose(reason=reason, danger=danger):
            title = (
                _("Shared at once, in danger") if danger else _("Proposed to share with another authority")
            )
            return title, reason, ""
        case sharing.ShareApprove(words=said):
            return _("A second person approved the sharing"), said, ""
    return _("The sharing was not right, or not approved"), content.words, ""


def _keeping(content: keeping.PersonKeep | keeping.PersonErasureRequest | keeping.PersonErasureRefuse) -> str:
    match content:
        case keeping.PersonKeep(keep_until=day):
            return _("Kept until %(day)s") % {"day": date_words(day)}
        case keeping.PersonErasureRequest():
            return _("Its erasure was asked for")
    return _("The file is kept: not erased")


def document_words(taken: Any) -> str:
    """'Document number R0123456, Guyana, valid until 3 May 2021.': what is known of one that was taken."""
    parts = (
        (_("document number %(value)s"), taken.document_number),
        ("%(value)s", words("countries", taken.document_country)),
        (_("valid until %(value)s"), date_words(taken.document_expires) if taken.document_expires else ""),
        (_("holder as it says: %(value)s"), taken.document_holder),
    )
    text = ", ".join(label % {"value": value} for label, value in parts if value)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _property(content: say.PropertyTaken | say.PropertyState | say.PropertyPaid) -> tuple[str, str, str]:
    if isinstance(content, say.PropertyTaken):
        kind = words("property-kinds", content.kind)
        state = words("property-states", content.state)
        by = _("Taken by: %(whom)s.") % {"whom": words("property-takers", content.taken_by).lower()}
        money = amount_words(content.amount, content.currency)
        told = [money, content.description, document_words(content), by]
        return f"{kind}: {state.lower()}", _join_sentences(told), ""
    signed = {"yes": _("Signed for."), "no": _("Not signed for.")}.get(content.signed, "")
    if isinstance(content, say.PropertyPaid):
        title = _("A payment was corrected") if content.correction else _("Paid to the person")
        money = amount_words(content.paid, content.currency)
        return title, _join_sentences([money, signed, content.note, content.correction]), ""
    title = _("Property: %(state)s") % {"state": words("property-states", content.state).lower()}
    return title, _join_sentences([content.note, signed]), ""


def _care(content: object) -> tuple[str, str, str] | None:
    """Decisions and wishes of the protection file; its other entries are told on its own pages."""
    if isinstance(content, care.IdentificationDecide):
        return words("identification-statuses", content.status), content.reasons, ""
    if isinstance(content, (care.IdentificationRead, care.ReturnRead)):
        agrees = content.agrees == "yes"
        return (
            _("The second reader agrees") if agrees else _("The second reader does not agree"),
            content.reasons,
            "",
        )
    if isinstance(content, danger.CareDanger):
        return _("In danger, reported by care"), content.words, ""
    if isinstance(content, danger.CareDangerClose):
        return _("Danger, closed by care"), content.done, ""
    if isinstance(content, care.WishRecord):
        return words("wishes", content.wish), "", content.words
    if isinstance(content, care.ReturnDecide):
        return words("return-decisions", content.decision), content.reasons, ""
    return None


def _join_sentences(parts: Iterable[str]) -> str:
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _met(content: say.PersonMeet | say.PersonMeeting) -> list[str]:
    phrases = []
    if isinstance(content, say.PersonMeet):
        phrases = [_("Called %(name)s") % {"name": name.text} for name in content.name]
        if content.danger == "yes":
            phrases.append(_("Recorded by the officer: hurt or in danger"))
    elif content.met is not None:
        phrases.append(_("Met %(when)s") % {"when": when(content.met)})
    if content.needs:
        phrases.append(
            _("Needs: %(what)s") % {"what": ", ".join(words("needs", n).lower() for n in content.needs)}
        )
    if content.travel_document:
        phrases.append(
            _("Travel document: %(what)s")
            % {"what": words("travel-documents", content.travel_document).lower()}
        )
    if content.with_whom:
        phrases.append(_("Alone? %(answer)s") % {"answer": content.with_whom})
    return phrases


def _statement_phrases(content: say.PersonState) -> list[str]:
    phrases: list[str] = []
    if content.document_kind:
        number = (
            _(", number %(number)s") % {"number": content.document_number} if content.document_number else ""
        )
        until = content.document_expires and _(", valid until %(day)s") % {
            "day": date_words(content.document_expires)
        }
        phrases.append(words("document-kinds", content.document_kind) + number + until)
    phrases += [_("Name: %(name)s") % {"name": name.text} for name in content.name]
    if content.sex:
        phrases.append(words("sexes", content.sex))
    if content.language:
        phrases.append(
            _("Speaks %(spoken)s") % {"spoken": ", ".join(words("languages", c) for c in content.language)}
        )
    phrases += [
        _("Nationality: %(where)s") % {"where": words("countries", code)} for code in content.nationality
    ]
    phrases += [_("Phone number %(number)s") % {"number": number} for number in content.phone]
    phrases += [
        f"{words('fact-kinds', kind)}: {value}" for kind in say.KNOWN_BY for value in getattr(content, kind)
    ]
    return phrases


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
    lines: list[TimelineItem] = []
    entries = list(entries)
    superseded = {(s.field, old) for entry in entries for s in entry.statements for old in s.supersedes}
    for entry in entries:
        content = entry.content
        birth = getattr(content, "birth", None)
        # A birth year alone has one line, with the reason of whoever settled two of them.
        only = (
            content
            if isinstance(content, say.PersonState) and birth is not None and not _says_more(content)
            else None
        )
        if birth is not None:
            kind = getattr(content, "document_kind", "")
            title = birth_words(birth)
            if entry.source == "saw":
                title = _("%(age)s, as estimated") % {"age": title}
            if kind:
                title = f"{words('document-kinds', kind)}: {title[0].lower()}{title[1:]}"
            parts = title, _join_sentences([only.reasons]) if only else "", ""
            clash = _clash(entry, person, entries)
            lines.append(_item(entry, person, parts, names, authorities, clash, superseded))
        if only is not None:
            continue
        rest = sentence(entry)
        if rest is not None and isinstance(content, (care.IdentificationDecide, care.ReturnDecide)):
            rest = rest[0], _join_sentences([rest[1], _counts(entry, verdicts)]), rest[2]
        if rest is not None:
            lines.append(
                _item(entry, person, rest, names, authorities, "", superseded - {("birth", entry.id)})
            )
    return lines


def _counts(decision: Said, verdicts: Mapping[str, str]) -> str:
    """Of a decision that does not count, why; `verdicts` as care's file has them."""
    return {
        "counts": "",
        "taken-back": _("Taken back: nothing is decided by it."),
        "crossed": _("Two corrections of it are on file. It counts once a third has settled them."),
        "set-aside": _("Set aside on appeal: it counts no more."),
        "refused": _("The second reader did not agree: it does not count."),
        "unread": _("No second reader yet: it does not count."),
    }.get(verdicts.get(decision.id, ""), _("Other words stand in its place: it does not count."))


def _says_more(content: say.PersonState) -> bool:
    """Whether an entry with a birth value says anything else."""
    return bool(
        content.words
        or content.note
        or content.name
        or content.sex
        or content.language
        or content.nationality
        or content.phone
        or any(getattr(content, kind) for kind in say.KNOWN_BY)
        or content.document_number
    )


def _clash(entry: Said, person: PersonSeen, entries: Iterable[Said]) -> str:
    other_births = {key: birth for birth, key in person.births if key != entry.id}
    if "birth" not in person.conflicts or entry.id not in {key for _birth, key in person.births}:
        return ""
    texts = [
        f"{birth_words(other_births[other_entry.id])} ({when(other_entry.happened)})"
        for other_entry in entries
        if other_entry.id in other_births
    ]
    return _("In conflict with: %(what)s.") % {"what": "; ".join(texts)} if texts else ""


def _item(
    entry: Said,
    person: PersonSeen,
    parts: tuple[str, str, str],
    names: Mapping[str, str],
    authorities: Mapping[str, str],
    clash: str,
    superseded: set[tuple[str, str]],
) -> TimelineItem:
    author = ", ".join(filter(None, [names.get(entry.officer, ""), authorities.get(entry.authority, "")]))
    by = [_("To %(who)s.") % {"who": author} if entry.source == "said" else f"{author}."]
    if entry.interpreter:
        by.append(_("Interpreter %(who)s.") % {"who": entry.interpreter})
    if any(old == entry.id for _field, old in superseded):
        by.append(_("A value of this entry was superseded since; it stays on file."))
    title, text, quote = parts
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


def checked(check: Any) -> TimelineItem:
    """A question to a database about the person, and its answer."""
    title = f"{words('check-subjects', check.about)}: {words('check-answers', check.answer).lower()}"
    ends = (
        _("Document number ends in %(ends)s.") % {"ends": check.document_ends} if check.document_ends else ""
    )
    byline = ", ".join(filter(None, [words("databases", check.database), check.officer, check.authority]))
    return TimelineItem(
        Happened(at=check.at, zone=check.zone),
        "database",
        source_label("database"),
        title,
        _join_sentences([ends, check.note]),
        by=f"{byline}.",
    )


def moment_of(happened: Happened | datetime) -> datetime:
    """When it happened, in UTC, for sorting."""
    return happened.utc if isinstance(happened, Happened) else happened


def ages(birth: Birth, person: PersonSeen) -> str:
    """The consequence of a birth statement: '16 or 17 years old when met: a child'."""
    low, high = birth.ages_on(person.met_at)
    kind = _("an adult") if low >= 18 else _("a child") if high < 18 else _("perhaps a child")
    return f"{years_words(low, high)}: {kind}"
