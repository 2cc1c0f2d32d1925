"""Complaints about staff: any account records one; whom it is about learns of it by no page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions import answer_complaint as answering
from libertad.access.actions.record_complaint import add_to_complaint, record_complaint
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.complaint_words import (
    facts,
    log,
    reach_words,
    readers_block,
    state_words,
)
from libertad.access.complaints import complaint_rules, reached_roles
from libertad.access.form_actions import try_perform
from libertad.access.forms_complaints import (
    AddForm,
    AnswerForm,
    CloseForm,
    ClosingForm,
    EraseForm,
    RecordForm,
)
from libertad.access.queries import called, open_row
from libertad.access.queries_complaints import ComplaintSeen, complaint, complaints, reached
from libertad.access.queries_members import own_officers
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    FilePage,
    FormPage,
    Link,
    ListPage,
    Pair,
    Row,
    Table,
)
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened


def complaints_list(request: HttpRequest) -> HttpResponse:
    """Those that the actor recorded, and those that reach the actor."""
    actor = actor_of(request)
    rows = [
        Row(
            [
                Cell(view.short, reverse("complaint", args=[view.id])),
                Cell(when(Happened(at=view.view.recorded, zone=actor.zone))),
                Cell(_("You") if view.is_mine else _("Somebody else")),
                Cell(state_words(view), tone="" if view.view.over else "needs"),
            ]
        )
        for view in complaints(actor)
    ]
    heads = [Column(_("Complaint")), Column(_("Recorded")), Column(_("By")), Column(_("How it stands"))]
    new = Action(_("Record a complaint"), reverse("complaint-new"))
    page = ListPage(
        title=_("Complaints about staff"),
        second=_(
            "Those that you recorded and those that reach you. No page tells whom a complaint is about that "
            "there is one."
        ),
        action=new,
        table=Table(_("Complaints"), heads, rows),
        empty=Empty(
            _("No complaint is here"),
            _("If somebody of your authority harmed or used a person, record it, for the person or for you."),
        ),
    )
    return show_list(request, page)


def complaint_new(request: HttpRequest) -> HttpResponse:
    """Record one; the page says who will read it, and asks again where that would be others."""
    actor = actor_of(request)
    officers = _officers(actor)
    chosen = request.POST.getlist("officers") if request.method == "POST" else []
    now_reached = reached(actor, [key for key, _label in officers if key in chosen])
    roles = reached_roles(now_reached)
    data = request.POST.copy() if request.method == "POST" else None
    form = RecordForm(data, officers=officers, initial={"reach": roles})
    if data is not None and form.is_valid():
        values = dict(form.cleaned_data)
        done, key = try_perform(request, form, record_complaint, source="said", **values)
        if done:
            messages.success(request, _("The complaint is recorded. %(who)s") % {"who": reach_words(roles)})
            own = complaint(actor, str(key))  # nothing of it where it is about who recorded it
            return redirect("complaint", key) if own is not None else redirect("complaints")
    if data is not None:
        data["reach"] = roles  # the page that is shown now says these
    limits = complaint_rules()
    hours = {
        "answer": int(limits.answer.total_seconds() // 3600),
        "unsafe": int(limits.unsafe.total_seconds() // 3600),
    }
    until = _(
        "The first answer is due within %(answer)d hours; within %(unsafe)d where somebody is not safe now."
    )
    wont = _(
        "Saving telephones nobody. If somebody is in danger now, call for help first. Your authority's key "
        "opens all of its files: that nobody else of it reads this is kept by this program and recorded, and "
        "whoever runs the machine could get round it."
    )
    assumed = f" {_('These limits are assumed.')}" if limits.assumed else ""
    page = FormPage(
        title=_("Record a complaint about staff"),
        button=_("Record the complaint"),
        back=Link(_("Complaints about staff"), reverse("complaints")),
        intro=_(
            "About somebody of your own authority: exploitation, abuse, threats, money or favours asked of a "
            "person. Whom it is about reads nothing of it."
        ),
        facts=[
            Pair(_("Who will read it"), reach_words(roles), note=_second_reader(actor, roles), strong=True),
            Pair(_("Until when"), until % hours + assumed),
        ],
        wont=wont,
    )
    context = {"page": page, "form": form}
    return render(request, "web/form.html", context, status=422 if form.errors else 200)


def _second_reader(actor: Actor, roles: str) -> str:
    if not roles:
        return _("Whoever could is somebody whom it is about. Telephone somebody outside whom you trust.")
    return _("Also you; and, when it is to be closed, one more officer whom it is not about.")


def _officers(actor: Actor, but: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Everybody of the authority, those who have left too, with their role."""
    listed = []
    for row in own_officers(actor):
        if row.pk not in but:
            left = _("%(name)s, %(role)s, has left") if row.withdrawn else _("%(name)s, %(role)s")
            name = called(open_row(actor, row))
            listed.append((row.pk, left % {"name": name, "role": words("roles", row.role)}))
    return sorted(listed, key=lambda pair: pair[1].casefold())


