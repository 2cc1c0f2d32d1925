"""One-time pages on Today: what a service answered, until it was called back; and what led to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say
from libertad.care import page_words
from libertad.care.answered_words import answers_of
from libertad.care.queries_outside import PageAsked, services, to_settle
from libertad.web.todo_item import Waiting


def pages_to_settle(actor: Actor) -> Iterator[Waiting]:
    """For who reads the person's file, until the referral's answer is recorded or another page is made."""
    if not (may_open(actor, "care-page") and can_say(actor, "page.settle")):
        return
    for page in to_settle(actor):
        title, why = _words(page)
        told = [seen for seen in answers_of(actor, page.person) if seen.answer.entry.startswith(page.id)]
        danger = any(seen.is_danger for seen in told)
        yield Waiting(
            title % {"who": page.words.get("to", "")},
            why,
            reverse("care-referral", args=[page.person, page.referral]),
            _("Call back and record it") if page.state == "answered" else _("Open the referral"),
            page.state_at.at if page.state == "answered" and page.state_at else None,
            page.reference,
            page.name,
            rank=-0.3,
            danger=danger,
            since=page.state_at.at if danger and page.state_at else None,
        )


def _words(page: PageAsked) -> tuple[str, str]:
    if page.trouble:
        return (
            _("The page for %(who)s: its host does not answer"),
            _("Telephone the service. The node goes on trying."),
        )
    match page.state:
        case "answered":
            answer = page_words.answer(page)
            return _("Unconfirmed, call back: %(who)s"), _("By its page: %(answer)s.") % {"answer": answer}
        case "dead":
            return (
                _("Too many wrong codes: the page for %(who)s is gone"),
                _("Somebody tried who does not know the code. Telephone the service: who had the link?"),
            )
        case "expired":
            return _("%(who)s has not answered by its page"), _("Telephone, or ask another service.")
        case "forged":
            return (
                _("An answer that %(who)s has not given"),
                _(
                    "The host of the pages told one that its page cannot have made. Believe none of it, and "
                    "tell who keeps the host."
                ),
            )
    return (
        _("The page for %(who)s is gone from its host"),
        _("It was neither answered nor taken back. Telephone the service, and tell who keeps the host."),
    )


def services_to_confirm(actor: Actor) -> Iterator[Waiting]:
    """Services that another officer put into the list or changed."""
    if not (may_open(actor, "care-service") and can_say(actor, "service.confirm")):
        return
    for service in services(actor):
        waits = service.proposed
        if waits is not None and waits.officer != actor.officer:
            yield Waiting(
                _("Check the number of a service: %(name)s") % {"name": waits.name},
                _("%(who)s wrote it down. Nobody is asked by it before a second officer has checked it.")
                % {"who": waits.by or _("An officer")},
                reverse("care-service", args=[service.id]),
                _("Check it"),
            )
