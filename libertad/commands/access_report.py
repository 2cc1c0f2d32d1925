"""`libertad access-report`: the answer to a person who asks what is kept about them, as a file to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from libertad.commands import start
from libertad.commands.journal import As
from libertad.commands.start import err, fail, out

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
    to: Annotated[Path, typer.Option(help="The file to write: .pdf, or HTML; to be read out or printed.")],
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
    from libertad.look.paper import NoFont
    from libertad.people.answer import answer, answer_pdf, files_opened, is_anothers
    from libertad.people.queries import person as person_of

    if language not in dict(settings.LANGUAGES):
        fail(f"pages are in: {', '.join(code for code, _name in settings.LANGUAGES)}")
    if to.exists():
        fail(f"{to} is there already: name another file")
    with start.told(), translation.override(language):
        actor, key = start.reader_of(as_, person)
        seen = person_of(actor, key) if matrix().may_ask(actor.role, "person-answer", "get") else None
        if seen is None:
            fail("this officer reads no identity file of that person")
        if is_anothers(actor, key):
            fail("this person is a colleague's task: whose task it is answers, or the supervisor")
        for compartment, page in files_opened(actor, seen):
            perform(actor, open_file, compartment=compartment, subject=key, page=page)
        shown = answer(actor, seen, language)
        content: str | bytes
        if to.suffix.lower() == ".pdf":
            try:
                content = answer_pdf(shown)
            except NoFont as missing:
                fail(f"no font here for {missing.letters}: write an .html file, or install one that has it")
        else:
            sheet = render_to_string("people/answer_sheet.html", {"page": shown})
            content = PAGE % (language, escape(shown.title), STYLE, sheet)
        with start.new_file(to) as write:
            write(content)
    out.print(f"Written: {to}", soft_wrap=True)
    err.print("It is not sealed. Destroy the file once the paper is handed over or read out.")
