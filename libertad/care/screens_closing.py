"""Closing a protection file, and opening it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.care import models, queries, timeline
from libertad.care.actions.close_care import close_care
from libertad.care.actions.keep_longer import keep_longer
from libertad.care.actions.read_closing import read_care_closing
from libertad.care.actions.reopen_care import reopen_care
from libertad.care.answered_words import answers_of
from libertad.care.closing import Appeal, appeal_of, open_things
from libertad.care.file_dues import CONTACT_LOST
from libertad.care.forms_closing import CloseForm, CloseReadForm, KeepForm, ReopenForm
from libertad.care.pages import after_writing, find, link, now_of, present
from libertad.care.presenters import FileSeen
from libertad.care.queries_closing import ClosingSeen, has_second, proposed_closing
from libertad.care.queries_serving import services_asked
from libertad.care.screens_danger import in_danger
from libertad.care.screens_forms import back_to, form_page, save
from libertad.care.screens_settling import need_items
from libertad.look.page_objects import FormPage, Link, Pair, Timeline
from libertad.look.times import date_words, when
from libertad.look.words import words


def left_open(request: HttpRequest, file: FileSeen) -> list[Link]:
    """What is still open, each with the page where it is done."""
    referrals = [view for view in services_asked(actor_of(request), file.person) if view.is_open]
    codes = open_things(
        status=file.status,
        waiting=file.waiting,
        decision=file.decision,
        return_waiting=file.return_waiting,
        referrals=len(referrals),
    )
    services = ", ".join(words("services", view.service) for view in referrals)
    steps = {
        "referrals": (_("No outcome yet: %(services)s") % {"services": services}, "care-referrals"),
        "second-reader": (_("A decision waits for its second reader"), "care-file"),
        "not-identified": (_("Nobody has decided whether the person is a victim"), "care-screening"),
        "no-decision": (_("Return or stay is not decided"), "care-return"),
    }
    return [Link(steps[code][0], reverse(steps[code][1], args=[file.person])) for code in codes]


def _unanswered(request: HttpRequest, person: str) -> list[Link]:
    """What a service answered and what was needed at the meeting, of which nobody has said what was done. No
    closing ends it, and nothing of it is said in the file that it closes."""
    answers = [Link(seen.title, seen.href) for seen in answers_of(actor_of(request), person)]
    needs = [Link(need.label, need.href) for need in need_items(request, person) if not need.outcome]
    return [*answers, *needs]


def appeal_open(request: HttpRequest, file: FileSeen) -> Appeal | None:
    """An appeal that may have been made against a decision in the file."""
    decisions = queries.parts(actor_of(request), models.ReturnDecision, file.person)
    return appeal_of((decision.plain for decision in decisions), now_of(request).local.date())


def _appeal_words(appeal: Appeal) -> str:
    if appeal.waits:
        return _("An appeal against the decision on return or stay waits for its outcome.")
    day = {"day": date_words(appeal.until)}
    if appeal.runs:
        return _("The decision on return or stay can be appealed against until %(day)s.") % day
    return _("The time for an appeal ended on %(day)s. Nothing on file says whether one was made.") % day


def close(request: HttpRequest, person: str) -> HttpResponse:
    """Propose to close the file; before that, what is still open. On a closed file: the contact afterwards.
    While a proposal waits, that one."""
    file = find(request, person)
    if file.closing and request.method in ("GET", "HEAD"):
        return redirect("care-close-read", person)
    left = left_open(request, file) if file.closed is None else []
    appeal = appeal_open(request, file) if file.closed is None else None
    initial = {"reason": file.closed_for, "afterwards": file.afterwards}
    fixed = {"keep_until": file.keep_until} if file.closed else {}
    form = CloseForm(
        request.POST or None,
        now=now_of(request),
        open_now=bool(left),
        appeal=appeal is not None,
        closed=file.closed is not None,
        initial=initial if file.closed else None,
    )
    if save(request, form, close_care, person=person, **fixed):
        return redirect("care-file", person)
    title = _("Contact after closing") if file.closed else _("Close this protection file")
    wont = _("Nobody else reads it now. The file can be opened again at any time.")
    if file.closed is None:
        wont = f"{_until_read(request)} {wont}"
    if file.child and file.closed_for != CONTACT_LOST:
        lost = _(
            "If contact with a child is lost, it stands first on the Today of your caseworkers until one of "
            "them writes what was done. Police are not told: telephone them. Saving telephones nobody."
        )
        wont = f"{lost} {wont}"
    page = FormPage(
        title=title,
        button=_("Record the contact") if file.closed else _("Propose to close the file"),
        reference=file.reference,
        back=Link(_("Protection file"), reverse("care-file", args=[person])),
        intro=_("The person knows to whom to turn, and that you can be asked again."),
        warning=bool(left) or appeal is not None,
        wont=wont,
    )
    context = {
        "page": page,
        "form": form,
        "left": left,
        "unanswered": _unanswered(request, person) if file.closed is None else [],
        "appeal": _appeal_words(appeal) if appeal else "",
    }
    return render(request, "care/close.html", context)


def _until_read(request: HttpRequest) -> str:
    """Who has to agree; where the authority has nobody else, that it waits."""
    actor = actor_of(request)
    if has_second(actor, actor.officer):
        return _("It is closed once another officer of your authority has read this and agreed.")
    return _(
        "It is closed once another officer of your authority has read this and agreed. Nobody else of it has "
        "access now: the file stays open, and yours, until somebody has."
    )


def read_second(request: HttpRequest, person: str) -> HttpResponse:
    """The closing that waits and what was said in the file since; for another officer, the second reading."""
    file = find(request, person)
    closing = proposed_closing(actor_of(request), person)
    initial = {"closing": closing.entry, "shown": closing.mark} if closing is not None else {}
    form = CloseReadForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        is_done, _entry = try_perform(request, form, read_care_closing, person=person, **form.cleaned_data)
        if is_done:
            is_closed = form.cleaned_data["agrees"] == "yes"
            messages.success(
                request,
                _("The file is closed.") if is_closed else _("Your reading is saved. The file stays open."),
            )
            return after_writing(request, person, "care-file")
    if closing is None:
        if request.method == "POST":
            messages.error(request, _("This closing waits no more: it was read, or taken back."))
        return redirect("care-file", person)
    items = timeline.changed_items(actor_of(request), person, closing.changes)
    page = FormPage(
        title=_("Second reading: closing the file"),
        button=_("Save your reading"),
        reference=file.reference,
        provenance=file.provenance,
        back=back_to(file, "care-file", _("Protection file")),
        links=present([link(request, _("Take the closing back"), "care-reopen", person)]),
        intro=file.name,
        facts=_closing_facts(closing, bool(items)),
        wont=_waits(closing),
    )
    context = {
        "left": left_open(request, file),
        "timeline": Timeline(_("Said in the file since"), items, len(items)) if items else None,
        **in_danger(actor_of(request), person),
    }
    return form_page(
        request, file, form if closing.may_read else None, page, "care/close_read.html", **context
    )


def _closing_facts(closing: ClosingSeen, has_changed: bool) -> list[Pair]:
    pairs = [
        Pair(_("Why is it closed?"), words("closing-reasons", closing.reason), strong=True),
        Pair(_("Who is there for the person afterwards?"), closing.afterwards),
        Pair(_("Ask again on"), date_words(closing.contact_on) if closing.contact_on else _("No day")),
        Pair(_("Kept until"), date_words(closing.keep_until) if closing.keep_until else _("No day")),
    ]
    if closing.despite:
        pairs.append(Pair(_("Why is it closed although something is open?"), closing.despite))
    if closing.appeal:
        pairs.append(Pair(_("What happens with the appeal?"), closing.appeal))
    pairs.append(Pair(_("Proposed"), when(closing.when), closing.by))
    if not has_changed:
        pairs.append(Pair(_("Said in the file since"), _("Nothing")))
    return pairs


def _waits(closing: ClosingSeen) -> str:
    if closing.may_read:
        return _("With yes the file is closed. With no it stays open, and who proposed it reads why.")
    if closing.has_reader:
        return _("You proposed it: another officer of your authority reads it. Until then the file is open.")
    return _(
        "You proposed it, and nobody else of your authority has access now who could read it: it waits until "
        "somebody has. It is never closed by itself; until then the file is open, and yours."
    )


def keep(request: HttpRequest, person: str) -> HttpResponse:
    """Keep a closed file until a later day."""
    file = find(request, person)
    if file.closed is None:
        return redirect("care-close", person)
    form = KeepForm(request.POST or None, now=now_of(request))
    if save(request, form, keep_longer, person=person):
        return redirect("care-file", person)
    until = _("Kept until %(day)s.") % {"day": date_words(file.keep_until)} if file.keep_until else ""
    page = FormPage(
        title=_("Keep the file longer"),
        button=_("Keep it until then"),
        reference=file.reference,
        back=Link(_("Protection file"), reverse("care-file", args=[person])),
        intro=until or _("No day is on file until which it is kept."),
        wont=_("Nothing is erased by itself on that day: two caseworkers decide."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def reopen(request: HttpRequest, person: str) -> HttpResponse:
    """Work in the file again; while its closing waits for a reader, take that back."""
    file = find(request, person)
    waits = bool(file.closing)
    form = ReopenForm(request.POST or None, now=now_of(request))
    if waits:
        form.fields["reasons"].label = _("Why is it taken back?")
    if save(request, form, reopen_care, person=person):
        return redirect("care-file", person)
    page = FormPage(
        title=_("Take the closing back") if waits else _("Open this protection file again"),
        button=_("Take it back") if waits else _("Open the file again"),
        reference=file.reference,
        back=Link(_("Protection file"), reverse("care-file", args=[person])),
        wont=_("That it was proposed, and why, stays in the file.")
        if waits
        else _("That it was closed, and why, stays in the file."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
