"""The forms of an exhibit: take, seal, offer, accept, let go, explain, return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import whereabouts
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import clock_now
from libertad.access.queries_members import home_country
from libertad.evidence import queries, queries_store
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.ask_statement import ask_statement
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.release_custody import release_custody
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.actions.settle_custody import settle_custody
from libertad.evidence.actions.statement_on_gap import statement_on_gap
from libertad.evidence.custody import doubles
from libertad.evidence.forms import (
    AcceptForm,
    AskForm,
    CashRows,
    OfferForm,
    ReleaseForm,
    ReturnForm,
    SealForm,
    SeizeForm,
    SettleForm,
    StatementForm,
)
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.screens import found_or_404
from libertad.evidence.screens_over import ACCEPTS, HOLDERS, OF_GAPS, over
from libertad.look import times
from libertad.look.errors import ErrorAt
from libertad.look.page_objects import FormPage, Link
from libertad.look.words import words
from libertad.operations import queries as operations
from libertad.vocabulary.codelists import sayable
from libertad.vocabulary.values import Cash, Happened


def now_of(request: HttpRequest) -> Happened:
    actor = actor_of(request)
    return Happened(at=clock_now(actor.operation), zone=actor.zone)


def exhibit_new(request: HttpRequest) -> HttpResponse:
    """Take an exhibit: of which kind, then what that kind has. Cash is counted on the same form."""
    actor = actor_of(request)
    country, kind = home_country(actor), kind_chosen(request)
    back = Link(_("Exhibits"), reverse("exhibits"))
    if not kind:
        return choose_kind(request, _("Take an exhibit"), back, reverse("exhibit-new"))
    site_rows = operations.sites(actor, country=country)
    sites = [(site.id, f"{site.reference} {site.name}".strip()) for site in site_rows]
    adding = kind == "cash" and request.POST.get("add") == "cash"
    if adding:
        form, rows = _one_more(request, sites, kind)
    else:
        at = {"site": request.GET.get("site") or whereabouts.remembered(request).site}
        form = SeizeForm(request.POST or None, now=now_of(request), sites=sites, kind=kind, initial=at)
        rows = CashRows(request.POST or None, prefix="cash") if kind == "cash" else []
        if request.method == "POST" and all([form.is_valid(), cash_is_valid(form, rows)]):
            done, exhibit = try_perform(
                request, form, seize, country=country, cash=cash_of(rows), source="saw", **form.cleaned_data
            )
            if done:
                whereabouts.remember(request, form.cleaned_data["site"])
                return redirect("exhibit", exhibit)
    page = FormPage(
        title=_("Take an exhibit: %(kind)s") % {"kind": words("exhibit-kinds", kind).lower()},
        button=_("Take the exhibit"),
        back=back,
        links=[Link(_("It is of another kind"), kind_href(request, reverse("exhibit-new")))],
        intro=_("You hold it from this time on, until another officer accepts it from you."),
        wont=_("Nobody outside this country's police and prosecution will read it."),
    )
    return render(request, "evidence/seize.html", {"page": page, "form": form, "cash": rows})


def kind_chosen(request: HttpRequest) -> str:
    """The kind of exhibit that a form is about, as it was sent or chosen; '' while it is not."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    return kind if kind in sayable("exhibit-kinds") else ""


def kind_href(request: HttpRequest, address: str, kind: str = "") -> str:
    """The address of the form of a kind, or of the choice of kinds, with the site that was given."""
    query = {"kind": kind, "site": request.GET.get("site", "")}
    return f"{address}?{urlencode({name: value for name, value in query.items() if value})}".rstrip("?")


def choose_kind(request: HttpRequest, title: str, back: Link, address: str) -> HttpResponse:
    """What is it? A link to the form of each kind."""
    kinds = sayable("exhibit-kinds")
    links = [Link(words("exhibit-kinds", code), kind_href(request, address, code)) for code in kinds]
    page = FormPage(title=title, button="", back=back, intro=_("What is it?"), links=links)
    return render(request, "web/form.html", {"page": page})


def _one_more(request: HttpRequest, sites: Sequence[tuple[str, str]], kind: str) -> tuple[SeizeForm, Any]:
    """Without a script the button 'add another' comes here: one more row, and nothing is saved."""
    data: QueryDict = request.POST.copy()
    form = SeizeForm(now=now_of(request), sites=sites, kind=kind)
    values = {
        name: field.widget.value_from_datadict(data, request.FILES, name)
        for name, field in form.fields.items()
        if name != "happened"
    }
    happened = form.fields["happened"]
    parts = happened.widget.value_from_datadict(data, request.FILES, "happened")
    with suppress(forms.ValidationError):
        form.fields["happened"].initial = happened.clean(parts)
    form.initial = values
    count = int(data.get("cash-TOTAL_FORMS") or 1) if str(data.get("cash-TOTAL_FORMS", "")).isdigit() else 1
    names = ("currency", "denomination", "pieces")
    rows = [{name: data.get(f"cash-{n}-{name}", "") for name in names} for n in range(min(count, 200))]
    return form, CashRows(prefix="cash", initial=rows)


