"""Passphrases of rings: asked on a terminal, or read from a file that nobody else may read."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import typer

from libertad.commands.start import err, fail

VARIABLE = "LIBERTAD_PASSPHRASE_FILE"
SHORTEST = 14
ASKED = 3


def open_rings() -> list[str]:
    """Open the rings that need a passphrase; returns the authorities whose ring stays locked."""
    from libertad.journal.guard import RingError
    from libertad.journal.node import node

    here = node()
    asking = here.rings.by_passphrase()
    for authority in asking:
        if authority in here.rings.open:
            continue
        # A line without a name is the passphrase of the one ring: tried on others it would be a wrong try.
        passphrase = from_file(authority, unnamed=len(asking) == 1)
        if passphrase is not None:
            try:
                here.rings.unlock(authority, passphrase)
            except RingError as why:
                err.print(f"[bold red]Locked:[/] {why}", soft_wrap=True)
        elif sys.stdin.isatty():
            _ask(authority)
        if authority in here.rings.open:
            here.locked.pop(authority, None)
    return [name for name in here.rings.authorities() if name not in here.rings.open]


def _ask(authority: str) -> None:
    from libertad.journal.guard import RingError, Waiting
    from libertad.journal.node import node

    words = f"Passphrase of {name_with_id(authority)} (empty: leave it locked)"
    for _time in range(ASKED):
        passphrase = typer.prompt(words, hide_input=True, default="", show_default=False, err=True)
        if not passphrase:
            return
        try:
            node().rings.unlock(authority, passphrase)
            return
        except RingError as why:
            err.print(str(why), soft_wrap=True)
            if isinstance(why, Waiting):
                return


def name_with_id(authority: str) -> str:
    """An authority's name with its id; the id alone where the name is not on file."""
    from libertad.access.models import Authority

    name = Authority.objects.filter(pk=authority).values_list("name", flat=True).first()
    return f"{name} ({authority})" if name else authority


def from_file(authority: str = "", unnamed: bool = True, file: Path | None = None) -> str | None:
    """The passphrase in the named file (or in this one): a line 'AUTHORITY=passphrase' for one ring, else
    the one line where it may be `unnamed`."""
    where = os.environ.get(VARIABLE)
    if file is None and not where:
        return None
    path = file or Path(where or "")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077 or status.st_uid != os.geteuid():
            fail(f"{path} may be read by others, or is not this user's: chown it, then chmod 600 {path}")
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        if file is not None:
            fail(f"there is no such file: {path}")
        err.print(
            f"No passphrase: {path} is not there. Write it (one line, chmod 600, this user's own), then "
            "start again.",
            soft_wrap=True,
        )
        return None
    except (OSError, UnicodeDecodeError) as why:
        fail(f"the passphrase's file cannot be read: {path} ({type(why).__name__})")
    for line in lines:
        if authority and line.startswith(f"{authority}="):
            return line.removeprefix(f"{authority}=")
    return lines[0] if unnamed and len(lines) == 1 and not _names_one(lines[0]) else None


def each_has_a_line(authority: str) -> str:
    """What to do about passphrases where a node has several rings; `authority`: of the newest."""
    return (
        f"From now on the node asks for the passphrase of each ring at its start. In a file that {VARIABLE} "
        f"names each has a line: {authority}=PASSPHRASE"
    )


def _names_one(line: str) -> bool:
    head, sign, _rest = line.partition("=")
    return bool(sign) and len(head) == 32 and all(c in "0123456789abcdef" for c in head)


def new_passphrase(authority: str = "", file: Path | None = None) -> str:
    """A passphrase for a ring: from the file, else asked for twice; at least 14 characters.

    For a ring that is here already (`authority`) the file that opens rings counts only where it names it: its
    one line may be another ring's.
    """
    passphrase = from_file(authority, unnamed=not authority or file is not None, file=file)
    if passphrase is None:
        if not sys.stdin.isatty():
            named_line = f" with the line {authority}=PASSPHRASE" if authority else ""
            fail(
                f"no terminal to ask for a passphrase: name a file{named_line} in {VARIABLE}, "
                "or use --key-file"
            )
        passphrase = typer.prompt(
            f"Passphrase of the ring, {SHORTEST} characters or more",
            hide_input=True,
            err=True,
            confirmation_prompt="The same passphrase again",
        )
    if len(passphrase.strip()) < SHORTEST or len(set(passphrase)) < 5:
        fail(f"the passphrase is too easy to guess: give {SHORTEST} characters or more, such as random words")
    return str(passphrase)
