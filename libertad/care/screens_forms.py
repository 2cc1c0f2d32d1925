"""Forms of the protection file: each on its own page, each saying what will not happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.care import forms, models, page_host, page_words, queries, queries_family, timeline
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.screen import screen
from libertad.care.file_lines import NOT_ASKED
from libertad.care.forms_disclosing import DiscloseForm
from libertad.care.pages import after_writing, find, find_to_write, link, now_of, to
from libertad.care.presenters import FileSeen, PartSeen
from libertad.care.queries_outside import PageAsked, pages
from libertad.care.screens import part_of
from libertad.look.fields import offer
from libertad.look.page_objects import ConfirmPage, FormPage, Link, Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.rules import rule_set, rule_sets


def back_to(file: FileSeen, route: str, label: str) -> Link:
    return Link(label, reverse(route, args=[file.person]) + file.query)


def form_page(
    request: HttpRequest,
    file: FileSeen,
    form: Form | None,
    page: FormPage,
    template: str = "web/form.html",
    **context: Any,
) -> HttpResponse:
    if file.kept_by:
        kept = _("%(reference)s, the file that %(office)s keeps")
        page = replace(page, reference=kept % {"reference": file.reference, "office": file.kept_by})
    return render(request, template, {"page": page, "form": form, "file": file, **context})


def save(
    request: HttpRequest, form: forms.When | DiscloseForm, action: Callable[..., Any], **fixed: Any
) -> bool:
    """Run the action for a form that was sent; its refusals stand at their fields."""
    if request.method != "POST" or not form.is_valid():
        return False
    done, _result = try_perform(request, form, action, **{**form.arguments(), **fixed})
    return done


def open_file(request: HttpRequest, person: str) -> HttpResponse:
    """Before the first protection file of a person: who will read it."""
    actor = actor_of(request)
    if queries.file(actor, person) is not None:
        return redirect("care-tonight", person)
    if not queries.may_open(actor, person):
        raise Http404
    form = Form(request.POST or None)
    if request.method == "POST":
        done, _result = try_perform(request, form, open_care, person=person)
        if done:
            return redirect("care-tonight", person)
    page = ConfirmPage(
        title=_("Open a protection file"),
        happens=[
            _("Your care authority will read it. A deciding authority reads it once you ask it to decide."),
            _("Each opening of it is recorded."),
        ],
        wont=[_("Police will not read it. Every page of it answers them as if there were none.")],
        button=_("Open the protection file"),
        back=Link(_("My people"), reverse("care")),
        warning=False,
    )
    return render(request, "web/confirm.html", {"page": page, "form": form})


def screen_new(request: HttpRequest, person: str, rules: str) -> HttpResponse:
    """The questions of one rule set, by dimension."""
    file = find(request, person)
    if rules not in rule_sets():
        raise Http404
    chosen = rule_set(rules)
    form = forms.ScreeningForm(request.POST or None, rules=chosen, now=now_of(request))
    if request.method == "POST" and form.is_valid():
        done, _result = try_perform(
            request,
            form,
            screen,
            person=person,
            rule_set=rules,
            answer=form.answers(),
            happened=form.cleaned_data["when"],
        )
        if done:
            return redirect("care-screening", person)
    page = FormPage(
        title=chosen.title,
        button=_("Record the answers"),
        reference=file.reference,
        back=back_to(file, "care-screening", _("Screening")),
        intro=_("Ask what helps the person, in any order. Leave open what was not asked."),
        wont=_("This decides nothing. A 'no' is not evidence against. A person decides."),
    )
    return form_page(request, file, form, page, "care/screen.html", rules=chosen, groups=form.groups())


def identify_new(request: HttpRequest, person: str) -> HttpResponse:
    """A human decides, with reasons."""
    file = find(request, person)
    actor = actor_of(request)
    screenings = queries.parts(actor, models.Screening, person)
    form = forms.IdentifyForm(request.POST or None, now=now_of(request))
    offer(form, "screening", screening_choices(actor, person))
    if save(request, form, identify, person=person):
        return to(request, "care-screening", person)
    page = FormPage(
        title=_("Decide: victim or not"),
        button=_("Record the decision"),
        reference=file.reference,
        back=back_to(file, "care-screening", _("Screening")),
        intro=screenings[0].words.get("result", "") if screenings else _("No screening is on file."),
        wont=_("It does not count until another officer has read and confirmed it. Police do not read it."),
    )
    return form_page(request, file, form, page)


def screening_choices(actor: Actor, person: str) -> list[tuple[str, str]]:
    """The screenings of a person that a decision may rest on, newest first."""
    screenings = queries.parts(actor, models.Screening, person)
    return [
        ("", _("None")),
        *(
            (screening.id, f"{timeline.rules_words(screening)}, {when(screening.when)}")
            for screening in screenings
        ),
    ]


def referral(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """One referral, and what the service answers."""
    file = find(request, person)
    referral_part = part_of(request, models.Referral, person, key)
    page_list = pages(actor_of(request), person, key)
    unconfirmed = any(page.state == "answered" and not page.settled for page in page_list)
    form = forms.AnswerForm(request.POST or None, now=now_of(request), unconfirmed=unconfirmed)
    if save(request, form, answer_referral, referral=key):
        return redirect("care-referrals", person)
    disclosed = ", ".join(words("file-parts", code) for code in referral_part.words.get("disclosed", ()))
    facts = [
        Pair(
            _("Service"),
            words("services", referral_part.plain["service"]),
            referral_part.words.get("to", ""),
            strong=True,
        ),
        Pair(_("Told"), disclosed or _("Nothing but the need")),
        Pair(_("Note"), referral_part.words.get("note") or _("None")),
        Pair(_("Asked"), when(referral_part.when), referral_part.by),
    ]
    if queries.withdrawn(actor_of(request), [referral_part]):
        stop = _("Tell the service to stop; then record its answer.")
        facts.append(Pair(_("Agreement withdrawn"), stop, strong=True))
    for one_time in page_list:
        recall = (
            None
            if one_time.recalled
            else link(request, _("Take it back"), "care-page-recall", person, one_time.id)
        )
        facts += page_words.facts(one_time, recall)
    page = FormPage(
        title=_("Answer to a referral"),
        button=_("Record the answer"),
        reference=file.reference,
        back=back_to(file, "care-referrals", _("Referrals")),
        wont=_("If it was declined, the need stays: choose another service."),
        links=[
            *_ways_to_ask(request, person, referral_part, page_list),
        ],
    )
    ended = referral_part.plain["state"] in ("declined", "given")
    open_to_me = not ended and may_open(actor_of(request), "care-referral", "post")
    return form_page(
        request,
        file,
        form,
        page,
        "care/reading.html",
        facts=facts,
        one=referral_part,
        open_to_me=open_to_me,
        answers=True,
    )


def _ways_to_ask(
    request: HttpRequest, person: str, referral: PartSeen, page_list: Sequence[PageAsked]
) -> list[Link]:
    """To ask by a one-time page, where this node has a host for them and none can be answered already."""
    closed = referral.plain["state"] != "asked" or any(
        one_time.can_be_answered or (one_time.state == "answered" and not one_time.settled)
        for one_time in page_list
    )
    if closed or not page_host.is_set():
        return []
    way = link(request, _("Ask by a one-time page"), "care-page", person, referral.id)
    return [way] if way else []


def wish_new(request: HttpRequest, person: str) -> HttpResponse:
    """What the person wants, in the person's words. It shows nothing of the file."""
    file = find_to_write(request, person)
    form = forms.WishForm(request.POST or None, now=now_of(request))
    if save(request, form, record_wish, person=person):
        return after_writing(request, person, "care-return")
    page = FormPage(
        title=_("What the person wants"),
        button=_("Record the wish"),
        reference=file.reference,
        back=back_to(file, "care-return", _("Return or stay")),
        wont=_("Earlier wishes stay on file. A decision answers to the last one."),
    )
    return form_page(request, file, form, page)