def cash_is_valid(form: forms.Form, rows: Any) -> bool:
    """Whether every row of cash is well; what is wrong is said in the summary as well, row by row. No rows:
    of what is no cash."""
    if not rows or rows.is_valid():
        return True
    for number, row in enumerate(rows, 1):
        for name, errors in row.errors.items():
            label = row.fields[name].label if name in row.fields else _("Cash")
            for error in errors:
                values = {"row": number, "label": label, "error": error}
                text = _("Cash, row %(row)d, %(label)s: %(error)s") % values
                anchor = row[name].auto_id if name in row.fields else row["currency"].auto_id
                form.add_error(None, ErrorAt(text, anchor))
    return False


def cash_of(rows: Any) -> list[Cash]:
    return [
        row.cleaned_data["cash"]
        for row in rows
        if "cash" in row.cleaned_data and not row.cleaned_data.get("DELETE")
    ]


def act_page(
    request: HttpRequest,
    exhibit: ExhibitSeen,
    form: forms.Form,
    action: Callable[..., Any],
    page: FormPage,
    **options: Any,
) -> HttpResponse:
    """One form about one exhibit: perform it and go back to the exhibit, or show it with what is wrong."""
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if value is not None}
        values.update({name: make(form.cleaned_data) for name, make in options.items()})
        done, _entry = try_perform(request, form, action, exhibit=exhibit.id, **values)
        if done:
            return redirect("exhibit", exhibit.id)
    return render(request, "web/form.html", {"page": page, "form": form})


def frame(
    exhibit: ExhibitSeen, title: str, button: str, *, wont: str, intro: str = "", warning: bool = False
) -> FormPage:
    reference = _("Exhibit %(reference)s") % {"reference": exhibit.reference}
    return FormPage(
        title=title,
        button=button,
        back=Link(reference, reverse("exhibit", args=[exhibit.id])),
        reference=reference,
        provenance=exhibit.provenance,
        intro=intro,
        wont=wont,
        warning=warning,
    )


def exhibit_seal(request: HttpRequest, key: str) -> HttpResponse:
    """Seal it, or open its seal and renew it."""
    exhibit = found_or_404(request, key)
    if (done := over(request, exhibit, HOLDERS)) is not None:
        return done
    form = SealForm(request.POST or None, found=exhibit, now=now_of(request))
    page = frame(
        exhibit,
        _("Open and renew the seal") if exhibit.seal else _("Seal the exhibit"),
        _("Record the new seal") if exhibit.seal else _("Record the seal"),
        intro=_("It carries the seal %(seal)s.") % {"seal": exhibit.seal} if exhibit.seal else "",
        wont=_("A seal's number is used once, ever. The old number stays on file."),
    )
    return act_page(request, exhibit, form, seal, page)


def exhibit_offer(request: HttpRequest, key: str) -> HttpResponse:
    """Offer custody to a named officer."""
    exhibit = found_or_404(request, key)
    if (done := over(request, exhibit, HOLDERS)) is not None:
        return done
    officers = queries.receivers(request.actor, exhibit)  # type: ignore[attr-defined]
    form = OfferForm(request.POST or None, officers=officers, seal=exhibit.seal, now=now_of(request))
    page = frame(
        exhibit,
        _("Offer custody"),
        _("Offer custody"),
        wont=_(
            "It stays in your custody until that officer accepts it. A new offer takes the place of this one."
        ),
    )

    def part(n: int) -> Callable[[dict[str, Any]], str]:
        return lambda data: str(data["to_officer"]).partition(":")[n]

    return act_page(request, exhibit, form, offer_custody, page, to_officer=part(0), to_authority=part(2))


def exhibit_accept(request: HttpRequest, key: str) -> HttpResponse:
    """Accept what was offered, or what nobody is recorded as holding."""
    exhibit = found_or_404(request, key)
    if (done := over(request, exhibit, ACCEPTS)) is not None:
        return done
    form = AcceptForm(
        request.POST or None, now=now_of(request), seal=exhibit.seal, initial={"offer": exhibit.offer}
    )
    intro = (
        _("Read the seal before you take it, and write what is on it: it is compared with what is on file.")
        if exhibit.seal
        else ""
    )
    if exhibit.state == "released":
        wont = _("No offer is on record. Your acceptance ends the gap and has one signature. The gap stays.")
    else:
        wont = _("You hold it from this time on. The acceptance cannot be taken back; you can offer it on.")
    return act_page(
        request,
        exhibit,
        form,
        accept_custody,
        frame(exhibit, _("Accept custody"), _("Accept custody"), intro=intro, wont=wont),
    )


