"""A protection file told in order: whose word, what, when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, officer_names
from libertad.care import models, queries
from libertad.care.presenters import PartSeen, verdict
from libertad.care.queries_exploitation import records
from libertad.care.retention import CONTACT, PROPOSED
from libertad.care.since_closing import WATCHED, Since
from libertad.look.exploitation import forms_words
from libertad.look.page_objects import Link, TimelineItem
from libertad.look.times import date_words, local_of
from libertad.look.words import source_label, words
from libertad.vocabulary.rules import rule_set, rule_sets


def timeline_items(actor: Actor, person: str) -> list[TimelineItem]:
    """Everything in the file, newest first."""
    items = [
        *(_wish(wish) for wish in queries.parts(actor, models.Wish, person)),
        *(_consent(consent) for consent in queries.parts(actor, models.Consent, person)),
        *(_screening(screening) for screening in queries.parts(actor, models.Screening, person)),
        *(_closing(closing) for closing in queries.parts(actor, models.Closing, person)),
        *_askings(actor, person),
        *_exploitation(actor, person),
        *dict(_dangers(actor, person)).values(),
        *(_referral(referral) for referral in queries.parts(actor, models.Referral, person)),
        *(
            i
            for identification in queries.parts(actor, models.Identification, person)
            for i in _identified(identification)
        ),
        *(i for decision in queries.parts(actor, models.ReturnDecision, person) for i in _returned(decision)),
    ]
    return sorted(items, key=lambda item: local_of(item.happened), reverse=True)


def changed_items(actor: Actor, person: str, changes: Sequence[Since]) -> list[TimelineItem]:
    """What was said since a closing was proposed, in the order in which it came."""
    tell: dict[type[models.Part], Callable[[PartSeen], list[TimelineItem]]] = {
        models.Wish: lambda part: [_wish(part)],
        models.Consent: lambda part: [_consent(part)],
        models.Screening: lambda part: [_screening(part)],
        models.Referral: lambda part: [_referral(part)],
        models.Identification: lambda part: list(_identified(part)),
        models.ReturnDecision: lambda part: list(_returned(part)),
    }
    dangers = dict(_dangers(actor, person))
    items: list[TimelineItem] = []
    for change in changes:
        if change.label in WATCHED:
            model = WATCHED[change.label]
            part = queries.part(actor, model, person, change.key)
            items += tell[model](part) if part is not None else []
        elif change.key in dangers:
            items.append(dangers[change.key])
    return items


def _item(part: PartSeen, source: str, title: str, **extra: object) -> TimelineItem:
    fields = {"by": _("%(who)s.") % {"who": part.by}, **extra}
    return TimelineItem(part.when, source, source_label(source), title, **fields)  # type: ignore[arg-type]


def _dangers(actor: Actor, person: str) -> Iterator[tuple[str, TimelineItem]]:
    """By entry: dangers by care's own word, and what care did, of which who decides has to know."""
    dangers, closed = queries.own_dangers(actor, person)
    names = officer_names(
        actor, [danger.officer for danger in dangers] + [closing.officer for closing in closed]
    )
    offices = authority_names(
        [danger.authority for danger in dangers] + [closing.authority for closing in closed]
    )
    lines = [
        (
            closing.entry,
            closing.when,
            closing.officer,
            closing.authority,
            _("Danger, closed by care"),
            closing.done,
        )
        for closing in closed
    ]
    lines += [
        (
            danger.entry,
            danger.when,
            danger.officer,
            danger.authority,
            _("In danger, reported by care"),
            danger.full_words,
        )
        for danger in dangers
    ]
    for entry, happened, officer, authority, title, text in lines:
        by = _("%(who)s.") % {"who": names.get(officer) or offices.get(authority, "")}
        yield entry, TimelineItem(happened, "decision", _("Caseworker"), title, text, by=by)


def _exploitation(actor: Actor, person: str) -> Iterator[TimelineItem]:
    listed = records(actor, person)
    names = officer_names(actor, [record.officer for record in listed])
    for record in listed:
        by = _("%(who)s.") % {"who": names.get(record.officer, "")}
        text = _sentences(*filter(None, (forms_words(record), record.words)))
        title = _("Form of exploitation, as told to care")
        yield TimelineItem(record.happened, "said", source_label("said"), title, text, by=by)


def _askings(actor: Actor, person: str) -> Iterator[TimelineItem]:
    """Who was asked to decide, and reads the file since."""
    listed = queries.parts(actor, models.DecisionAsked, person)
    offices = authority_names([asking.plain["to"] for asking in listed])
    for asking in listed:
        names = {
            "office": offices.get(asking.plain["to"], ""),
            "what": words("decision-asks", asking.plain["what"]),
        }
        yield _item(
            asking,
            "decision",
            _("%(office)s was asked: %(what)s") % names,
            text=asking.words.get("words", ""),
        )


def _wish(wish: PartSeen) -> TimelineItem:
    return _item(wish, "said", words("wishes", wish.plain["wish"]), quote=wish.words.get("words", ""))


