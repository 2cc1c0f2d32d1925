"""`libertad doctor`: what is wrong with an installation, each with how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import typer
from rich.table import Table

from libertad.commands import start, unlocking
from libertad.commands.doctor_mail import tell_new_nkey
from libertad.commands.start import fail, out

LOW_DISK = 500 * 1024 * 1024
PRIVATE = ("keys", "secrets")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and what to do."""

    what: str
    mend: str


MOST_ROWS = 50
DOWN = "the database cannot be used"
LOST_NUMBERS = 100  # by which the numbers of references jump after a restore


def tell(as_json: bool) -> None:
    """Print all problems; exit 1 when there are any."""
    listed = list(problems(start.home()))
    if as_json:
        start.print_json([asdict(problem) for problem in listed])
    for problem in [] if as_json else listed:
        out.print(f"[red]{problem.what}[/]\n  To mend: {problem.mend}")
    if not listed and not as_json:
        out.print("Nothing is wrong.")
    if listed:
        raise typer.Exit(1)


def problems(home: Path) -> Iterator[Problem]:
    """First what Django does not need to be up for; the rest only if that is well."""
    if not (home / start.RINGS).exists():
        yield Problem(f"no node was made in {home} yet", f"{start.NOWHERE}{start.unnamed_home()}")
        return
    early = [*_folders(home), *_modes(home), *_disk(home)]
    yield from early
    if any("written" in problem.what or "secrets" in problem.what for problem in early):
        return
    start.settings()
    yield from _serving(home)
    tables = list(_database())
    yield from tables
    if any(problem.what.startswith(DOWN) for problem in tables):
        return  # all that follows asks it
    yield from _rows()
    yield from _rings(home)
    yield from _care()
    yield from _pages()
    yield from _unread()
    yield from _alarms()
    yield from suspended()
    yield from removed()
    yield from _static()
    yield from _mail()


def _folders(home: Path) -> Iterator[Problem]:
    for path in (home, *(home / name for name in PRIVATE)):
        if path.exists() and not os.access(path, os.W_OK | os.X_OK):
            yield Problem(
                f"{path} may not be written by this user", f"chown it to the user that runs Libertad: {path}"
            )
    for path in home.glob("libertad.sqlite3*"):
        if not os.access(path, os.W_OK):
            yield Problem(
                f"{path} may not be written by this user", f"chmod 600 {path}, owned by Libertad's user"
            )


def _modes(home: Path) -> Iterator[Problem]:
    paths = [home, *(home / name for name in PRIVATE), *home.glob("keys/*"), *home.glob("secrets/*")]
    for path in [*paths, *home.glob("rings.*"), *home.glob("seals.*"), home / "mark"]:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            mode = stat.S_IMODE(path.stat().st_mode)
            yield Problem(
                f"{path} may be read by others (mode {mode:o})",
                f"chmod {'700' if path.is_dir() else '600'} {path}",
            )


def _disk(home: Path) -> Iterator[Problem]:
    free = shutil.disk_usage(home).free
    if free < LOW_DISK:
        yield Problem(
            f"only {free // 2**20} MB are free where {home} lies",
            "free some room: a full disk refuses new entries (none is lost)",
        )


def _serving(home: Path) -> Iterator[Problem]:
    """Whether the node is served, by what the process that serves it says."""
    from libertad.commands.doctor_serving import unserved

    yield from (Problem(wrong, mend) for wrong, mend in unserved(home))


def _database() -> Iterator[Problem]:
    from django.db import DatabaseError, connection

    from libertad.journal import upgrade
    from libertad.journal.guard import Mixed, RingError
    from libertad.journal.node import BehindMark, node
    from libertad.journal.sql import Sql

    try:
        if upgrade.newer(Sql()):
            yield Problem(*upgrade.NEWER.split(": "))
            return
        left = start.unapplied()
    except DatabaseError as why:
        yield Problem(f"{DOWN} ({type(why).__name__})", "check LIBERTAD_DATABASE_URL, rights and disk")
        return
    if left:
        yield Problem(f"{left} migrations are not applied", "libertad run applies them, or manage.py migrate")
        return
    try:
        if upgrade.pending(node().sql()):
            yield Problem(
                "what is on file was judged by the rules of an older version",
                "libertad run judges it anew at its start, or libertad journal rebuild",
            )
        node().check_mark()
    except Mixed:
        return  # told with the rings
    except (BehindMark, RingError) as why:
        wrong, _, mend = str(why).partition(": ")
        yield Problem(wrong, mend)
    shadows = [name for name in connection.introspection.table_names() if name.startswith("beside_")]
    if shadows:
        yield Problem("a rebuild was cut off and left tables beside", "libertad journal rebuild removes them")


