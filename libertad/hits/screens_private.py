"""Asking other authorities in private from a page: what `libertad hits private ask` asks, and no more.

The answer is shown once, on the page that follows: no question and no value is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.queries import clock_now
from libertad.access.submissions import CURRENT, Repeated, submit_once
from libertad.exchange.queries import names
from libertad.hits import private
from libertad.hits.forms_private import PrivateForm
from libertad.hits.wording import bits_words, odds_words
from libertad.journal.transaction import Transaction
from libertad.look import refusals
from libertad.look.page_objects import Cell, Column, FormPage, Link, Row, Table
from libertad.look.words import words
from libertad.vocabulary.values import Refused

if TYPE_CHECKING:
    from libertad.hits.private.asking import Answer
    from libertad.hits.private.private_score import Weight

SILENT = frozenset({"refused", "unreachable"})


def hits_private(request: HttpRequest) -> HttpResponse:
    """The form; posted, the question is asked and each authority's answer shown."""
    actor, owners = actor_of(request), askable_owners()
    form = PrivateForm(request.POST if request.method == "POST" else None, sorted(owners.items(), key=_name))
    if request.method == "POST" and form.is_valid():
        try:
            answers = ask(actor, form)
        except Refused as why:
            refusals.show(form, why)
        else:
            return answers_page(request, form.cleaned_data["case"], answers, owners)
    page = FormPage(
        title=_("Ask other authorities in private"),
        button=_("Ask in private"),
        back=Link(_("Hits"), reverse("hits")),
        intro=_(
            "They learn that your authority asks, in this case, and which of their own records met. They "
            "learn nothing of what did not meet, and no name, number or birth leaves this node."
        )
        if owners
        else _("There is nobody to ask: this node exchanges with no other authority."),
        wont=_(
            "Nothing is shared by it: a hit says whom to call. The question is recorded here and there, your "
            "name here alone."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _name(owner: tuple[str, str]) -> str:
    return owner[1]


def askable_owners() -> dict[str, str]:
    """The authorities that can be asked, with their names."""
    from libertad.hits.private.service import private as service  # loads what only comparing needs

    owners = service().asking.talk.owners()
    known = names(owners)
    return {owner: known.get(owner, owner) for owner in owners}


def ask(actor: Actor, form: PrivateForm) -> dict[str, list[Answer]]:
    """As the command does. Raises Refused, and Forbidden."""
    record = form.record(clock_now(actor.operation).date(), "")
    chosen = form.cleaned_data.get("of") or None
    return private.ask(actor, form.cleaned_data["case"], record, chosen, claim)


def claim() -> None:
    """Each posting of the form asks once. Raises Repeated where an earlier arrival has begun to ask."""
    submit_once(_claimed, claim, {})
    posting = CURRENT.get()
    if posting is not None and posting.replayed:
        raise Repeated


def _claimed(_tx: Transaction) -> bool:
    return True


def answers_page(
    request: HttpRequest, case: str, answers: Mapping[str, list[Answer]], owners: Mapping[str, str]
) -> HttpResponse:
    all_answers = [answer for group in answers.values() for answer in group]
    context = {
        "case": case,
        "second": summary(all_answers),
        "table": table(all_answers, owners) if all_answers else None,
    }
    return render(request, "hits/private.html", context)


def summary(answers: Sequence[Answer]) -> str:
    """What came of it: who did not answer has not said that there is no hit."""
    silent = sum(answer.what in SILENT for answer in answers)
    if any(answer.what == "hit" for answer in answers):
        return _("A hit is a reason to call, not an identity.")
    if silent == len(answers):
        return _("Nobody answered, so nothing is known. Ask again later, or telephone.")
    if silent:
        return ngettext(
            "No hit at those that answered; %(n)d did not answer.",
            "No hit at those that answered; %(n)d did not answer.",
            silent,
        ) % {"n": silent}
    return _("No hit.")


def table(answers: Iterable[Answer], owners: Mapping[str, str]) -> Table:
    """Each answer: what came of it, what speaks for it, and whom to call."""
    columns = [
        Column(_("Authority")),
        Column(_("Answer")),
        Column(_("What speaks for it")),
        Column(_("Call")),
    ]
    return Table(_("Answers"), columns, [row(answer, owners) for answer in answers], stacks=True)


def row(answer: Answer, owners: Mapping[str, str]) -> Row:
    hit = answer.what == "hit"
    return Row(
        [
            Cell(owners.get(answer.owner, answer.owner)),
            Cell(
                outcome(answer.what),
                tone="needs" if hit else "",
                second=_("%(odds)s, %(bits)s bits")
                % {"odds": odds_words(answer.probability), "bits": bits_words(answer.bits)}
                if hit
                else "",
            ),
            Cell(". ".join(map(weight_words, answer.weights)) or answer_words(answer)),
            Cell(answer.contact, second=_("Say: %(handle)s") % {"handle": answer.handle} if hit else ""),
        ]
    )


def answer_words(answer: Answer) -> str:
    """What the authority said; of a line that failed, words for people and not the system's."""
    return _("Its node could not be reached.") if answer.what == "unreachable" else answer.words


def outcome(code: str) -> str:
    return {
        "hit": _("Hit"),
        "none": _("No hit"),
        "refused": _("Refused"),
        "unreachable": _("Not reached"),
    }.get(code, code)


def weight_words(weight: Weight) -> str:
    """'Name: the same, +12.1 bits'."""
    level = {
        "same": _("the same"),
        "swapped": _("day and month in each other's place"),
        "close": _("near"),
        "overlaps": _("fits"),
        "different": _("different"),
    }.get(weight.how, weight.how)
    return _("%(kind)s: %(how)s, %(bits)s bits") % {
        "kind": words("fact-kinds", weight.kind),
        "how": level,
        "bits": bits_words(weight.bits),
    }
