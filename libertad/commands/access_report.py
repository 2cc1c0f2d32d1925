"""`libertad access-report`: the answer to a person who asks what is kept about them, as a file to print."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from libertad.access.actor import Actor
from libertad.commands import start
from libertad.commands.start import err, fail, out

As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="SERVICE_NUMBER", help="The officer whose rights apply (demo: a fitting one)."
    ),
]


STYLE = (
    "body{font:16px/1.45 sans-serif;color:#10202c;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:26px;line-height:1.2}"
    "h2{font-size:19px;border-top:2px solid;margin-top:28px;padding-top:8px}"
    "table{border-collapse:collapse;width:100%}tbody th{font-weight:400}"
    "th,td{text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #c5d0d6}"
    ".second,.table-note{color:#465763;display:block;font-size:14px}"
    ".govuk-visually-hidden{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}"
    "tr,li{break-inside:avoid}@page{margin:15mm}"
)
PAGE = (
    '<!doctype html>\n<html lang="%s"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    "<title>%s</title><style>%s</style></head><body><main>\n%s</main></body></html>\n"
)


def access_report(
    person: Annotated[str, typer.Argument(help="The person's reference or id.")],
    to: Annotated[Path, typer.Option(help="The file to write: HTML, to be read out or printed.")],
    as_: As = None,
    language: Annotated[str, typer.Option(help="One of the languages that the pages are in.")] = "en",
) -> None:
    """Write for a person what is kept about them and who has read it. The opening is recorded first."""
    start.existing()
    start.migrated()
    from django.conf import settings
    from django.template.loader import render_to_string
    from django.utils import translation
    from django.utils.html import escape

    from libertad.access.acting import perform
    from libertad.access.actions.open_file import open_file
    from libertad.access.matrix import matrix
    from libertad.care import queries as care
    from libertad.people.answer import answer, files_opened
    from libertad.people.queries import person as person_of

    if language not in dict(settings.LANGUAGES):
        fail(f"pages are in: {', '.join(code for code, _name in settings.LANGUAGES)}")
    if to.exists():
        fail(f"{to} is there already: name another file")
    with start.told(), translation.override(language):
        actor, key = reader_of(as_, person)
        seen = person_of(actor, key) if matrix().may_ask(actor.role, "person-answer", "get") else None
        if seen is None:
            fail("this officer reads no identity file of that person")
        if care.file(actor, key) is not None and care.readable_file(actor, key) is None:
            fail("this person is a colleague's task: whose task it is answers, or the supervisor")
        for compartment, page in files_opened(actor, seen):
            perform(actor, open_file, compartment=compartment, subject=key, page=page)
        shown = answer(actor, seen)
        sheet = render_to_string("people/answer_sheet.html", {"page": shown})
        write_privately(to, PAGE % (language, escape(shown.title), STYLE, sheet))
    out.print(f"Written: {to}", soft_wrap=True)
    err.print("It is not sealed. Destroy the file once the paper is handed over or read out.")


def write_privately(to: Path, text: str) -> None:
    """A new file that nobody else on this machine reads; none is left where it could not be written."""
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as why:
        fail(f"{to} cannot be written ({why.strerror or why})")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as why:
        to.unlink(missing_ok=True)
        fail(f"{to} cannot be written ({why.strerror or why})")


def reader_of(as_: str | None, person: str) -> tuple[Actor, str]:
    """Who reads a person's files, and the id of the person of a reference or an id.

    In the demo, where nobody is named, it is the officer who reads the person's file. A reference that two
    persons bear is refused.
    """
    from libertad.access.queries import readable
    from libertad.care.models import CareFile
    from libertad.people.models import Person

    reference = person.strip().upper()
    readers = start.actors(as_, ("national-lead", "caseworker", "supervisor"))
    bearers = {
        row.pk: actor
        for actor in readers
        for rows in (readable(actor, CareFile), readable(actor, Person))
        for row in rows.filter(reference=reference)
    }
    if len(bearers) > 1:
        fail(
            f"{reference} is borne by {len(bearers)} people here: name the officer with --as, or give the id"
        )
    if bearers:
        subject, actor = next(iter(bearers.items()))
        return actor, str(subject)
    for actor in readers:
        if readable(actor, Person, [person]).exists() or readable(actor, CareFile, [person]).exists():
            return actor, person
    return readers[0], person
