"""A protection file told in order: whose word, what, when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, officer_names
from libertad.care import models, queries
from libertad.care.seen import PartSeen, verdict
from libertad.look.looks import Link, TimelineItem
from libertad.look.times import local_of
from libertad.look.words import source_label, words
from libertad.vocabulary.rules import rule_set, rule_sets


def told(actor: Actor, person: str) -> list[TimelineItem]:
    """Everything in the file, newest first."""
    items = [
        *(_wish(one) for one in queries.parts(actor, models.Wish, person)),
        *(_consent(one) for one in queries.parts(actor, models.Consent, person)),
        *(_screening(one) for one in queries.parts(actor, models.Screening, person)),
        *(_closing(one) for one in queries.parts(actor, models.Closing, person)),
        *_dangers(actor, person),
        *(_referral(one) for one in queries.parts(actor, models.Referral, person)),
        *(i for one in queries.parts(actor, models.Identification, person) for i in _identified(one)),
        *(i for one in queries.parts(actor, models.ReturnDecision, person) for i in _returned(one)),
    ]
    return sorted(items, key=lambda item: local_of(item.happened), reverse=True)


def _item(one: PartSeen, source: str, title: str, **more: object) -> TimelineItem:
    given = {"by": _("%(who)s.") % {"who": one.by}, **more}
    return TimelineItem(one.when, source, source_label(source), title, **given)  # type: ignore[arg-type]


def _dangers(actor: Actor, person: str) -> Iterator[TimelineItem]:
    """Dangers by care's own word, and what care did: who decides about the person has to know of them."""
    said, closed = queries.own_dangers(actor, person)
    names = officer_names(actor, [one.officer for one in said] + [one.officer for one in closed])
    offices = authority_names([one.authority for one in said] + [one.authority for one in closed])
    lines = [(one.when, one.officer, one.authority, _("Danger, closed by care"), one.done) for one in closed]
    lines += [
        (one.when, one.officer, one.authority, _("In danger, by the word of care"), one.told) for one in said
    ]
    for happened, officer, authority, title, text in lines:
        by = _("%(who)s.") % {"who": names.get(officer) or offices.get(authority, "")}
        yield TimelineItem(happened, "decision", _("Caseworker"), title, text, by=by)


def _wish(one: PartSeen) -> TimelineItem:
    return _item(one, "said", words("wishes", one.plain["wish"]), quote=one.words.get("words", ""))


def _consent(one: PartSeen) -> TimelineItem:
    what = words("consent-purposes", one.plain["purpose"])
    title = _("Agreed: %(what)s") if one.plain["agreed"] else _("Did not agree: %(what)s")
    withheld = ", ".join(words("file-parts", code) for code in one.words.get("withheld", ()))
    text = one.words.get("recipient", "")
    if withheld and one.plain["agreed"]:
        text += ". " + _("Not to be told: %(what)s.") % {"what": withheld}
    ended = _("Withdrawn since.") if one.plain["withdrawn_at"] else ""
    return _item(one, "said", title % {"what": what}, text=text, conflict=ended)


def _closing(one: PartSeen) -> TimelineItem:
    reason = one.plain["reason"]
    if not reason:
        return _item(one, "decision", _("File opened again"), text=one.words.get("reasons", ""))
    title = _("File closed: %(why)s") % {"why": words("closing-reasons", reason)}
    despite = one.words.get("reasons", "")
    text = one.words.get("afterwards", "")
    if despite:
        text = _sentences(text, _("Closed although something was open: %(why)s") % {"why": despite})
    if appeal := one.words.get("appeal"):
        text = _sentences(text, _("The appeal: %(what)s") % {"what": appeal})
    return _item(one, "decision", title, text=text)


def _sentences(*parts: str) -> str:
    """Answers that follow each other, each with a stop."""
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def rule_title(code: str) -> str:
    """A rule set's title; its code if this version does not have it."""
    return rule_set(code).title if code in rule_sets() else code


def rules_words(one: PartSeen) -> str:
    """The rule set of a screening by its name, with its version."""
    return _("%(rules)s, version %(version)s") % {
        "rules": rule_title(one.plain["rule_set"]), "version": one.plain["version"]
    }  # fmt: skip


def _screening(one: PartSeen) -> TimelineItem:
    title = _("Screened under %(rules)s, version %(version)s") % {
        "rules": rule_title(one.plain["rule_set"]), "version": one.plain["version"]
    }  # fmt: skip
    more = Link(_("Answers"), reverse("care-answers", args=[one.person, one.id]))
    found = _item(one, "saw", title, text=one.words.get("result", ""), links=[more])
    # What a rule set makes of answers is nobody's word, least of all the person's.
    return replace(found, source_label=_("Caseworker asked"))


def _referral(one: PartSeen) -> TimelineItem:
    service = words("services", one.plain["service"])
    states = {
        "asked": _("not answered yet"),
        "accepted": _("accepted"),
        "declined": _("declined"),
        "given": _("given"),
    }
    title = _("Referral: %(service)s, %(state)s") % {
        "service": service, "state": states.get(one.plain["state"], one.plain["state"])
    }  # fmt: skip
    return _item(one, "decision", title, text=one.words.get("to", ""))


def _identified(one: PartSeen) -> Iterator[TimelineItem]:
    title = words("identification-statuses", one.plain["status"])
    more = Link(_("Reasons and review date"), reverse("care-reading", args=[one.person, one.id]))
    yield _item(one, "decision", title, text=one.words.get("reasons", ""), by=by(one), links=[more])


def _returned(one: PartSeen) -> Iterator[TimelineItem]:
    title = words("return-decisions", one.plain["decision"])
    more = Link(_("What was weighed"), reverse("care-return-reading", args=[one.person, one.id]))
    yield _item(one, "decision", title, text=one.words.get("reasons", ""), by=by(one), links=[more])


def by(one: PartSeen) -> str:
    """Who decided and who read it second; or that it does not count."""
    told = {
        "taken-back": _("%(who)s took it back: nothing was decided."),
        "crossed": _("%(who)s. Two corrections of it are on file. It counts once a third has settled them."),
        "counts": _("%(who)s. Second reader: %(reader)s."),
        "refused": _("%(who)s. The second reader did not agree: it does not count."),
        "unread": _("%(who)s. No second reader yet: it does not count."),
    }[verdict(one)]
    return told % {"who": one.by, "reader": one.read_by or _("another authority")}