def _rows() -> Iterator[Problem]:
    """Rows that decide and are not as this node wrote them."""
    from libertad.journal.node import node
    from libertad.journal.rings import RingError

    try:
        here = node()
    except RingError:
        return  # told with the rings
    if start.unapplied():
        return
    findings = here.seals.findings(here.sql())
    for finding in findings[:MOST_ROWS]:
        yield Problem(
            f"row {finding.name} of {finding.table} was {finding.what} by somebody else than this node, and "
            "is not believed",
            finding.mend,
        )
    if len(findings) > MOST_ROWS:
        yield Problem(
            f"{len(findings) - MOST_ROWS} more rows were changed", "libertad journal verify lists them"
        )


def suspended() -> Iterator[Problem]:
    """Members that are suspended, or that one authority would suspend."""
    from libertad.exchange.queries_suspended import suspensions
    from libertad.journal.rings import RingError

    try:
        listed = [] if start.unapplied() else suspensions()
    except RingError:
        return  # told with the rings
    for suspension in listed:
        yield Problem(
            f"{suspension.name} is suspended from the operation by {suspension.by}: {suspension.stands}"
            if suspension.counts
            else f"{suspension.by} would suspend {suspension.name} from the operation: {suspension.stands}",
            "ask both by telephone, then confirm it, or lift it by two, on the operation's page",
        )


def removed() -> Iterator[Problem]:
    """Authorities here that were removed from an operation: the node asks its members no more."""
    from libertad.exchange import queries_removed
    from libertad.journal.rings import RingError

    try:
        found = [] if start.unapplied() else queries_removed.removed()
    except RingError:
        return  # told with the rings
    for one in found:
        yield Problem(
            f"{one.who} was removed from {one.name} by {one.by} on {one.since}: what is in its own files "
            "stays readable, and members with whom it shares no other operation are asked no more",
            f"if nobody expected this, telephone {one.by} by a number that you knew before",
        )


def _rings(home: Path) -> Iterator[Problem]:
    from libertad.journal.node import node
    from libertad.journal.rings import RingError

    try:
        here = node()
    except RingError as why:
        yield Problem(str(why).partition(": ")[0], str(why).partition(": ")[2])
        return
    for authority, reason in here.locked.items():
        if authority in here.rings.by_passphrase() and here.rings.part_path(authority).exists():
            continue  # its passphrase is asked for at the start, not here
        wrong, _, mend = reason.partition(": ")
        yield Problem(f"the ring of {authority} is locked: {wrong}", mend or "put its key file back")
    if here.rings.authorities() and not (home / "rings.backup").exists():
        here.rings.backup()
    from libertad.commands.doctor_keys import in_the_clear, missing, stale

    yield from (Problem(wrong, mend) for wrong, mend in [*missing(), *stale(), *in_the_clear(home)])


def _care() -> Iterator[Problem]:
    """Where the tables and rings are sound enough to ask them; else that is told already."""
    from django.db import DatabaseError

    from libertad.commands.doctor_care import unserved
    from libertad.journal.rings import RingError

    try:
        if not start.unapplied():
            yield from (Problem(wrong, mend) for wrong, mend in unserved())
    except (DatabaseError, RingError):
        return


def _pages() -> Iterator[Problem]:
    """Whether the host of one-time pages is set and answers, where care asks services outside by it."""
    from django.db import DatabaseError

    from libertad.commands.doctor_pages import host_problems
    from libertad.journal.rings import RingError

    try:
        if not start.unapplied():
            yield from (Problem(wrong, mend) for wrong, mend in host_problems())
    except (DatabaseError, RingError):
        return  # told already


