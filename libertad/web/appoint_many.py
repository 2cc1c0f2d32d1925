"""Appointing many officers from a file: a preview first, and nothing written until it is confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from libertad.access import accounts
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.look import refusals
from libertad.look.page_objects import Cell, Column, FormPage, Link, Row, Table
from libertad.look.words import words
from libertad.vocabulary.values import Refused
from libertad.web.first_steps import returns
from libertad.web.officer_list import MOST_LINES, Line, Officers, Unreadable, read_officers
from libertad.web.officers import roles_of

TOO_LARGE = gettext_lazy("It is above 60 kB: divide it.")
LASTS = 3600  # seconds for which a preview may be confirmed


class FileForm(forms.Form):
    """A list of officers."""

    file = forms.FileField(
        label=gettext_lazy("List of officers (CSV)"),
        help_text=gettext_lazy(
            "The first line names the columns: name, service number, role, rank. One officer a line."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


def from_file(request: HttpRequest) -> HttpResponse:
    """Upload, then the preview; what the preview showed is appointed when it is confirmed."""
    actor = actor_of(request)
    if request.method == "POST" and "shown" in request.POST:
        return _appoint(request, actor, request.POST["shown"])
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST":
        if getattr(request, "too_large", False):
            form = FileForm(request.POST)
            form.errors.pop("file", None)
            form.add_error("file", TOO_LARGE)
        elif form.is_valid():
            try:
                in_use = accounts.number_in_use(actor)
                read_lines = read_officers(form.cleaned_data["file"].read(), roles_of(actor), in_use)
            except Unreadable as why:
                form.add_error("file", str(why))
            else:
                return _preview(request, actor, read_lines)
    page = FormPage(
        title=_("Appoint officers from a file"),
        button=_("Show what would be appointed"),
        back=Link(_("Officers"), reverse("officers")),
        intro=_("Roles of your authority: %(roles)s. At most %(most)d officers a file.")
        % {"roles": ", ".join(words("roles", role) for role in roles_of(actor)), "most": MOST_LINES},
        links=[Link(_("Appoint one officer"), reverse("officer-appoint"))],
        wont=_("Nothing is written by this. You see each line first, with what is wrong with it."),
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def _preview(request: HttpRequest, actor: Actor, officers_read: Officers) -> HttpResponse:
    rows = [
        Row(
            [
                Cell(str(line.number)),
                Cell(line.name, second=line.rank),
                Cell(line.service_number),
                Cell(words("roles", line.role) if not line.wrong else line.role),
                Cell(line.wrong or _("right"), tone="needs" if line.wrong else "done"),
            ]
        )
        for line in [*officers_read.wrong, *officers_read.right]
    ]
    columns = [
        Column(_("Line"), numeric=True),
        Column(_("Name")),
        Column(_("Service number")),
        Column(_("Role")),
        Column(_("What becomes of it")),
    ]
    right, wrong = len(officers_read.right), len(officers_read.wrong)
    context = {
        "title": _("Officers in the file"),
        "second": _("%(right)d right, %(wrong)d left out.") % {"right": right, "wrong": wrong},
        "encoding": officers_read.encoding,
        "table": Table(_("Officers in the file"), columns, rows),
        "button": ngettext("Appoint %(n)d officer", "Appoint %(n)d officers", right) % {"n": right}
        if right
        else "",
        "shown": signing.dumps(
            [
                [line.number, line.name, line.service_number, line.role, line.rank]
                for line in officers_read.right
            ],
            salt=_salt(actor),
            compress=True,
        ),
    }
    return render(request, "web/officers_preview.html", context)


def _salt(actor: Actor) -> str:
    """What was shown to one officer is confirmed by that officer alone."""
    return f"officers:{actor.authority}:{actor.officer}"


def _appoint(request: HttpRequest, actor: Actor, signed_lines: str) -> HttpResponse:
    try:
        lines: list[list[Any]] = signing.loads(signed_lines, salt=_salt(actor), max_age=LASTS)
    except signing.BadSignature:
        return redirect("officers-from-file")
    appointed, left = [], []
    for line in (Line(*cells) for cells in lines):
        try:
            done = accounts.appoint(
                actor, name=line.name, service_number=line.service_number, role=line.role, rank=line.rank
            )
        except Refused as why:
            left.append((line, refusals.in_words(why)))
        else:
            appointed.append((line, done.code))
    rows = [
        Row(
            [
                Cell(line.name, second=line.rank),
                Cell(line.service_number),
                Cell(words("roles", line.role)),
                Cell(code),
            ]
        )
        for line, code in appointed
    ] + [
        Row(
            [
                Cell(line.name),
                Cell(line.service_number),
                Cell(words("roles", line.role)),
                Cell(_("not appointed"), second=why, tone="needs"),
            ]
        )
        for line, why in left
    ]
    columns = [
        Column(_("Name")),
        Column(_("Service number")),
        Column(_("Role")),
        Column(_("Enrolment code")),
    ]
    context = {
        "table": Table(_("Enrolment codes"), columns, rows),
        "enrol": reverse("enrol"),
        "back": reverse("home") if returns(request) else reverse("officers"),
    }
    return render(request, "web/officers_codes.html", context)
