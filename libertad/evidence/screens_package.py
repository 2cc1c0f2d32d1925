"""The evidence package of an exhibit: what is in it, and the file. Each that is made is recorded first."""

from __future__ import annotations

import re

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.queries import authority_names, officer_names
from libertad.evidence.package_keys import spaced
from libertad.evidence.packaging import keys_behind, make_package, packages_made
from libertad.evidence.screens import found_or_404
from libertad.evidence.screens_acts import frame
from libertad.look.page_objects import Cell, Column, Row, Table
from libertad.look.refusals import show
from libertad.look.times import when
from libertad.vocabulary.values import Happened, Refused


def exhibit_package(request: HttpRequest, key: str) -> HttpResponse:
    """Make the package, or show what would be in it."""
    exhibit, actor = found_or_404(request, key), actor_of(request)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _file(exhibit.reference, make_package(actor, exhibit))
        except Refused as why:
            show(form, why)
    page = frame(
        exhibit,
        _("Evidence package for a court"),
        _("Make the package"),
        intro=_(
            "One file from which a court checks this exhibit's custody without a sign-in and without us: the "
            "chain for reading, and every entry as it was signed."
        ),
        wont=_(
            "It opens nothing else: no other exhibit, no person's file, no picture. All that was written of "
            "this exhibit is in it, with the names of officers and of who received it back. That you made it "
            "is recorded. What has left cannot be taken back. The file is saved to your device; this page "
            "stays."
        ),
    )
    offices, packages = authority_names(), packages_made(actor, exhibit)
    officers = officer_names(actor, [package.officer for package in packages])
    keys = Table(
        _("Keys that signed it"),
        [Column(_("Authority")), Column(_("Number of its key")), Column(_("Number of the authority"))],
        [
            Row([Cell(key_holder.name), Cell(spaced(key_holder.id)), Cell(spaced(key_holder.authority))])
            for key_holder in keys_behind(actor, exhibit)
        ],
        note=_(
            "Tell the court these numbers by another way than with the file, such as in a letter: no file "
            "can prove whose the keys in it are. The court gives both: --key NUMBER=AUTHORITY."
        ),
    )
    table = Table(
        _("Packages made so far"),
        [Column(_("Made")), Column(_("By"))],
        [
            Row(
                [
                    Cell(when(Happened(at=package.at, zone=actor.zone))),
                    Cell(officers.get(package.officer, ""), second=offices.get(package.authority, "")),
                ]
            )
            for package in packages
        ],
    )
    return render(request, "evidence/package.html", {"page": page, "form": form, "keys": keys, "made": table})


def _file(reference: str, content: bytes) -> HttpResponse:
    """The file, under the exhibit's reference: it names nobody, and two packages are told apart by it."""
    name = "-".join(re.findall("[A-Za-z0-9]+", reference)) or "exhibit"
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="evidence-{name}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response
