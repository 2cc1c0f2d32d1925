"""Entries of a person's file as lines of the timeline, and the words of a file's head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.journal.folding import Said
from libertad.people.queries import PersonSeen
from libertad.vocabulary.values import Birth, PersonName
from libertad.vocabulary.verbs import access, operations
from libertad.vocabulary.verbs import people as say
from libertad.web.looks import Link, TimelineItem
from libertad.web.words import words

HIDDEN = (access.CompartmentOpen, access.FileOpen)


def source_label(source: str, sex: str = "") -> str:
    """'She said', 'Officer saw', 'Document', 'Database', 'Decision'."""
    if source == "said":
        return {"female": _("She said"), "male": _("He said")}.get(sex, _("Person said"))
    return {
        "saw": _("Officer saw"),
        "document": _("Document"),
        "database": _("Database"),
        "decision": _("Decision"),
    }.get(source, source)


def birth_words(birth: Birth) -> str:
    """'Born in 1999', 'Born 4 May 1999' or 'Age 16 to 19'."""
    if birth.date:
        return _("Born in %(date)s") % {"date": birth.date}
    return _("Age %(low)d to %(high)d") % {"low": birth.age_from or 0, "high": birth.age_to or 0}


def about(person: PersonSeen) -> str:
    """The second line of the head: sex, age, languages."""
    sex = {"female": _("Woman or girl"), "male": _("Man or boy")}.get(person.sex, _("Person"))
    if len(person.births) == 1 and not person.conflicts:
        low, high = person.births[0][0].ages_on(person.met_at)
        age = (
            _("%(low)d years old when met") % {"low": low}
            if low == high
            else _("%(low)d to %(high)d years old when met") % {"low": low, "high": high}
        )
    else:
        age = _("age not settled")
    spoken = ", ".join(words("languages", code) for code, _entry in person.languages)
    parts = f"{sex}, {age}."
    return f"{parts} {_('Speaks %(spoken)s.') % {'spoken': spoken}}" if spoken else parts


def sentence(entry: Said) -> tuple[str, str, str]:
    """(title, text, quote) of an entry."""
    what = entry.content
    if isinstance(what, say.PersonMeet):
        return _("Met"), "; ".join(_met(what)), ""
    if isinstance(what, say.PersonState):
        told = _stated(what)
        title = told[0] if told else words("statement-topics", what.topic) or _("Note")
        return title, "; ".join([*told[1:], *([what.note] if what.note else [])]), what.words
    if isinstance(what, say.PersonAssess):
        return _("Seen as: %(view)s") % {"view": words("seen-as", what.seen_as)}, what.reasons, ""
    if isinstance(what, say.PersonSame):
        return _("The same person as another record"), what.reasons, ""
    if isinstance(what, say.PersonNotSame):
        return _("Not the same person as another record"), what.reasons, ""
    if isinstance(what, say.PropertyTaken):
        by = words("property-takers", what.taken_by)
        return (
            _("%(thing)s taken") % {"thing": words("property-kinds", what.kind)},
            f"{what.description} ({by})" if what.description else by,
            "",
        )
    if isinstance(what, say.PropertyState):
        title = _("Property: %(state)s") % {"state": words("property-states", what.state).lower()}
        signed = _("Signed for.") if what.signed == "yes" else ""
        return title, " ".join(filter(None, [what.note, signed])), ""
    if isinstance(what, operations.CheckRecord):
        title = f"{words('databases', what.database)}: {words('check-answers', what.answer).lower()}"
        return title, what.note, ""
    if isinstance(what, access.CompartmentReaders):
        return _("Shared with another authority"), what.reason, ""
    return entry.verb, "", ""


def _met(what: say.PersonMeet) -> list[str]:
    told = [name.text for name in what.name]
    if what.birth:
        told.append(birth_words(what.birth))
    told += [words("needs", need) for need in what.needs]
    if what.travel_document:
        told.append(
            _("Travel document: %(what)s") % {"what": words("travel-documents", what.travel_document).lower()}
        )
    if what.with_whom:
        told.append(what.with_whom)
    return told


def _stated(what: say.PersonState) -> list[str]:
    told: list[str] = [_("Name: %(name)s") % {"name": name.text} for name in what.name]
    if what.birth:
        told.insert(0, birth_words(what.birth))
    if what.document_kind:
        told.append(words("document-kinds", what.document_kind))
    told += [words("languages", code) for code in what.language]
    told += [words("countries", code) for code in what.nationality]
    if what.phone:
        told.append(_("Phone number"))
    if what.reasons:
        told.append(what.reasons)
    return told


def items(
    entries: Iterable[Said], person: PersonSeen, names: Mapping[str, str], authorities: Mapping[str, str]
) -> list[TimelineItem]:
    """Lines of the timeline; values in conflict name each other."""
    disputed = {entry for _, entry in person.births} if "birth" in person.conflicts else set()
    found = []
    for entry in entries:
        if isinstance(entry.content, HIDDEN):
            continue
        title, text, quote = sentence(entry)
        who = ", ".join(filter(None, [names.get(entry.officer, ""), authorities.get(entry.authority, "")]))
        by = _("To %(who)s.") % {"who": who} if entry.source == "said" else f"{who}."
        if entry.interpreter:
            by += " " + _("Interpreter %(who)s.") % {"who": entry.interpreter}
        found.append(
            TimelineItem(
                entry.happened,
                entry.source,
                source_label(entry.source, person.sex),
                title,
                text,
                quote,
                by,
                _("In conflict with another value.") if entry.id in disputed else "",
                [Link(_("Entry and signature"), reverse("entry", args=[entry.id]))],
            )
        )
    return found


def ages(birth: Birth, person: PersonSeen) -> str:
    """The consequence of a birth statement: '16 or 17 years old when met: a child'."""
    low, high = birth.ages_on(person.met_at)
    years = (
        ngettext("%(low)d year old when met", "%(low)d years old when met", low) % {"low": low}
        if low == high
        else _("%(low)d to %(high)d years old when met") % {"low": low, "high": high}
    )
    kind = _("an adult") if low >= 18 else _("a child") if high < 18 else _("perhaps a child")
    return f"{years}: {kind}"


def called(name: PersonName | None, reference: str) -> str:
    return name.text if name else reference
