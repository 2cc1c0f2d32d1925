"""`libertad import`: what other programs collected, into a list that an officer accepts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from libertad.commands import start
from libertad.commands.journal import As, AsJson
from libertad.commands.start import fail, out

app = typer.Typer(
    no_args_is_help=True,
    help="Bring what other programs collected into a list: nothing is recorded until an officer accepts it.",
)
ABOUT = (
    "Nothing of it is recorded yet: an officer accepts it or leaves it out on the page 'Brought by ODK', "
    "within {days} days."
)
UNPROTECTED = (
    "ODK Collect keeps drafts and pictures in clear on the phone, and these files lie in clear as well: "
    "delete them. Use the field app where you can."
)


@app.callback()
def main() -> None:
    """Bring what other programs collected into a list: nothing is recorded until an officer accepts it."""


@app.command(
    epilog="Example: libertad import xlsform met.xlsx met.csv instances/ --verb person.meet --as GY-12"
)
def xlsform(
    form: Annotated[Path, typer.Argument(metavar="FORM.xlsx", help="The form, as XLSForm.")],
    submissions: Annotated[
        list[Path],
        typer.Argument(
            metavar="SUBMISSIONS...",
            help="Tables of ODK Central or KoBoToolbox (.csv), files of Collect (.xml), or folders of them.",
        ),
    ],
    verb: Annotated[
        str | None,
        typer.Option(
            help="person.meet, lead.report, exhibit.seize or visit.record; else the form's form_id names it."
        ),
    ] = None,
    as_: As = None,
    json: AsJson = False,
) -> None:
    """Bring submissions of ODK Collect into the list of what waits to be accepted; again does no harm."""
    start.settings()
    start.migrated()
    from libertad.access.acting import perform
    from libertad.field.actions.bring import bring
    from libertad.field.brought import FILES
    from libertad.field.brought_forms import form_of, understand
    from libertad.field.odk_submissions import read_submissions
    from libertad.field.xlsform import Unreadable, limits, read_form

    with start.told():
        actor = start.actor(as_, "national-lead")
        try:
            described = read_form(form)
            as_verb = verb or described.form_id.replace("_", ".").replace("-", ".")
            if as_verb not in FILES:
                fail(f"say with --verb what the form records: {', '.join(sorted(FILES))}")
            received = read_submissions(described, submissions)
        except Unreadable as why:
            fail(start.escaped(str(why)))
        count, known = perform(actor, bring, verb=as_verb, submissions=received.submissions)
        fields = form_of(actor, as_verb)
        lines = [
            *received.messages,
            *(
                f"{submission.instance}: {message}"
                for submission in received.submissions
                for message in understand(fields, submission.answers, actor.zone).messages
            ),
        ]
    if json:
        start.print_json({"verb": as_verb, "brought": count, "known": known, "messages": lines})
        return
    for line in lines:
        out.print(start.escaped(line), markup=False, soft_wrap=True)
    out.print(f"{count} brought, {known} were here already.")
    out.print(ABOUT.format(days=limits()["kept_days"]), soft_wrap=True)
    out.print(UNPROTECTED, soft_wrap=True)
