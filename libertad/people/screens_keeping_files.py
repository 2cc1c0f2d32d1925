"""Pages of how long a country's files are kept; one over its last day is erased by two officers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, officer_names
from libertad.journal.fields import from_ms
from libertad.look import refusals
from libertad.look.page_objects import Cell, Column, FormPage, Link, Row, Table
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.people import forms_keeping as forms
from libertad.people import queries_keeping_files as reading
from libertad.people.actions.erase_file import decide_file_erasure, request_file_erasure
from libertad.people.actions.keep_file import keep_file
from libertad.people.queries_keeping import today
from libertad.people.queries_keeping_files import CountryFile
from libertad.vocabulary.values import Happened


def name_of(file: CountryFile) -> str:
    """What a country's file is called on pages."""
    country = words("countries", file.country)
    if file.kind == "case":
        return _("Detentions and exhibits of %(country)s") % {"country": country}
    return _("Leads, sites and teams of %(country)s") % {"country": country}


def table(actor: Actor) -> Table | None:
    """The files of the actor's country with their last days; None where there is none."""
    files = reading.country_files(actor)
    if not files:
        return None
    columns = [Column(_("File")), Column(_("Kept until")), Column(_("State")), Column(_("What next"))]
    rows = [
        Row(
            [
                Cell(name_of(file)),
                Cell(_day(file), _day_page(actor, file)),
                _state(actor, file),
                Cell(_("Open"), reverse("file-erasure", args=[file.id])),
            ]
        )
        for file in files
    ]
    return Table(
        _("Files of the whole country"),
        columns,
        rows,
        note=_("Each is erased as a whole, by two officers, and never while the operation is open."),
    )


def _day(file: CountryFile) -> str:
    return date_words(file.kept.until) if file.kept.until else _("No day yet")


def history(actor: Actor) -> list[str]:
    """What was said of the days of these files, the last word of each file first."""
    lines = []
    for file in reading.country_files(actor):
        names = officer_names(actor, [word["officer"] for word in file.words])
        lines += [
            _("%(file)s: until %(day)s, by %(name)s, %(at)s: %(reasons)s")
            % {
                "file": name_of(file),
                "day": date_words(word["keep_until"]),
                "reasons": word["reasons"],
                "name": names.get(word["officer"], _("an officer")),
                "at": when(Happened(at=from_ms(word["at"]), zone=word["zone"])),
            }
            for word in file.words
        ]
    return lines


def _state(actor: Actor, file: CountryFile) -> Cell:
    if file.kept.request is not None:
        return Cell(_("Another officer decides"), code="needs")
    return Cell(_("Over its last day"), code="due") if reading.is_over(actor, file) else Cell(_("Kept"))


def _day_page(actor: Actor, file: CountryFile) -> str:
    return reverse("file-keep", args=[file.id]) if may_open(actor, "file-keep") else ""


