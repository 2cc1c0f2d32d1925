"""Starting a command: which home, which settings, which officer; how progress and errors are shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from libertad.installed import BASE as BASE
from libertad.installed import default_home

if TYPE_CHECKING:
    from libertad.access.actor import Actor

DEMO = "libertad.web.settings.demo"
RINGS = "rings.db"  # in every node's home
NOWHERE = (
    "libertad restore puts one back there, libertad found and libertad exchange join make one, libertad run "
    "makes a demo"
)
# What SQLite and PostgreSQL say of a file that is not as they wrote it.
DAMAGED = ("malformed", "not a database", "could not read block", "invalid page")
PUT_BACK = "it is damaged. Stop the node and put the last backup back (docs/backup.md)"
LOOK = "see whether it is there, may be read and has room: libertad doctor looks at it"
MOST_CODES = 20  # of a list named in an error
if str(BASE) not in sys.path:  # scenarios and benchmarks lie beside the package
    sys.path.append(str(BASE))
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(words: str) -> NoReturn:
    """End with one line that says what is wrong and what to do."""
    err.print(f"[bold red]Error:[/] {words}", soft_wrap=True)
    raise typer.Exit(1)


def home() -> Path:
    return default_home()


def demo_home(at: Path) -> bool:
    """A home that is the demo's, or may become it because it is empty."""
    if os.environ.get("LIBERTAD_DATABASE_URL"):
        return False
    return (at / "demo.json").exists() or not (at / "libertad.sqlite3").exists()


def existing() -> None:
    """As `settings`, of a node that is there: what only looks leaves nothing in an empty home, which
    `restore` would then refuse."""
    if not (home() / RINGS).exists():
        fail(f"no node was made in {home()} yet: {NOWHERE}{unnamed_home()}")
    settings()
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError as why:
        fail(unreadable(why))


def unreadable(why: Exception) -> str:
    """What to do about a database that answers with an error, in one line."""
    message = str(why).partition("\n")[0] or type(why).__name__
    damaged = any(words in message for words in DAMAGED)
    return f"the database answers with an error ({message}): {PUT_BACK if damaged else LOOK}"