def complaint_page(request: HttpRequest, key: str) -> HttpResponse:
    """One complaint, for who reads it: the opening is recorded first. Posted, the officer takes it."""
    actor = actor_of(request)
    view = _find(actor, key)
    if request.method == "POST":
        form = forms.Form(request.POST)
        done, _entry = try_perform(request, form, answering.take_complaint, complaint=key, source="decision")
        if done:
            messages.success(request, _("You answer this complaint now."))
        else:
            messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
        return redirect("complaint", key)
    perform(actor, answering.open_complaint, complaint=key)
    request.opening_note = _("Your opening of this complaint was recorded with it.")  # type: ignore[attr-defined]
    page = FilePage(
        kind=_("Complaint about staff"),
        reference=view.short,
        title=_("Complaint about staff"),
        second=state_words(view),
        action=_action(view),
        side=[readers_block(actor, view)],
    )
    context = {"page": page, "facts": facts(actor, view), "links": _links(view), "log": log(actor, view)}
    return render(request, "access/complaint.html", context)


def _action(view: ComplaintSeen) -> Action | None:
    if view.may_take:
        return Action(_("Take it: I answer this"), reverse("complaint", args=[view.id]), post=True)
    if view.may_read_closing:
        return Action(_("Read the closing"), reverse("complaint-read", args=[view.id]))
    if view.may_answer:
        return Action(_("Write an answer"), reverse("complaint-answer", args=[view.id]))
    return None


def _links(view: ComplaintSeen) -> list[Link]:
    links = []
    if not view.view.over:
        links.append(Link(_("Add what became known since"), reverse("complaint-add", args=[view.id])))
    if view.may_answer and view.view.answered is not None:
        links.append(Link(_("Close the complaint"), reverse("complaint-close", args=[view.id])))
    if view.may_erase:
        links.append(Link(_("Erase it"), reverse("complaint-erase", args=[view.id])))
    return links


class Step(NamedTuple):
    """One thing that is done to a complaint: its form, its act, and how its page is called."""

    title: str
    button: str
    saved: str
    form: Callable[..., forms.Form]
    act: Callable[..., Any]
    open: Callable[[ComplaintSeen], bool]
    wont: str = ""


def complaint_add(request: HttpRequest, key: str) -> HttpResponse:
    """Further officers, and what became known."""
    actor = actor_of(request)
    known = complaint(actor, key)
    officers = _officers(actor, known.view.officers if known is not None else frozenset())
    step = Step(
        _("Add what became known since"),
        _("Add it"),
        _("It is added to the complaint."),
        lambda data, **rest: AddForm(data, officers=officers, **rest),
        add_to_complaint,
        lambda view: not view.view.over,
    )
    return _step(request, key, step)


def complaint_answer(request: HttpRequest, key: str) -> HttpResponse:
    """What was done, and what who complained is told."""
    step = Step(
        _("Answer the complaint"),
        _("Save the answer"),
        _("The answer is saved."),
        AnswerForm,
        answering.answer_complaint,
        lambda view: view.may_answer,
    )
    return _step(request, key, step)


def complaint_close(request: HttpRequest, key: str) -> HttpResponse:
    """What came of it; a second officer reads that."""
    step = Step(
        _("Close the complaint"),
        _("Close it for a second officer to read"),
        _("It is over once a second officer has read this."),
        CloseForm,
        answering.close_complaint,
        lambda view: view.may_answer and view.view.answered is not None,
        _("Whether it is a criminal offence is not for you to say: hand it to police or the prosecution."),
    )
    return _step(request, key, step)


def complaint_read(request: HttpRequest, key: str) -> HttpResponse:
    """The second officer's reading of a closing."""
    actor = actor_of(request)
    known = complaint(actor, key)
    closing = known.view.closing if known is not None else ""
    step = Step(
        _("Read the closing"),
        _("Save what you decided"),
        _("What you decided is saved."),
        lambda data, **rest: ClosingForm(data, initial={"closing": closing}, **rest),
        answering.read_closing,
        lambda read_view: read_view.may_read_closing,
    )
    return _step(request, key, step, log(actor, known) if known is not None else None)


def complaint_erase(request: HttpRequest, key: str) -> HttpResponse:
    """Destroy the keys of a complaint that is over."""
    step = Step(
        _("Erase this complaint"),
        _("Erase it for good"),
        _("The complaint is erased."),
        EraseForm,
        answering.erase_complaint,
        lambda view: view.may_erase,
        _("Nobody can read it again, nor bring it back from a backup."),
    )
    return _step(request, key, step)


def _step(request: HttpRequest, key: str, step: Step, displayed: list[Pair] | None = None) -> HttpResponse:
    """What is posted is asked of the act itself: one that arrives a second time is answered as the first was,
    although the complaint has moved on, or is erased."""
    actor = actor_of(request)
    form = step.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, step.act, source="decision", complaint=key, **form.cleaned_data
        )
        if done:
            messages.success(request, step.saved)
            still = complaint(actor, key)  # whoever added themselves reads it no more, nor what is erased
            return redirect("complaint", key) if still is not None else redirect("complaints")
    view = _find(actor, key)
    if not step.open(view):
        raise Http404
    page = FormPage(
        title=step.title,
        button=step.button,
        reference=view.short,
        back=Link(_("Complaint about staff"), reverse("complaint", args=[key])),
        facts=displayed or (),
        wont=step.wont,
    )
    context = {"page": page, "form": form}
    return render(request, "web/form.html", context, status=422 if form.errors else 200)


def _find(actor: Actor, key: str) -> ComplaintSeen:
    view = complaint(actor, key)
    if view is None:
        raise Http404
    return view
