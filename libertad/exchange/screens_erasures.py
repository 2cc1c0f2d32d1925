"""Requests to erase: who has not answered, and answering those that this authority got."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from libertad.access.acting import Act
from libertad.access.actor import Actor
from libertad.access.asking import actor_of as asking
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say
from libertad.access.stale_parts import after_erasure
from libertad.exchange import queries, queries_held, wording
from libertad.exchange.control.erasure_requests import erase_as_asked, refuse_to_erase
from libertad.exchange.protocol.erasure_messages import LEGAL_HOLD, NEEDED
from libertad.exchange.queries_held import Promise
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list

OUTCOMES = {"refuse": LEGAL_HOLD, "needed": NEEDED}  # by the answer of the form


class AnswerForm(forms.Form):
    """Erase as asked, or say why not: the answer is signed, so it says what is true."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What do you do?"),
        choices=(
            ("erase", gettext_lazy("Erase the files here, and promise it")),
            ("refuse", gettext_lazy("Refuse: a legal hold forbids it")),
            ("needed", gettext_lazy("Refuse: the files are still needed here, for another reason")),
        ),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy(
            "Needed to erase. Recorded in your authority's own file; it must name nobody."
        ),
        max_length=300,
        required=False,
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if self.cleaned_data.get("decision") == "erase" and not reason:
            raise forms.ValidationError(_("Say why; it is recorded with the erasure and must name nobody"))
        return reason


def erasures(request: HttpRequest) -> HttpResponse:
    """Who was asked to erase, and what each promised."""
    actor = asking(request)
    promises = queries_held.promises(actor)
    offices = queries.names([name for promise in promises for name in (promise.authority, promise.asking)])
    columns = [
        Column(_("Who was asked")),
        Column(_("Promise")),
        Column(_("Asked")),
        Column(_("Files"), numeric=True),
        Column(_("Asked by")),
    ]
    owed = sum(promise.answered is None for promise in promises)
    page = ListPage(
        title=_("Requests to erase"),
        second=ngettext("%(count)d has not answered yet.", "%(count)d have not answered yet.", owed)
        % {"count": owed}
        if promises
        else "",
        table=Table(
            _("Requests to erase"),
            columns,
            [_promise(actor, promise, offices) for promise in promises],
            note=_(
                "An answer is a signed promise and nothing more: nobody can prove that a copy is gone. "
                "Whose data it was is not named here."
            ),
        ),
        empty=Empty(
            _("Nobody was asked to erase"),
            _("When a person's files are erased here, other holders of a copy are asked, and stand here."),
            Action(_("Back to Exchange"), reverse("exchange")),
        ),
    )
    return show_list(request, page)


def _promise(actor: Actor, promise: Promise, offices: Mapping[str, str]) -> Row:
    zone = actor.zone
    if promise.answered is None and promise.authority == actor.authority and can_say(actor, promise.verb):
        answer = Cell(_("Waits for your answer"), reverse("exchange-erasure", args=[promise.request]))
    elif promise.answered is None:
        note = _("its node has the request") if promise.sent else _("its node has not been reached")
        answer = Cell(_("No answer yet"), tone="needs", second=note)
    elif not promise.answer.isdecimal():
        held = promise.answer == LEGAL_HOLD
        refused = _("Refused: legal hold") if held else _("Refused: still needed there")
        answer = Cell(refused, tone="needs", second=wording.at(promise.answered, zone))
    else:
        answer = Cell(
            _("Promised: %(count)s keys destroyed") % {"count": promise.answer},
            tone="done",
            second=wording.at(promise.answered, zone),
        )
    return Row(
        [
            _office(promise.authority, offices),
            answer,
            Cell(wording.at(promise.asked, zone)),
            Cell(str(promise.files)),
            _office(promise.asking, offices),
        ]
    )


def _office(key: str, offices: Mapping[str, str]) -> Cell:
    """An authority by its name, or by the beginning of its id where nothing tells it here."""
    name = offices.get(key, "")
    return Cell(name or _("An authority not known here"), second="" if name else key[:8])


def _asked_for(promise: Promise, by: str) -> str:
    """What was erased there, in a sentence."""
    if promise.kind == "disclosure":
        return _(
            "%(by)s has withdrawn what it disclosed to you about a person, and asks you to erase your copy. "
            "Until you answer nobody here opens it."
        ) % {"by": by}
    if promise.kind == "case":
        return _(
            "%(by)s has erased the file of a country's detentions and exhibits, and asks you to erase "
            "your copy."
        ) % {"by": by}
    if promise.kind:
        return _(
            "%(by)s has erased the file of a country's leads, sites and teams, and asks you to erase "
            "your copy."
        ) % {"by": by}
    return ngettext(
        "%(by)s has erased a file about a person, and asks you to erase your copy.",
        "%(by)s has erased %(count)d files about a person, and asks you to erase your copies.",
        promise.files,
    ) % {"by": by, "count": promise.files}


def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a request that another authority made of the actor's own."""
    actor = asking(request)
    promise = queries_held.owed(actor, key)
    if promise is None or not can_say(actor, promise.verb):
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def act_on_it(act: Act) -> None:
            if values["decision"] == "erase":
                erase_as_asked(act, request=key, reason=values["reason"])
            else:
                refuse_to_erase(act, request=key, outcome=OUTCOMES[values["decision"]])

        done, _nothing = try_perform(request, form, act_on_it)
        if done:
            if values["decision"] == "erase" and (words := after_erasure(actor)):
                messages.warning(request, words)
            return redirect("exchange-erasures")
    by = queries.names([promise.asking]).get(promise.asking, "") or _("An authority not known here")
    page = FormPage(
        title=_("Answer a request to erase"),
        button=_("Answer"),
        back=Link(_("Requests to erase"), reverse("exchange-erasures")),
        intro=_asked_for(promise, by),
        wont=_(
            "Erasing destroys the keys of these files at this node for good. Your answer is a signed promise."
        ),
        warning=True,
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)
