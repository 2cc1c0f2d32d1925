"""The answer to a person who asks what is kept about them. Its opening is recorded first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from libertad.access.asking import actor_of
from libertad.look.page_objects import Link
from libertad.look.paper import NoFont
from libertad.people.answer import AnswerPage, answer, answer_pdf, files_opened, is_anothers
from libertad.people.head import person_or_404, record_opening
from libertad.people.queries import PersonSeen


def person_answer(request: HttpRequest, key: str) -> HttpResponse:
    """A page to be read out or printed; every file that it tells of is opened by it. Who does not read the
    protection file is told whose task the person is: that officer answers."""
    person = person_or_404(request, key)
    if is_anothers(actor_of(request), key):
        return redirect("care-file", key)
    return _answer_page(request, person, _opened_answer(request, person))


def person_answer_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same as a PDF, whose file name tells nobody. Where a letter cannot be printed, the page says so."""
    person = person_or_404(request, key)
    if is_anothers(actor_of(request), key):
        return redirect("care-file", key)
    page = _opened_answer(request, person)
    try:
        paper = answer_pdf(page)
    except NoFont as missing:
        return _answer_page(request, person, page, missing.letters)
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="answer.pdf"'
    return response


def _opened_answer(request: HttpRequest, person: PersonSeen) -> AnswerPage:
    """The answer, the opening of each file that it tells of recorded before."""
    actor = actor_of(request)
    for compartment, page in files_opened(actor, person):
        record_opening(request, compartment, person.id, page)
    return answer(actor, person)


def _answer_page(
    request: HttpRequest, person: PersonSeen, page: AnswerPage, letters: str = ""
) -> HttpResponse:
    back = Link(
        _("File %(reference)s") % {"reference": person.reference}, reverse("person", args=[person.id])
    )
    with override(page.language):
        sheet = render_to_string("people/answer_sheet.html", {"page": page})
    context = {
        "page": page,
        "sheet": sheet,
        "back": back,
        "letters": letters,
        "pdf": reverse("person-answer-pdf", args=[person.id]),
    }
    return render(request, "people/answer.html", context, status=422 if letters else 200)
