"""`libertad evidence`: check an evidence package from the file alone. No home, no database, no sign-in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from libertad.commands import start
from libertad.commands.journal import AsJson
from libertad.commands.start import fail, out

if TYPE_CHECKING:
    from libertad.evidence.package_keys import Report

app = typer.Typer(no_args_is_help=True, help="Check an exhibit's evidence package, as a court does.")
NOT_VOUCHED = 2


@app.command(
    epilog="Example: libertad evidence verify evidence-0f3a9c11.zip "
    "--key 7c1be2209f3a4d5566778899aabbccdd=0b61c29d8e7f405192a3b4c5d6e7f809"
)
def verify(
    file: Annotated[Path, typer.Argument(help="The package, as it came.")],
    key: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER=AUTHORITY",
            help="A key that you rely on and whose it is, as its authority told you; may repeat. "
            "NUMBER alone vouches for no other authority.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Check signatures, hashes and the chain of an evidence package, and say what is proven and what is not.

    Exit code 0: all of it, and every key is vouched. 1: something was altered, left out or exchanged. 2:
    nothing was, but a key that signed is not vouched.
    """
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)  # words as they are written; nothing of a node is asked for
    from libertad.evidence.package import MOST_BYTES
    from libertad.evidence.package_check import check_package

    named = named_keys(key or [])
    try:
        if file.stat().st_size > MOST_BYTES:
            fail(f"{file} is no evidence package: it is above {MOST_BYTES >> 20} MB")
        data = file.read_bytes()
    except OSError as why:
        fail(f"{file} cannot be read ({why.strerror or why})")
    report = check_package(data, named)
    if json:
        start.print_json(as_json(report))
    else:
        show(report)
    if not report.is_intact:
        raise typer.Exit(1)
    if not report.vouched:
        raise typer.Exit(NOT_VOUCHED)


def named_keys(texts: list[str]) -> dict[str, str]:
    """Keys as they were named, NUMBER or NUMBER=AUTHORITY: the authority's id by key's, '' without one."""
    named: dict[str, str] = {}
    for text in texts:
        typed, told, authority = text.partition("=")
        key, of = number(typed, "a key"), number(authority, "an authority") if told else ""
        if of and named.get(key) and named[key] != of:
            fail(f"Key {typed} is named for two authorities: which of them told you?")
        named[key] = of or named.get(key, "")
    return named


def number(text: str, of: str) -> str:
    """A key's or an authority's number as typed, with or without blanks: 32 hex digits."""
    plain = "".join(text.split()).lower()
    if len(plain) != 32 or set(plain) - set("0123456789abcdef"):
        fail(f"{text} is no number of {of}: it has 32 signs of 0-9 and a-f")
    return plain


def show(report: Report) -> None:
    """The report for people: the chain, the keys, then wrong, proven and not proven."""
    from libertad.evidence.package_keys import ENROLLED, NAMED, spaced

    def line(text: str) -> None:
        out.print(start.escaped(text), soft_wrap=True, markup=False)

    if report.story is not None:
        line(f"Exhibit {report.reference}: chain of custody, from the signed entries")
        for at, step in enumerate(report.story.lines, 1):
            line(f"{at:>3}. {step.when}: {step.title}")
            for label, value in step.pairs:
                line(f"       {label}: {value}")
            if step.entry:
                line(f"       Entry: {step.entry}")
        line(report.story.sentence)
        line("")
    if report.keys:
        line("Keys that signed")
    for signer in report.keys:
        why = {NAMED: "you named it", ENROLLED: f"enrolled by key {spaced(signer.by)}"}.get(
            signer.standing, "NOT VOUCHED"
        )
        line(
            f"  {spaced(signer.key.id)}  {report.called(signer.key.authority)}, "
            f"{signer.entries} entries: {why}"
        )
    for title, items in (("Wrong", report.wrong), ("Proven", report.proven), ("Not proven", report.unproven)):
        if items:
            line(title)
        for item in items:
            line(f"  - {item}")
    line(verdict(report))


def verdict(report: Report) -> str:
    """One line that says what the check came to."""
    if not report.is_intact:
        return f"DO NOT RELY ON THIS FILE: {len(report.wrong)} things are wrong in it."
    if not report.vouched:
        return "Nothing was altered or left out, but whose the keys are is not proven: name them with --key."
    if report.untold:
        return (
            "Nothing was altered or left out, and every key is vouched if those that you named are whose the "
            "file says: compare."
        )
    return "Nothing was altered or left out, and every key is vouched."


def as_json(report: Report) -> dict[str, Any]:
    return {
        "reference": report.reference,
        "made": report.made,
        "whole": report.is_intact,
        "vouched": report.vouched,
        "wrong": report.wrong,
        "proven": report.proven,
        "not_proven": report.unproven,
        "keys": [
            {
                "id": signer.key.id,
                "authority": report.called(signer.key.authority),
                "authority_id": signer.key.authority,
                "entries": signer.entries,
                "standing": signer.standing,
                "by": signer.by,
            }
            for signer in report.keys
        ],
        "sentence": report.story.sentence if report.story else "",
        "chain": [
            {"when": step.when, "title": step.title, "entry": step.entry, **dict(step.pairs)}
            for step in (report.story.lines if report.story else ())
        ],
    }
