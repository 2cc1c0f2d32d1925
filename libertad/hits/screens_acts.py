"""Forms of decisions about a hit. Each names what will not happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import authority_names
from libertad.hits import forms as asked
from libertad.hits import queries
from libertad.hits.actions.answer_question import answer_question
from libertad.hits.actions.ask_owner import ask_owner
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.actions.postpone_hit import postpone_hit
from libertad.hits.actions.read_hit import read_hit
from libertad.hits.actions.reject_hit import reject_hit
from libertad.hits.actions.undo_hit import undo_hit
from libertad.hits.page import files_of, hit_or_404, records
from libertad.hits.queries import HitSeen
from libertad.hits.wording import pair_words
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Link


def hit_with_both(request: HttpRequest, key: str) -> HitSeen:
    """The hit, for who may read both of its records: nobody decides on what is hidden."""
    hit = hit_or_404(request, key)
    if not hit.both:
        raise Http404
    return hit


def decision_page(
    request: HttpRequest,
    form: forms.Form,
    hit: HitSeen,
    action: Callable[..., Any],
    title: str,
    button: str,
    wont: str,
) -> HttpResponse:
    """The form, or what it does."""
    if request.method == "POST" and form.is_valid():
        done, _state = try_perform(request, form, action, hit=hit.id, source="decision", **form.cleaned_data)
        if done:
            return redirect("hit", hit.id)
    page = FormPage(
        title=title,
        button=button,
        back=Link(hit.reference, reverse("hit", args=[hit.id])),
        reference=hit.reference,
        provenance=hit.provenance,
        intro=pair_words(hit),
        wont=wont,
        links=[
            Link(_("What speaks for it and against it"), reverse("hit", args=[hit.id])),
            *records(actor_of(request), hit),
        ],
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def hit_confirm(request: HttpRequest, key: str) -> HttpResponse:
    hit = hit_with_both(request, key)
    form = asked.ConfirmForm(request.POST or None)
    if hit.persons:
        return decision_page(
            request,
            form,
            hit,
            confirm_hit,
            _("It is one person"),
            _("Propose that it is one person"),
            _(
                "Siblings, and people who were trafficked together, score high. Nothing is written into "
                "either file, no operation is told, and each goes on counting its own record. Until another "
                "officer has read it, nobody is shown what was promised before."
            )
            if hit.again
            else _(
                "Siblings, and people who were trafficked together, score high. Nothing is linked until "
                "another officer has read it, and nothing is ever merged."
            ),
        )
    return decision_page(
        request,
        form,
        hit,
        confirm_hit,
        _("It is the same"),
        _("Confirm the hit"),
        _("Both records stay as they are. The operation is told that there is a hit, not of whom."),
    )


def hit_read(request: HttpRequest, key: str) -> HttpResponse:
    hit = hit_with_both(request, key)
    return decision_page(
        request,
        asked.ReadForm(request.POST or None),
        hit,
        read_hit,
        _("Read it as the second reader"),
        _("Record what you found"),
        _(
            "Nothing is merged, no operation is told, and each goes on counting its own record. The later "
            "file leads to what was promised in the earlier one. It can be undone."
        )
        if hit.again
        else _(
            "Nothing is merged: both records stay, linked, and the person is counted once. It can be undone."
        ),
    )


def hit_reject(request: HttpRequest, key: str) -> HttpResponse:
    hit = hit_with_both(request, key)
    return decision_page(
        request,
        asked.RejectForm(request.POST or None),
        hit,
        reject_hit,
        _("It is not the same"),
        _("Reject the hit"),
        _("If either record says something new that speaks for it, the hit comes back."),
    )


def hit_postpone(request: HttpRequest, key: str) -> HttpResponse:
    hit = hit_with_both(request, key)
    return decision_page(
        request,
        asked.PostponeForm(request.POST or None),
        hit,
        postpone_hit,
        _("Not yet"),
        _("Defer"),
        _("Nobody is told. On that day it is among what waits for a decision again."),
    )


def hit_undo(request: HttpRequest, key: str) -> HttpResponse:
    hit = hit_with_both(request, key)
    return decision_page(
        request,
        asked.UndoForm(request.POST or None),
        hit,
        undo_hit,
        _("Take the decision back"),
        _("Take it back"),
        _("What was decided stays on file. A link that it made ends."),
    )


def hit_ask(request: HttpRequest, key: str) -> HttpResponse:
    actor, hit = actor_of(request), hit_with_both(request, key)
    form = asked.AskForm(request.POST or None)
    names = authority_names()
    askable = queries.askable(actor, hit)
    owner = queries.owners_of(subject.compartment for subject in askable)
    offer(
        form,
        "record",
        [
            (subject.ref, f"{subject.reference}, {names.get(owner[subject.compartment], '')}")
            for subject in askable
        ],
    )
    if not form.fields["record"].choices:  # type: ignore[attr-defined]
        return redirect("hit", key)  # both are ours: there is nobody to ask
    return decision_page(
        request,
        form,
        hit,
        ask_owner,
        _("Ask the owner"),
        _("Ask"),
        _("The owner learns that you ask about its record. It does not learn of the other record."),
    )


def hit_answer(request: HttpRequest, key: str) -> HttpResponse:
    """The owner's answer to another authority's question."""
    question = queries.question(actor_of(request), key)
    if question is None:
        raise Http404
    form = asked.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _id = try_perform(
            request, form, answer_question, question=key, source="decision", **form.cleaned_data
        )
        if done:
            return redirect("hits")
    page = FormPage(
        title=_("Answer a question about your record"),
        button=_("Answer"),
        back=Link(_("Hits"), reverse("hits")),
        reference=question.subject.reference if question.subject else "",
        provenance=question.provenance,
        intro=_("%(authority)s asks: %(words)s")
        % {"authority": question.asked_by_name, "words": question.words},
        wont=_("Only this record's readers read your answer. It decides nothing at the other authority."),
        links=files_of(actor_of(request), filter(None, [question.subject])),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