def _alarms() -> Iterator[Problem]:
    from django.db import DatabaseError

    from libertad.commands.doctor_alarms import alarms
    from libertad.journal.rings import RingError

    try:
        yield from (Problem(wrong, mend) for wrong, mend in alarms())
    except (DatabaseError, RingError):
        return  # told already


def _unread() -> Iterator[Problem]:
    """What one node of the operation says and another does not read: a device is not enrolled."""
    from django.db import DatabaseError

    from libertad.exchange.peering import hosting
    from libertad.journal.node import node
    from libertad.journal.rings import RingError

    try:
        if start.unapplied():
            return
        missing, devices = hosting.not_enrolled(node(), node().sql()), hosting.unreadable(node().sql())
    except (DatabaseError, RingError):
        return  # told already
    for missed in missing:
        yield Problem(
            f"{missed.name} ({missed.authority}) is not enrolled in the operation: "
            "no other node reads what it says",
            "libertad exchange enrol --as NUMBER, as the operation's coordinator; after exchange renew "
            "a coordinator elsewhere vouches; after joining it arrives with the first exchange",
        )
    for device in devices:
        yield Problem(
            f"device {device.device} of the node {device.origin} is not enrolled: what it signed is not read "
            "here, and the figures lack it",
            "ask that node's coordinator for libertad exchange enrol, then libertad exchange repair",
        )


def _mail() -> Iterator[Problem]:
    from libertad.commands.doctor_mail import broker, failed

    yield from (Problem(wrong, mend) for wrong, mend in [*broker(), *failed()])


def _static() -> Iterator[Problem]:
    from django.conf import settings

    collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"] and not collected:
        yield Problem("static files are not collected", "make setup, then libertad run collects them")


def unlock(authority: str) -> None:
    """Check that a passphrase opens a ring. The serving process asks for its own at its start."""
    start.settings()
    from libertad.journal.node import node

    with start.told():
        node().rings.unlock(authority, typer.prompt("Passphrase", hide_input=True))
        out.print("The ring opens with this passphrase and its key file.")


def accept() -> None:
    """Go on from an older database, after asking."""
    start.settings()
    from libertad.journal import restore
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        typer.confirm(
            "Entries that this node committed later are lost here if no newer copy exists. Go on?", abort=True
        )
        done = restore.accept(node())
        renumber()
        out.print(
            f"Going on from {done.size} entries ({done.lost} committed later are missing); "
            f"{done.devices} new device keys; {done.erased} bodies let go that were erased since."
        )
        tell_new_nkey()


def renumber() -> None:
    """References given after the copy was made may be on others' nodes: none is given twice."""
    from django.db.models import F

    from libertad.access.models import Number

    Number.objects.update(last=F("last") + LOST_NUMBERS)


def accept_rows() -> None:
    """Go on from rows that somebody changed in the database, after asking."""
    start.settings()
    start.migrated()
    from libertad.access.row_repair import mend
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        findings = node().seals.findings(node().sql())
        for finding in findings:
            out.print(f"{finding.table} {finding.name}: {finding.what}")
        if not findings:
            out.print("No row was changed.")
            return
        typer.confirm(
            "Sign-ins concerned are closed, read models are made anew from the signed entries, and all other "
            "rows are taken as they stand. Did you compare those? Go on?",
            abort=True,
        )
        done = mend(node())
        out.print(
            f"{done.closed} sign-ins closed (their administrator gives a new code); read models made anew: "
            f"{'yes' if done.rebuilt else 'no'}; {done.taken} rows taken as they stand."
        )


def what_opens(as_json: bool) -> None:
    """Per authority: how many files of each kind its keys open on this node."""
    start.existing()
    start.migrated()
    from libertad.access.decryptable import what_opens as opens
    from libertad.journal.node import node

    with start.told():
        openings = opens(node())
    if as_json:
        start.print_json([opening.as_json() for opening in openings])
        return
    if not openings:
        fail("there is no ring on this node")
    table = Table("Authority", "Kind", "Opens", "Locked")
    for opening in openings:
        counted = ", ".join(f"{kind} {n}" for kind, n in opening.compartments.items())
        table.add_row(opening.name or opening.authority, opening.kind, counted, opening.locked)
    out.print(table)