def settings() -> None:
    """Name the settings and set Django up. The demo's only where no real node can be meant."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        if not demo_home(home()):
            fail(
                f"{home()} is not the demo's. Set DJANGO_SETTINGS_MODULE=libertad.web.settings.production, "
                "or LIBERTAD_HOME to another folder"
            )
        os.environ["DJANGO_SETTINGS_MODULE"] = DEMO
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    import django

    django.setup()


def unnamed() -> str:
    """Where no variable names the node: that a node of an operation has an environment file to be read."""
    from django.conf import settings as chosen

    return unnamed_home() if chosen.LIBERTAD_DEMO else ""


def unnamed_home() -> str:
    if "LIBERTAD_HOME" in os.environ:
        return ""
    return (
        f". This command works on {home()}, because LIBERTAD_HOME is not set. For a node of an operation "
        "read its environment first: set -a; . /srv/libertad/environment; set +a"
    )


def migrated() -> None:
    """Refuse to work on tables of another version, or on those of a move that was cut off."""
    refuse_unfinished()
    if unapplied():
        fail(
            "the database is older than this version, or nothing was made here yet: run libertad run once, "
            f"or manage.py migrate{unnamed()}"
        )


def refuse_unfinished() -> None:
    """Refuse a database that was being moved into, which nobody has verified, or one of a newer version."""
    from libertad.journal import upgrade
    from libertad.journal.sql import CUT_OFF, Sql, unfinished

    if unfinished(Sql()) is not None:
        fail(CUT_OFF)
    if upgrade.newer(Sql()):
        fail(upgrade.NEWER)


def unapplied() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def actor(number: str | None, role: str = "coordinator") -> Actor:
    """The officer whose rights apply: by service number; in the demo the coordinator where none is named."""
    return actors(number, (role,))[0]


def actors(number: str | None, roles: tuple[str, ...]) -> list[Actor]:
    """The officer of a service number, whatever the role; in the demo, where none is named, all of these."""
    from django.conf import settings as chosen

    from libertad.access.chosen_operation import working_as
    from libertad.access.models import Account
    from libertad.commands import unlocking

    unlocking.open_rings()
    if number is not None:
        accounts = [Account.objects.of(number)]
    elif chosen.LIBERTAD_DEMO:
        from libertad.web.demo_accounts import demo_accounts

        accounts = list(
            Account.objects.filter(pk__in=[demo_account.account for demo_account in demo_accounts()])
        )
    else:
        fail("say as whom: --as SERVICE_NUMBER")
    known = [working_as(account) for account in accounts if account is not None]
    fitting = [
        candidate
        for candidate in known
        if candidate is not None and (number is not None or candidate.role in roles)
    ]
    if fitting:
        return fitting
    fail("there is no officer with this service number on this node, or the access has ended")


def reader_of(as_: str | None, person: str) -> tuple[Actor, str]:
    """Who reads a person's files, and the id of the person of a reference or an id.

    In the demo, where nobody is named, it is the officer who reads the person's file. A reference that two
    persons bear is refused.
    """
    from libertad.access.queries import readable
    from libertad.care.models import CareFile
    from libertad.people.models import Person

    reference = person.strip().upper()
    readers = actors(as_, ("national-lead", "caseworker", "supervisor"))
    bearers = {
        person_id: actor
        for actor in readers
        for rows, column in ((readable(actor, CareFile), "person"), (readable(actor, Person), "pk"))
        for person_id in rows.filter(reference=reference).values_list(column, flat=True)
    }
    if len(bearers) > 1:
        fail(
            f"{reference} is borne by {len(bearers)} people here: name the officer with --as, or give the id"
        )
    if bearers:
        subject, actor = next(iter(bearers.items()))
        return actor, str(subject)
    for actor in readers:
        files = readable(actor, CareFile).filter(person=person)
        if readable(actor, Person, [person]).exists() or files.exists():
            return actor, person
    return readers[0], person


@contextmanager
def new_file(file: Path | None) -> Iterator[Callable[[str | bytes], object]]:
    """What writes the content of a new file of mode 0600. It is made first, and gone when anything fails."""
    if file is None:
        yield lambda content: None
        return
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as why:
        fail(f"{file} cannot be written ({why.strerror}): name a new file in a folder of yours")
    try:
        with os.fdopen(handle, "wb") as opened:
            yield lambda content: opened.write(content.encode() if isinstance(content, str) else content)
            opened.flush()
            os.fsync(opened.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise


@contextmanager
def told() -> Iterator[None]:
    """Errors that say what to do end a command with their words, not with a trace."""
    from django.db import DatabaseError, OperationalError

    from libertad.access.acting import Forbidden
    from libertad.journal.node import BehindMark
    from libertad.journal.rings import RingError
    from libertad.journal.writer import NotStored
    from libertad.vocabulary.codelists import UnknownCode
    from libertad.vocabulary.values import Refused

    try:
        yield
    except UnknownCode as why:
        fail(f"{why.field}: {why.rule}{_codes(str(why.parameters['name']))}")
    except Refused as why:
        fail(f"{why.field}: {why.rule}")
    except (Forbidden, BehindMark, RingError, NotStored) as why:
        fail(str(why))
    except DatabaseError as why:
        if type(why) not in (DatabaseError, OperationalError):
            raise  # a fault of this program, and not of the database
        fail(unreadable(why))
    finally:
        from libertad.journal.node import close_node

        close_node()


def _codes(name: str) -> str:
    """What a list has, where it is short enough for a line; of a longer one nothing."""
    from libertad.vocabulary.codelists import sayable

    codes = list(sayable(name))
    return f", which has: {', '.join(codes)}" if len(codes) <= MOST_CODES else ""


@contextmanager
def progress(words: str) -> Iterator[Callable[..., None]]:
    """A bar on the error output; `(done, of)` or `(done, of, words)` moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(words, total=None)

        def moved(done: int, of: int, task_words: str = "") -> None:
            bar.update(task, completed=done, total=of, description=task_words or words)

        yield moved


def print_json(value: Any) -> None:
    """For machines: one JSON value on the output and nothing else, nor anything that a terminal acts upon."""
    lines = json.dumps(value, default=str, ensure_ascii=False, indent=1).split("\n")
    typer.echo("\n".join(map(escaped, lines)))


def escaped(text: str) -> str:
    """Text that others wrote, for a terminal: signs that are not seen stand as in JSON (`\\u001b`)."""
    from libertad.vocabulary.written import unseen

    return "".join(json.dumps(sign)[1:-1] if unseen(sign) else sign for sign in text)


def bench(name: str, options: list[str]) -> NoReturn:
    """Run a benchmark, which lies beside the package, and end with its exit code."""
    arguments = [sys.executable, "-m", f"bench.{name}", *options]
    raise typer.Exit(subprocess.run(arguments, cwd=BASE, check=False).returncode)
