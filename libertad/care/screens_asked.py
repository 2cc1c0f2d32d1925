"""Ask a deciding authority, and take the file back from it: what it then reads is said before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.care.actions.ask_decision import ask_decision, take_back
from libertad.care.asked_words import asked_pair
from libertad.care.forms_asked import AskForm, TakeBackForm
from libertad.care.pages import find
from libertad.care.queries_asked import deciders
from libertad.care.screens_forms import back_to, form_page
from libertad.look.fields import offer
from libertad.look.page_objects import FormPage, Pair


def ask_authority(request: HttpRequest, person: str) -> HttpResponse:
    """Which one, for what; and before it is saved what it will read."""
    file = find(request, person)
    listed = deciders(actor_of(request), file)
    form = AskForm(request.POST or None)
    offer(form, "authority", [(decider.authority, decider.name) for decider in listed])
    if _done(request, form, ask_decision, person=person):
        return redirect("care-file", person)
    facts = [
        Pair(
            _("It will read"),
            _("the whole protection file, from its beginning, and what is added"),
            _("screening, agreements, referrals, dangers, wishes, and what the person told care"),
        ),
        Pair(
            _("It will not read"),
            _("case notes, the plan, how the person is reached, who interprets, disclosures"),
            _("nor the identity file; of those it gets no key"),
        ),
    ]
    if not listed:
        facts.insert(0, Pair(_("Nobody to ask"), _("No deciding authority of your country is in it yet.")))
    form_object = FormPage(
        title=_("Ask the deciding authority"),
        button=_("Ask, and let it read the file"),
        reference=file.reference,
        back=back_to(file, "care-file", _("Protection file")),
        facts=facts,
        warning=True,
        wont=_("What it has read it has read. Nobody else is told, and police are not."),
    )
    return form_page(request, file, form, form_object)


def take_file_back(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """An authority reads nothing that is said from now on."""
    file = find(request, person)
    decider = next((d for d in deciders(actor_of(request), file) if d.authority == key), None)
    if decider is None or not decider.may_end:
        raise Http404
    form = TakeBackForm(request.POST or None)
    if _done(request, form, take_back, person=person, authority=key):
        return redirect("care-file", person)
    form_object = FormPage(
        title=_("Take the file back from %(name)s") % {"name": decider.name},
        button=_("Take it back"),
        reference=file.reference,
        back=back_to(file, "care-file", _("Protection file")),
        facts=[asked_pair(decider)],
        warning=True,
        wont=_("What it has read it has read. It can be asked again, and then reads the whole file again."),
    )
    return form_page(request, file, form, form_object)


def _done(request: HttpRequest, form: Form, action: Callable[..., Any], **fixed: Any) -> bool:
    """Run the action for a form that was sent: it happens now."""
    if request.method != "POST" or not form.is_valid():
        return False
    done, _result = try_perform(request, form, action, source="decision", **fixed, **form.cleaned_data)
    return done
