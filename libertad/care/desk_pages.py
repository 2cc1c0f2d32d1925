"""What the pages about a person's desk begin with: whose task the person is, and the way back."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care.queries_desk import TaskSeen, task
from libertad.look.page_objects import Link


def find_task(request: HttpRequest, person: str) -> TaskSeen:
    """Whose task the person is; else 404. It opens nothing."""
    seen = task(actor_of(request), person)
    if seen is None:
        raise Http404
    return seen


def back_from_desk(person: str, reference: str, has_file: bool) -> Link:
    """To the protection file; without one, to the person's own page."""
    if has_file:
        return Link(_("Protection file"), reverse("care-tonight", args=[person]))
    return Link(_("File %(reference)s") % {"reference": reference}, reverse("person", args=[person]))