def _consent(consent: PartSeen) -> TimelineItem:
    purpose = words("consent-purposes", consent.plain["purpose"])
    title = _("Agreed: %(what)s") if consent.plain["agreed"] else _("Did not agree: %(what)s")
    withheld = ", ".join(words("file-parts", code) for code in consent.words.get("withheld", ()))
    text = consent.words.get("recipient", "")
    if withheld and consent.plain["agreed"]:
        text += ". " + _("Not to be disclosed: %(what)s.") % {"what": withheld}
    ended = _("Withdrawn since.") if consent.plain["withdrawn_at"] else ""
    return _item(consent, "said", title % {"what": purpose}, text=text, conflict=ended)


def _closing(closing: PartSeen) -> TimelineItem:
    reason = closing.plain["reason"]
    if erasure := closing.words.get("erasure"):
        asked = erasure == "erasure.request"
        title = _("Its erasure was asked for") if asked else _("The file is kept: not erased")
        return _item(closing, "decision", title, text=closing.words.get("reasons", ""))
    if day := closing.words.get("keep_until"):
        title = _("Kept until %(day)s") % {"day": date_words(day)}
        return _item(closing, "decision", title, text=closing.words.get("reasons", ""))
    if agrees := closing.words.get("agrees"):
        title = (
            _("Closing read by a second officer: agreed")
            if agrees == "yes"
            else _("Closing read by a second officer: not agreed, the file stays open")
        )
        return _item(closing, "decision", title, text=closing.words.get("reasons", ""))
    if not reason:
        return _item(
            closing,
            "decision",
            _("File opened again, or its closing taken back"),
            text=closing.words.get("reasons", ""),
        )
    titles = {
        PROPOSED: _("Closing proposed, and it waits for a second reader's word: %(why)s"),
        CONTACT: _("Contact after the file was closed: %(why)s"),
    }
    title = titles.get(closing.words.get("stage", ""), _("File closed: %(why)s"))
    title %= {"why": words("closing-reasons", reason)}
    despite = closing.words.get("reasons", "")
    text = closing.words.get("afterwards", "")
    if despite:
        text = _sentences(text, _("Closed although something was open: %(why)s") % {"why": despite})
    if appeal := closing.words.get("appeal"):
        text = _sentences(text, _("The appeal: %(what)s") % {"what": appeal})
    return _item(closing, "decision", title, text=text)


def _sentences(*parts: str) -> str:
    """Answers that follow each other, each with a stop."""
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def rule_title(code: str) -> str:
    """A rule set's title; its code if this version does not have it."""
    return rule_set(code).title if code in rule_sets() else code


def rules_words(screening: PartSeen) -> str:
    """The rule set of a screening by its name, with its version."""
    return _("%(rules)s, version %(version)s") % {
        "rules": rule_title(screening.plain["rule_set"]),
        "version": screening.plain["version"],
    }


def _screening(screening: PartSeen) -> TimelineItem:
    title = _("Screened under %(rules)s, version %(version)s") % {
        "rules": rule_title(screening.plain["rule_set"]),
        "version": screening.plain["version"],
    }
    answers = Link(_("Answers"), reverse("care-answers", args=[screening.person, screening.id]))
    line = _item(screening, "saw", title, text=screening.words.get("result", ""), links=[answers])
    # What a rule set makes of answers is nobody's word, least of all the person's.
    return replace(line, source_label=_("Caseworker asked"))


def _referral(referral: PartSeen) -> TimelineItem:
    service = words("services", referral.plain["service"])
    states = {
        "asked": _("not answered yet"),
        "accepted": _("accepted"),
        "declined": _("declined"),
        "given": _("given"),
    }
    title = _("Referral: %(service)s, %(state)s") % {
        "service": service,
        "state": states.get(referral.plain["state"], referral.plain["state"]),
    }
    return _item(referral, "decision", title, text=referral.words.get("to", ""))


def _identified(identification: PartSeen) -> Iterator[TimelineItem]:
    title = words("identification-statuses", identification.plain["status"])
    link = Link(
        _("Reasons and review date"), reverse("care-reading", args=[identification.person, identification.id])
    )
    yield _item(
        identification,
        "decision",
        title,
        text=identification.words.get("reasons", ""),
        by=by(identification),
        links=[link],
    )


def _returned(decision: PartSeen) -> Iterator[TimelineItem]:
    title = words("return-decisions", decision.plain["decision"])
    link = Link(_("What was weighed"), reverse("care-return-reading", args=[decision.person, decision.id]))
    yield _item(
        decision, "decision", title, text=decision.words.get("reasons", ""), by=by(decision), links=[link]
    )


def by(decision: PartSeen) -> str:
    """Who decided and who read it second; or that it does not count."""
    sentence = {
        "taken-back": _("%(who)s took it back: nothing was decided."),
        "crossed": _("%(who)s. Two corrections of it are on file. It counts once a third has settled them."),
        "set-aside": _("%(who)s. Set aside on appeal: it counts no more."),
        "counts": _("%(who)s. Second reader: %(reader)s."),
        "refused": _("%(who)s. The second reader did not agree: it does not count."),
        "unread": _("%(who)s. No second reader yet: it does not count."),
    }[verdict(decision)]
    return sentence % {"who": decision.by, "reader": decision.read_by or _("another authority")}
