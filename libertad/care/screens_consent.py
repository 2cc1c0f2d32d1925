"""Recording and withdrawing an agreement of the person: each on its own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care import forms, models
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.disclosing import limits
from libertad.care.disclosure_words import state_cell, what_a_withdrawal_does
from libertad.care.pages import after_writing, find, find_to_write, now_of
from libertad.care.queries_disclosing import disclosures, nearest_first, possible_recipients
from libertad.care.screens import part_of
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look.page_objects import FormPage, Pair
from libertad.look.suggested import Suggested
from libertad.look.words import words


def consent_new(request: HttpRequest, person: str) -> HttpResponse:
    """What the person agrees to, or does not. It shows nothing of the file."""
    file = find_to_write(request, person)
    actor, asked = actor_of(request), request.GET.get("purpose", "")
    form = forms.ConsentForm(request.POST or None, now=now_of(request), initial={"purpose": asked})
    offered = [recipient.name for recipient in nearest_first(actor, asked, possible_recipients(actor))]
    form.fields["recipient"].widget = Suggested(offered, {"maxlength": 200})
    if save(request, form, record_consent, person=person):
        return after_writing(request, person, "care-consent")
    page = FormPage(
        title=_("Record an agreement"),
        button=_("Record what the person said"),
        reference=file.reference,
        back=back_to(file, "care-consent", _("Agreements")),
        wont=_("Nobody is told anything by this. The person can withdraw it at any time."),
    )
    return form_page(request, file, form, page)


def consent_withdraw(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """The person no longer agrees."""
    file = find(request, person)
    consent = part_of(request, models.Consent, person, key)
    form = forms.WithdrawForm(request.POST or None, now=now_of(request))
    if save(request, form, withdraw_consent, consent=key):
        return redirect("care-consent", person)
    resting = [
        view for view in disclosures(actor_of(request), person) if view.consent == key and view.is_live
    ]
    page = FormPage(
        title=_("Withdraw an agreement"),
        button=_("Withdraw it"),
        reference=file.reference,
        back=back_to(file, "care-consent", _("Agreements")),
        warning=True,
        intro=f"{words('consent-purposes', consent.plain['purpose'])}: {consent.words.get('recipient', '')}",
        wont=_(
            "What services were told cannot be taken back. It stays listed under Referrals. What was "
            "disclosed to an authority is erased at once, and asked back."
        ),
        facts=[
            Pair(_("Rests on it"), f"{view.recipient}, {view.reference}", state_cell(view).second)
            for view in resting
        ],
    )
    if not resting:
        return form_page(request, file, form, page)
    follows = what_a_withdrawal_does(limits())
    return form_page(request, file, form, page, "care/withdraw.html", withdrawal=follows)
