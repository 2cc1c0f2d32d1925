"""Files whose last day has gone by, and erasures that a second officer decides."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.closed import closed_at
from libertad.access.queries import can_say
from libertad.people import queries_keeping as keeping
from libertad.people import queries_keeping_files as keeping_files
from libertad.people.screens_keeping_files import name_of
from libertad.web.todo_item import Waiting


def files_over_their_day(actor: Actor) -> Iterator[Waiting]:
    """For who reads them: nothing is erased by a clock. Not counted here: a page of their own lists them."""
    if not may_open(actor, "retention"):
        return
    if can_say(actor, "person.erasure_refuse"):
        for person, request in keeping.erasure_requests(actor):
            if request["officer"] != actor.officer:
                yield Waiting(
                    _("The erasure of a file waits for your decision"),
                    request["reasons"],
                    reverse("person-erasure", args=[person.id]),
                    _("Read and decide"),
                    None,
                    person.reference,
                )
    if may_open(actor, "retention-set"):
        yield from _lead(actor)
    if closed_at(actor.operation) is not None:  # while it is open nothing is asked of its country's files
        yield from _of_country(actor)


def _of_country(actor: Actor) -> Iterator[Waiting]:
    """The two files of the own country: a day, the request, the decision."""
    for file in keeping_files.country_files(actor):
        name, page = name_of(file), reverse("file-erasure", args=[file.id])
        if keeping_files.may_decide(actor, file):
            yield Waiting(
                _("The erasure of a country's file waits for your decision"),
                (file.kept.request or {}).get("reasons", ""),
                page,
                _("Read and decide"),
                None,
                name,
            )
        elif not file.kept.until and may_open(actor, "file-keep"):
            yield Waiting(
                _("Until when is this file of your country kept?"),
                _("The operation is closed, and nobody has said a day."),
                reverse("file-keep", args=[file.id]),
                _("Set the day"),
                None,
                name,
            )
        elif (
            file.kept.request is None
            and can_say(actor, "file.erasure")
            and keeping_files.is_over(actor, file)
        ):
            yield Waiting(
                _("A file of your country is over its last day"),
                _("Ask for its erasure, or say why it is kept longer. Nothing is erased by itself."),
                page,
                _("Open it"),
                None,
                name,
            )


def _lead(actor: Actor) -> Iterator[Waiting]:
    if keeping.has_late_files(actor):
        yield Waiting(
            _("Identity files are over their last day"),
            _("Ask for their erasure, or say why one is kept longer. Nothing is erased by itself."),
            reverse("retention"),
            _("Open the list"),
        )
    elif closed_at(actor.operation) is not None and keeping.retention_of(actor) is None:
        yield Waiting(
            _("Until when are the identity files of this operation kept?"),
            _("The operation is closed, and your authority has set no day."),
            reverse("retention-set"),
            _("Set the day"),
        )