def file_keep(request: HttpRequest, file: str) -> HttpResponse:
    """Say until which day one file of the country is kept, or change it."""
    seen = _file_or_404(request, file)
    form = forms.RetentionForm(request.POST or None)
    if _saved(request, form, keep_file, file=file):
        messages.success(request, _("Recorded. Nothing is erased by it: what is over the day is shown here."))
        return redirect("retention")
    intro = (
        _("It is kept until %(day)s.") % {"day": date_words(seen.kept.until)}
        if seen.kept.until
        else _("Nobody has said until when it is kept.")
    )
    page = FormPage(
        title=_("Until when is this file kept?"),
        button=_("Record the day"),
        back=_back(),
        reference=name_of(seen),
        intro=intro,
        wont=_(
            "It is for the whole file, and counts once the operation is closed. It erases nothing, and "
            "ends a request to erase it."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def file_erasure(request: HttpRequest, file: str) -> HttpResponse:
    """Ask for the erasure of a country's file; or, as the second officer, decide it."""
    seen, actor = _file_or_404(request, file), actor_of(request)
    if request.method in ("GET", "HEAD") and (why := _why_not(actor, seen)):
        context = {
            "title": _("Erase this file?"),
            "told": why,
            "reference": name_of(seen),
            "provenance": "",
            "back": _back(),
            "link": _keep(actor, seen),
        }
        return render(request, "web/over.html", context)
    if not can_say(actor, "file.erasure") or reading.may_decide(actor, seen):
        return _decide(request, seen)
    form = forms.RequestIdentityErasureForm(request.POST or None)
    if _saved(request, form, request_file_erasure, file=file):
        messages.success(request, _("Recorded. Another officer decides; Today asks for it."))
        return redirect("retention")
    page = _page(
        actor,
        seen,
        title=_("Erase this file?"),
        button=_("Ask for the erasure"),
        intro=_("It was kept until %(day)s.") % {"day": date_words(seen.kept.until)},
        wont=_("Nothing is erased yet: an officer of the prosecution decides.")
        if seen.evidence
        else _("Nothing is erased yet: another officer decides."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _decide(request: HttpRequest, seen: CountryFile) -> HttpResponse:
    asked, actor = seen.kept.request or {}, actor_of(request)
    form = forms.DecideIdentityErasureForm(request.POST or None, initial={"entry": asked.get("entry", "")})
    if _saved(request, form, decide_file_erasure, file=seen.id):
        if form.cleaned_data["agrees"] == "yes":
            messages.success(
                request,
                _(
                    "Erased: %(file)s. Nobody opens it here any more. Renew the saved key part of your "
                    "authority, as Today says."
                )
                % {"file": name_of(seen)},
            )
        return redirect("retention")
    officer = asked.get("officer", "")
    name = officer_names(actor, [officer]).get(officer, _("An officer"))
    page = _page(
        actor,
        seen,
        title=_("Decide: erase this file"),
        button=_("Record the decision"),
        intro=_("%(who)s asks for it: %(reasons)s") % {"who": name, "reasons": asked.get("reasons", "")},
        wont=_(
            "Erased, the whole file does not open here again: everybody and every place in it, with pictures "
            "and hits. Your authority's key part in the safe is to be renewed: an older backup opens it as "
            "long as an older part is kept. Other authorities that read it are asked to erase theirs. "
            "Numbers that were counted stay."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _why_not(actor: Actor, seen: CountryFile) -> str:
    """Why the form is not offered; '' where it is. What is sent all the same is refused by its action."""
    if why := reading.against(actor, seen).refusal(today(actor)):
        return refusals.as_sentence(why)
    if seen.kept.request is None:
        return "" if can_say(actor, "file.erasure") else _("Nobody asks for its erasure.")
    if seen.kept.request["officer"] == actor.officer:
        return _("You asked for it. Another officer decides.")
    if reading.may_decide(actor, seen):
        return ""
    if seen.evidence:
        return _("It is asked for. An officer of the prosecution decides, because it is evidence.")
    return _("It is asked for. Your lead decides.")


def _file_or_404(request: HttpRequest, key: str) -> CountryFile:
    seen = reading.country_file(actor_of(request), key)
    if seen is None:
        raise Http404
    return seen


def _saved(request: HttpRequest, form: Form, action: Callable[..., Any], **fixed: Any) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    done, _result = try_perform(request, form, action, **form.cleaned_data, **fixed)
    return done


def _page(actor: Actor, seen: CountryFile, **fields: Any) -> FormPage:
    link = _keep(actor, seen)
    return FormPage(
        back=_back(), reference=name_of(seen), warning=True, links=[link] if link else [], **fields
    )


def _keep(actor: Actor, seen: CountryFile) -> Link | None:
    page = _day_page(actor, seen)
    label = _("Change the day") if seen.kept.until else _("Set the day")
    return Link(label, page) if page else None


def _back() -> Link:
    return Link(_("How long files are kept"), reverse("retention"))
