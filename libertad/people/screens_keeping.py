"""Pages of how long identity files are kept; a file over its last day is erased by two officers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, officer_names
from libertad.journal.fields import from_ms
from libertad.look import refusals
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Row, Table
from libertad.look.paging import show_list
from libertad.look.times import date_words, when
from libertad.people import forms_keeping as forms
from libertad.people import queries_keeping as reading
from libertad.people import screens_keeping_files as files
from libertad.people.actions.erase_identity import decide_identity_erasure, request_identity_erasure
from libertad.people.actions.set_retention import keep_person, set_retention
from libertad.people.head import person_or_404
from libertad.people.keeping import Kept, refuse_early
from libertad.people.queries import PersonSeen, on_hold
from libertad.vocabulary.values import Happened


def retention(request: HttpRequest) -> HttpResponse:
    """Until when files are kept, and those whose last day has gone by; for a prosecution its case file."""
    actor = actor_of(request)
    if not can_say(actor, "person.erasure"):
        return _of_country(request, actor)
    standing = reading.retention_of(actor)
    setting = None
    if may_open(actor, "retention-set"):
        label = _("Change the day") if standing else _("Set the day")
        setting = Action(label, reverse("retention-set"))
    late = reading.late_files(actor)
    asked = {person.id for person, _request in reading.erasure_requests(actor)}
    days = reading.last_days(actor, [person.id for person in late])
    rows = [
        Row(
            [
                Cell(
                    person.reference,
                    reverse("person", args=[person.id]),
                    second=person.name,
                    provenance=person.provenance,
                ),
                Cell(date_words(days[person.id])),
                Cell(
                    _("Another officer decides") if person.id in asked else _("Over its last day"),
                    code="needs" if person.id in asked else "due",
                ),
                Cell(_("Open"), reverse("person-erasure", args=[person.id])),
            ]
        )
        for person in late
    ]
    columns = [Column(_("Person")), Column(_("Kept until")), Column(_("State")), Column(_("What next"))]
    title, second = _("How long files are kept"), _sentence(standing, len(late))
    text = _("When one is over its last day it stands here. Nothing is erased by itself.")
    page = ListPage(
        title=title,
        second=second,
        table=Table(title, columns, rows),
        action=setting,
        empty=Empty(_("No identity file is over its last day"), text, None),
    )
    told = [*_words(actor), *files.history(actor)]
    return show_list(request, page, "people/retention.html", files=files.table(actor), history=told)


def _of_country(request: HttpRequest, actor: Actor) -> HttpResponse:
    page = ListPage(
        title=_("How long files are kept"),
        table=files.table(actor) or Table(_("File"), [], []),
        second=_("You decide whether the file of detentions and exhibits is erased, once its day is over."),
        empty=Empty(_("There is no such file"), _("It is opened with the first detention or exhibit."), None),
    )
    return show_list(request, page, "people/retention.html", history=files.history(actor))


def _sentence(standing: Any, count: int) -> str:
    if standing is None:
        return _("Nobody has said until when your authority keeps the identity files of this operation.")
    day = _("Your authority keeps the identity files of this operation until %(day)s.") % {
        "day": date_words(standing.keep_until)
    }
    return f"{day} {_('The first %(n)d are shown.') % {'n': count}}" if count == reading.MOST else day


def _words(actor: Actor) -> list[str]:
    """What was said of the day, the last word first."""
    words = reading.retention_words(actor)
    names = officer_names(actor, [entry["officer"] for entry in words])
    return [
        _("Until %(day)s, by %(name)s, %(at)s: %(reasons)s")
        % {
            "day": date_words(entry["keep_until"]),
            "reasons": entry["reasons"],
            "name": names.get(entry["officer"], _("an officer")),
            "at": when(Happened(at=from_ms(entry["at"]), zone=entry["zone"])),
        }
        for entry in words
    ]


def retention_set(request: HttpRequest) -> HttpResponse:
    """Set the day for the operation, or change it."""
    form = forms.RetentionForm(request.POST or None)
    if _saved(request, form, set_retention):
        messages.success(request, _("Recorded. Nothing is erased by it: what is over the day is shown here."))
        return redirect("retention")
    page = FormPage(
        title=_("Until when are identity files kept?"),
        button=_("Record the day"),
        back=Link(_("How long files are kept"), reverse("retention")),
        intro=_sentence(reading.retention_of(actor_of(request)), 0),
        wont=_("It holds for files that your authority opened in this operation. It erases nothing."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def person_keep(request: HttpRequest, key: str) -> HttpResponse:
    """Keep one file longer than the others."""
    person = person_or_404(request, key)
    form = forms.KeepPersonForm(request.POST or None)
    if _saved(request, form, keep_person, person=key):
        messages.success(request, _("Recorded. The file is kept longer."))
        return redirect("person", key)
    until = reading.keeping_of(actor_of(request), key).until
    intro = _("It is kept until %(day)s.") % {"day": date_words(until)} if until else _sentence(None, 0)
    page = _page(
        person,
        title=_("Keep this file longer"),
        button=_("Keep it longer"),
        intro=intro,
        wont=_("Whoever reads the file sees the day and the reason."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def person_erasure(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for the erasure; or, as another officer, decide it."""
    person, actor = person_or_404(request, key), actor_of(request)
    kept = reading.keeping_of(actor, key)
    if request.method in ("GET", "HEAD") and (why := _why_not(actor, person, kept)):
        context = {
            "title": _("Erase this file?"),
            "told": why,
            "reference": person.reference,
            "provenance": person.provenance,
            "back": _back(person),
            "link": _keep(actor, person),
        }
        return render(request, "web/over.html", context)
    if kept.request is not None and can_say(actor, "person.erasure_refuse"):
        return _decide(request, person, kept)
    form = forms.RequestIdentityErasureForm(request.POST or None)
    if _saved(request, form, request_identity_erasure, person=key):
        messages.success(request, _("Recorded. Another officer decides; Today asks for it."))
        return redirect("person", key)
    page = _page(
        person,
        title=_("Erase this file?"),
        button=_("Ask for the erasure"),
        warning=True,
        intro=_("It was kept until %(day)s.") % {"day": date_words(kept.until)},
        wont=_("Nothing is erased yet: another officer decides."),
        links=_links(actor, person),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _decide(request: HttpRequest, person: PersonSeen, kept: Kept) -> HttpResponse:
    asked, actor = kept.request or {}, actor_of(request)
    form = forms.DecideIdentityErasureForm(request.POST or None, initial={"entry": asked.get("entry", "")})
    if _saved(request, form, decide_identity_erasure, person=person.id):
        if form.cleaned_data["agrees"] != "yes":
            return redirect("person", person.id)
        messages.success(
            request,
            _(
                "Erased: the file %(reference)s. Nobody opens it here any more. Renew the saved key part of "
                "your authority, as Today says."
            )
            % {"reference": person.reference},
        )
        return redirect("retention")
    officer = asked.get("officer", "")
    name = officer_names(actor, [officer]).get(officer, _("An officer"))
    page = _page(
        person,
        title=_("Decide: erase this file"),
        button=_("Record the decision"),
        warning=True,
        intro=_("%(who)s asks for it: %(reasons)s") % {"who": name, "reasons": asked.get("reasons", "")},
        wont=_(
            "Erased, the file does not open here again, and your authority's key part in the safe is to be "
            "renewed: an older backup opens it as long as an older part is kept. Other authorities that read "
            "the person's files are asked to erase theirs. Numbers that were counted stay."
        ),
        links=_links(actor, person),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _why_not(actor: Actor, person: PersonSeen, kept: Kept) -> str:
    """Why the form is not offered; '' where it is. What is sent all the same is refused by its action."""
    if person.authority != actor.authority:
        return _("Another authority opened this file: it says how long it is kept.")
    if on_hold(actor, person.id, person.reference):
        return _("A legal hold forbids erasing. Whoever placed it must lift it first.")
    if kept.request is not None:
        if kept.request["officer"] == actor.officer:
            return _("You asked for it. Another officer decides.")
        return "" if can_say(actor, "person.erasure_refuse") else _("It is asked for. Your lead decides.")
    why = refuse_early(kept.until, reading.today(actor))
    return refusals.as_sentence(why) if why is not None else ""


def _saved(request: HttpRequest, form: Form, action: Any, **fixed: Any) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    done, _result = try_perform(request, form, action, **form.cleaned_data, **fixed)
    return done


def _page(person: PersonSeen, **fields: Any) -> FormPage:
    return FormPage(
        back=_back(person),
        reference=person.reference,
        provenance=person.provenance,
        **fields,
    )


def _back(person: PersonSeen) -> Link:
    return Link(
        _("File %(reference)s") % {"reference": person.reference}, reverse("person", args=[person.id])
    )


def _keep(actor: Actor, person: PersonSeen) -> Link | None:
    if not may_open(actor, "person-keep"):
        return None
    return Link(_("Keep it longer"), reverse("person-keep", args=[person.id]))


def _links(actor: Actor, person: PersonSeen) -> list[Link]:
    link = _keep(actor, person)
    return [link] if link is not None else []
