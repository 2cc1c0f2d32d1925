"""The answer to a person who asks what is kept about them. Its opening is recorded first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.look.page_objects import Link
from libertad.people.answer import answer, files_opened, is_anothers
from libertad.people.head import person_or_404, record_opening


def person_answer(request: HttpRequest, key: str) -> HttpResponse:
    """A page to be read out or printed; every file that it tells of is opened by it. Who does not read the
    protection file is told whose task the person is: that officer answers."""
    actor, person = actor_of(request), person_or_404(request, key)
    if is_anothers(actor, key):
        return redirect("care-file", key)
    for compartment, page in files_opened(actor, person):
        record_opening(request, compartment, key, page)
    back = Link(_("File %(reference)s") % {"reference": person.reference}, reverse("person", args=[key]))
    return render(request, "people/answer.html", {"page": answer(actor, person), "back": back})
