"""`libertad backup` and `libertad restore`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from libertad.commands import running, start, unlocking
from libertad.commands.start import err, fail, out

if TYPE_CHECKING:
    from libertad.journal.rings import Rings


def backup(to: Path, parts_to: Path | None, keep: int, one_disk: bool, as_json: bool) -> None:
    """Back this node up; it may serve meanwhile."""
    start.settings()
    start.migrated()
    from django.conf import settings

    from libertad.journal.backup.make import make
    from libertad.journal.backup.pool import Wrong
    from libertad.journal.node import node

    with start.told():
        try:
            done = make(node(), settings.DATABASES["default"], to, parts_to, keep=keep, one_disk=one_disk)
        except Wrong as why:
            fail(str(why))
        except OSError as why:
            fail(f"{why.strerror or why}: {why.filename or to}; the backups that were there are as they were")
    if as_json:
        start.print_json(done._asdict())
    else:
        out.print(
            f"Backed up: set {done.set}, {done.entries} entries or more, {done.attachments} pieces of "
            f"attachments; {done.fresh} pieces are new in {to}",
            soft_wrap=True,
        )
        for note in done.notes:
            err.print(note, soft_wrap=True)
    if done.waiting:
        fail(
            "an erasure made new ring parts, and those in the safe are the old ones: until they are renewed "
            "what was recorded since the erasure does not open elsewhere. Run it again with --parts-to"
        )


def restore(source: Path, parts_from: Path, name: str | None, standby: bool, yes: bool) -> None:
    """Restore a node into an empty home and go on from there, after asking.

    `standby`: the database of the settings stays, in place of the set's.
    """
    url = os.environ.get("LIBERTAD_DATABASE_URL", "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.production")
    from libertad.journal.backup import restore as restoring
    from libertad.journal.backup.pool import Wrong

    home = start.home()
    if not yes:
        typer.confirm(
            "Does the node that this was backed up from run nowhere any more? Two of one name would part for "
            "good. Go on?",
            abort=True,
        )
    real = os.environ["DJANGO_SETTINGS_MODULE"] == "libertad.web.settings.production"
    try:
        laid = restoring.lay(home, source, parts_from, name=name, standby=standby, real=real, ask=ask)
        restoring.settle(laid, home, url, _config(url, home))
    except Wrong as why:
        fail(str(why))
    except OSError as why:
        fail(f"{why.strerror or why}: {why.filename or home}; nothing was restored")
    out.print(f"Put back: set {laid.name} into {home}", soft_wrap=True)
    start.settings()
    running.migrate()
    _go_on(laid.passphrases)


def ask(rings: Rings, authority: str) -> str | None:
    """A passphrase from the file, or on a terminal."""
    passphrase = unlocking.from_file(authority, unnamed=len(rings.by_passphrase()) == 1)
    if passphrase is None and sys.stdin.isatty():
        passphrase = typer.prompt(f"Passphrase of {authority}", hide_input=True, err=True)
    return passphrase


def _config(url: str, home: Path) -> dict[str, Any]:
    """The database's settings as Django will have them: it cannot load them before the secrets lie there."""
    from psycopg.conninfo import conninfo_to_dict

    if url and not url.startswith("sqlite:"):
        parameters = conninfo_to_dict(url)
        settled_names = ("dbname", "user", "password", "host", "port")
        named = {key.upper(): parameters.get(key, "") for key in settled_names[1:]}
        rest = {key: value for key, value in parameters.items() if key not in settled_names}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parameters.get("dbname", "libertad"),
            "OPTIONS": rest,
            **named,
        }
    path = url.removeprefix("sqlite:").replace("//", "", 1) if url else str(home / "libertad.sqlite3")
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path}


def _go_on(passphrases: dict[str, str]) -> None:
    """New device keys, erasures replayed; then everything is verified."""
    from libertad.commands.doctor import renumber
    from libertad.commands.doctor_mail import tell_new_nkey
    from libertad.journal import restore as restored
    from libertad.journal.node import node
    from libertad.journal.verify import verify

    with start.told():
        for authority, passphrase in passphrases.items():
            node().rings.unlock(authority, passphrase)
            node().locked.pop(authority, None)
        done = restored.accept(node())
        renumber()
        with start.progress("Verifying") as moved:
            report = verify(node(), progress=moved)
        tell_new_nkey()
    out.print(
        f"Going on from {done.size} entries; {done.devices} new device keys; {done.erased} bodies let go "
        "that were erased since.",
        soft_wrap=True,
    )
    for finding in report.findings:
        out.print(f"[red]{finding.kind}[/] {finding.where}: {finding.what}. To mend: {finding.mend}")
    if not report.clean:
        raise typer.Exit(1)
    out.print(
        "Everything in it was verified. Serve it; then an administrator enrols its new keys: "
        "libertad exchange enrol --address https://HOST --as NUMBER",
        soft_wrap=True,
    )