def decide_new(request: HttpRequest, person: str) -> HttpResponse:
    """Return or stay, by the deciding authority."""
    file = find(request, person)
    actor = actor_of(request)
    form = forms.DecideForm(
        request.POST or None, now=now_of(request), initial={"wish": file.wish or "not-asked"}
    )
    offer_together(actor, form, person)
    if save(request, form, decide_return, person=person):
        return to(request, "care-return", person)
    wishes = queries.parts(actor, models.Wish, person)
    intro = _("Wish on file: %(wish)s.") % {"wish": words("wishes", file.wish or "not-asked")}
    if not file.status:
        intro = _("No identification counts yet. It is decided and read first.")
    elif file.wish in NOT_ASKED:
        intro = _("Nobody has asked the person yet. The caseworker records the wish first.")
    page = FormPage(
        title=_("Decide: return or stay"),
        button=_("Record the decision"),
        reference=file.reference,
        back=back_to(file, "care-return", _("Return or stay")),
        intro=intro,
        wont=_("It does not count until another officer has read and confirmed it. Nobody travels before."),
    )
    return form_page(
        request,
        file,
        form,
        page,
        "care/decide.html",
        wish=wishes[0] if wishes else None,
        wish_label=words("wishes", file.wish),
    )


def offer_together(actor: Actor, form: forms.DecideForm, person: str) -> None:
    """Who must stay together: ticked where it was decided before, else named by reference."""

    def find(reference: str) -> str:
        other_person = queries.by_reference(actor, reference)
        return "" if other_person == person else other_person

    offered = {
        file.person: f"{file.reference} {file.name}" for file in queries.decided_together(actor, person)
    }
    for relative in queries_family.family(actor, person).relatives:
        if relative.relative_id and not relative.ended and relative.together == "yes":
            offered.setdefault(relative.relative_id, f"{relative.reference} {relative.name}")
    form.offer(list(offered.items()), find)


def safety_new(request: HttpRequest, person: str) -> HttpResponse:
    """How the person is reached safely."""
    file = find(request, person)
    form = forms.SafetyForm(request.POST or None, now=now_of(request))
    if save(request, form, plan_safety, person=person):
        return redirect("care-safety", person)
    page = FormPage(
        title=_("How the person is reached"),
        button=_("Record the plan"),
        reference=file.reference,
        back=back_to(file, "care-safety", _("Needs and safety")),
        wont=_("Only caseworkers read this; the deciding authority does not."),
    )
    return form_page(request, file, form, page)