def exhibit_release(request: HttpRequest, key: str) -> HttpResponse:
    """Release without receiving officer."""
    exhibit = found_or_404(request, key)
    if (done := over(request, exhibit, HOLDERS)) is not None:
        return done
    form = ReleaseForm(request.POST or None, seal=exhibit.seal, now=now_of(request))
    page = frame(
        exhibit,
        _("Release without receiving officer"),
        _("Release it"),
        intro=_("Use this only when the officer who takes it cannot accept. An offer leaves no gap."),
        wont=_("From now on nobody is recorded as holding it. The gap shows, in court too, and stays."),
        warning=True,
    )
    return act_page(request, exhibit, form, release_custody, page)


def exhibit_statement(request: HttpRequest, key: str) -> HttpResponse:
    """Say what is known about a gap."""
    exhibit = found_or_404(request, key)
    if (done := over(request, exhibit, OF_GAPS)) is not None:
        return done
    form = StatementForm(
        request.POST or None, found=exhibit, initial={"about_from": request.GET.get("from", "")}
    )
    page = frame(
        exhibit,
        _("Statement on a gap"),
        _("Add the statement"),
        wont=_(
            "A statement explains a gap and never closes it. It stays under your name and the court reads it."
        ),
    )
    return act_page(request, exhibit, form, statement_on_gap, page)


def exhibit_ask(request: HttpRequest, key: str) -> HttpResponse:
    """Ask somebody what is known about a gap."""
    exhibit = found_or_404(request, key)
    if (done := over(request, exhibit, OF_GAPS)) is not None:
        return done
    receivers = queries.concerned(request.actor, exhibit)  # type: ignore[attr-defined]
    initial = {"about_from": request.GET.get("from", "")}
    form = AskForm(request.POST or None, found=exhibit, asked=receivers, initial=initial)
    page = frame(
        exhibit,
        _("Ask for a statement"),
        _("Ask"),
        wont=_(
            "It stands on their start page until their authority says something. It changes nothing of the "
            "custody, and that you asked stays on file."
        ),
    )

    def part(n: int) -> Callable[[dict[str, Any]], str]:
        return lambda data: str(data["to_officer"]).partition(":")[n]

    return act_page(request, exhibit, form, ask_statement, page, to_officer=part(0), to_authority=part(2))


def exhibit_settle(request: HttpRequest, key: str) -> HttpResponse:
    """Say which of two acceptances holds; of several contradictions the earliest first."""
    exhibit = found_or_404(request, key)
    pairs = doubles(exhibit.chain)
    if not pairs:
        return redirect("exhibit", key)
    pair = next(
        (candidate for candidate in pairs if {e.id for e in candidate} == set(request.POST.getlist("shown"))),
        pairs[0],
    )
    form = SettleForm(request.POST or None, pair=pair)
    page = frame(
        exhibit,
        _("Which acceptance holds?"),
        _("Settle the custody"),
        wont=_("The chain shows which one was set aside, and why."),
    )
    entries_shown = request.POST.getlist("shown")
    return act_page(request, exhibit, form, settle_custody, page, shown=lambda _data: entries_shown)


def missing_words(actor: Actor, exhibit: ExhibitSeen) -> str:
    """That the last audits did not find it, for whoever is about to say that it is in hand; '' else."""
    for audit, difference in queries_store.differences_of(actor, exhibit.id):
        if difference.kind == "missing" and not difference.explained and difference.turned_up is None:
            when_ = times.when(Happened(at=audit.at, zone=audit.zone))
            return _(
                "The audit of %(place)s on %(when)s did not find it. Recording this says that you have it: "
                "how it came out is asked on Today."
            ) % {"place": audit.place, "when": when_}
    return ""


def exhibit_return(request: HttpRequest, key: str) -> HttpResponse:
    """Give it back to its owner."""
    exhibit = found_or_404(request, key)
    if (done := over(request, exhibit, HOLDERS)) is not None:
        return done
    form = ReturnForm(request.POST or None, now=now_of(request))
    page = frame(
        exhibit,
        _("Return it to its owner"),
        _("Record the return"),
        intro=missing_words(request.actor, exhibit),  # type: ignore[attr-defined]
        wont=_("Custody ends. The exhibit and its chain stay on file."),
    )
    return act_page(request, exhibit, form, return_exhibit, page, to_person=lambda _data: exhibit.person)
