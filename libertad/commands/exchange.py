"""`libertad exchange`: peers of this node, joining and inviting, quarantine, pull and repair by hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from libertad.commands import start, unlocking
from libertad.commands.journal import As, AsJson
from libertad.commands.start import err, fail, out

if TYPE_CHECKING:
    from libertad.exchange.queries import PeerSeen

app = typer.Typer(
    no_args_is_help=True, help="Exchange with the nodes of other authorities: peers, invitations, repair."
)
PeerName = Annotated[
    str, typer.Argument(help="Its name (libertad/...), or its authority's, or their beginning.")
]
Reason = Annotated[str, typer.Option(help="Why; kept at this node with the officer's name.")]


def begin() -> None:
    start.settings()
    start.migrated()


@app.command(epilog="Example: libertad exchange status --json")
def status(json: AsJson = False) -> None:
    """Whether the exchange is as it should be, and what failed last by each way; exit 1 when a peer or the
    broker fails, an alarm is open or a device is not enrolled."""
    begin()
    from libertad.exchange import hosting, queries, queries_failing, queries_suspended, seen
    from libertad.journal.node import node

    with start.told():
        out_now = queries_suspended.suspensions()
        missing, unread = (
            len(hosting.not_enrolled(node(), node().sql())),
            len(hosting.unreadable(node().sql())),
        )
        found, waiting = queries.peers(), queries.waits()
        asked = [one for one in found if one.state == "active"]
        failing = [one for one in asked if one.condition == "failing"]
        failed = queries_failing.standing()
        told = {
            "node": own()["name"], "size": queries.size(), "peers": len(asked), "failing": len(failing),
            "behind": sum(one.behind for one in asked), **asdict(waiting), "not_enrolled": missing,
            "unread_devices": unread, "failed": [asdict(one) for one in failed],
            "suspended": [{"name": one.name, "by": one.by, "stands": one.stands} for one in out_now],
        }  # fmt: skip
    if json:
        start.print_json(told)
    else:
        out.print(f"This node is {told['node']}, with {told['size']} entries.")
        out.print(
            f"{len(asked)} peers, {len(failing)} failing; {told['behind']} entries of theirs not examined."
        )
        out.print(
            f"Waiting: {waiting.wants} files being filled in, {waiting.held} entries in quarantine, "
            f"{waiting.alarms} open alarms, {waiting.unanswered} requests to erase without an answer."
        )
        if missing or unread:
            out.print(
                f"[bold red]{missing} authorities of this node and {unread} devices of other nodes are not "
                "enrolled:[/] what they say is not read everywhere. libertad doctor tells which.",
                soft_wrap=True,
            )
        for member in out_now:
            out.print(
                f"Suspended: [bold red]{member.name}[/], by {member.by}: {member.stands}", soft_wrap=True
            )
        for one in failing:
            out.print(f"[bold red]{one.name}[/] ({one.origin}): {one.error}", soft_wrap=True)
        for each in failed:
            out.print(
                f"[bold red]{each.name or 'The broker'}[/], {each.way.lower()}: {each.reason} (since "
                f"{seen.at(each.since, 'UTC')}, last {seen.at(each.at, 'UTC')}). {each.remedy}",
                soft_wrap=True,
            )
    if failing or any(not each.alone for each in failed) or waiting.alarms or missing or unread:
        raise typer.Exit(1)


def own() -> dict[str, Any]:
    from libertad.journal.node import node

    key = node().key
    return {"name": key.origin, **spoken(key.public)}


def spoken(public: bytes) -> dict[str, str]:
    """A node's key for reading aloud."""
    from libertad.exchange import words

    return {
        "words": " ".join(words.fingerprint_words(public, "en")),
        "digits": " ".join(words.digits(public)),
    }


@app.command(epilog="Example: libertad exchange peers --json")
def peers(json: AsJson = False) -> None:
    """Every peer: state, last contact, lag, bytes, and what failed."""
    begin()
    from libertad.exchange import queries, seen

    with start.told():
        found, now = queries.peers(), queries.now_ms()
    if json:
        start.print_json([_as_json(one, now) for one in found])
        return
    table = Table("Authority", "State", "Last contact", "Behind", "In", "Out", "What failed")
    for one in found:
        table.add_row(
            f"{one.name}\n{one.origin}", seen.condition(one), seen.ago(one.met, now),
            seen.entries(one.behind), seen.amount(one.bytes_in), seen.amount(one.bytes_out),
            "see below" if one.error else "",
        )  # fmt: skip
    out.print(table if found else "This node exchanges with nobody yet: libertad exchange invite, or join.")
    for one in found:  # a narrow column would cut the reason, and what to do with it
        if one.error:
            out.print(f"{one.name or one.origin}: {one.error}", soft_wrap=True)


def _as_json(one: PeerSeen, now: int) -> dict[str, Any]:
    told = asdict(one)
    told["public"] = one.public.hex()
    told["minutes_behind"] = int(one.silence(now).total_seconds() // 60) if one.contact else None
    return told


def by_name(name: str) -> PeerSeen:
    """The one peer of a name; ends with what to do where there is none or there are several."""
    from libertad.exchange import queries

    found = queries.peers()
    fits = [
        one for one in found
        if name in (one.origin, one.key, *(who.id for who in one.lives))
    ] or [
        one for one in found
        if one.key.startswith(name.removeprefix(queries.PREFIX))
        or any(who.name.lower().startswith(name.lower()) for who in one.lives if who.name)
    ]  # fmt: skip
    if not fits:
        fail(f"there is no peer {name}: see libertad exchange peers")
    if len(fits) > 1:
        fail(f"{name} fits {len(fits)} peers: write more of the name")
    return fits[0]


@app.command(
    epilog="Example: libertad exchange invite 'Guyana police' --kind police --country GY "
    "--address https://centre.example --file guyana.invitation --as BB-001"
)
def invite(
    name: Annotated[str, typer.Argument(help="Name of the authority that is invited.")],
    kind: Annotated[str, typer.Option(help="police, centre, prosecution; or care, deciding.")],
    country: Annotated[str, typer.Option(help="Country or territory, ISO code.")],
    file: Annotated[Path, typer.Option(help="Where to write the invitation; it holds a secret.")],
    address: Annotated[str, typer.Option(help="Where this node answers: https://...; none: by files.")] = "",
    zone: Annotated[str | None, typer.Option(help="Time zone, such as America/Guyana.")] = None,
    officers: Annotated[int, typer.Option(min=0, help="Officers who take part.")] = 0,
    json: AsJson = False,
    as_: As = None,
) -> None:
    """Invite an authority that has a node of its own. The file works once, for seven days."""
    begin()
    from libertad.exchange import joined
    from libertad.vocabulary.zones import default_zone

    with start.told():
        actor = start.actor(as_)
        with new_file(file) as write:
            country = country.upper()
            made, text = joined.invite_node(
                actor, name=name, kind=kind, country=country, zone=zone or default_zone(country),
                address=address, officers=officers,
            )  # fmt: skip
            write(text)
        told = {
            "invitation": made.id,
            "authority": made.authority,
            "expires": made.expires,
            "file": str(file),
        }
        told |= own()
    if json:
        start.print_json(told)
        return
    out.print(f"Written: {file}. It works once, until {made.expires:%Y-%m-%d %H:%M} UTC.")
    out.print("Hand it over safely. Then compare by telephone; the other node shows the same words:")
    say(told)


@contextmanager
def new_file(file: Path | None) -> Iterator[Callable[[str], object]]:
    """What writes the text of a new file of mode 0600. It is made first, and gone when anything fails."""
    if file is None:
        yield lambda text: None
        return
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as why:
        fail(f"{file} cannot be written ({why.strerror}): name a new file in a folder of yours")
    try:
        with os.fdopen(handle, "w") as opened:
            yield opened.write
            opened.flush()
            os.fsync(opened.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def say(told: dict[str, Any]) -> None:
    out.print(f"  [bold]{told['words']}[/]\n  {told['digits']}", soft_wrap=True)


def compare(whom: str, public: bytes, yes: bool, otherwise: str) -> None:
    """Have a node's key compared by telephone; ends with `otherwise` where it is not the right one."""
    out.print(f"Call the {whom}, on a number that you have from elsewhere, and compare:")
    say(spoken(public))
    if not yes and not typer.confirm("Are these the words of their node?", err=True):
        fail(otherwise)


def _decide(peer: str, state: str, reason: str, as_: str | None, done: str) -> None:
    begin()
    from libertad.exchange import deciding
    from libertad.journal.node import node

    with start.told():
        found, actor = by_name(peer), start.actor(as_)
        deciding.set_state(node(), actor, found.origin, state, reason)
        out.print(f"{done}: {found.name} ({found.origin}).", soft_wrap=True)


@app.command(epilog="Example: libertad exchange suspend 'Guyana police' --reason 'Words differ' --as BB-001")
def suspend(peer: PeerName, reason: Reason, as_: As = None) -> None:
    """Stop answering and asking a peer, until resume."""
    _decide(peer, "suspended", reason, as_, "Suspended")


@app.command(epilog="Example: libertad exchange resume 'Guyana police' --reason 'Key compared' --as BB-001")
def resume(peer: PeerName, reason: Reason, as_: As = None) -> None:
    """Exchange again with a peer that was suspended or ended."""
    _decide(peer, "active", reason, as_, "Exchanging again")


@app.command(epilog="Example: libertad exchange end 'Guyana police' --reason 'It left' --as BB-001")
def end(peer: PeerName, reason: Reason, as_: As = None) -> None:
    """End the exchange with a peer. What was exchanged stays on both sides."""
    _decide(peer, "ended", reason, as_, "Ended")


@app.command(epilog="Example: libertad exchange pull 'Guyana police'")
def pull(peer: PeerName, json: AsJson = False) -> None:
    """Ask a peer now, until nothing new comes."""
    begin()
    from libertad.exchange.mending import Repaired, pull_all

    _talk(peer, json, pull_all, Repaired())


@app.command(epilog="Example: libertad exchange repair 'Guyana police'")
def repair(peer: PeerName, json: AsJson = False) -> None:
    """Compare with a peer by fingerprints and fetch what is missing; exit 1 when something stays missing.

    For after a restored backup on either side. It takes nothing away.
    """
    begin()
    from libertad.exchange.mending import Repaired, repair_into

    done = Repaired()
    _talk(peer, json, repair_into, done)
    if done.left:
        raise typer.Exit(1)


def _talk(peer: str, json: bool, what: Any, done: Any) -> None:
    """Talk with a peer from this process, and tell what came."""
    from libertad.exchange import http
    from libertad.exchange.loop import in_words, introductions
    from libertad.exchange.session import LIES, WELCOME, Behind, Exchange
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        found = by_name(peer)
        if found.state != "active":
            fail(f"{found.name} is {found.state}: libertad exchange resume first")
        if not found.address:
            fail(f"{found.name} has no address: it exchanges by files, see libertad bundle --help")
        try:
            with err.status(f"Asking {found.name}"):
                trip = http.trip(found.address)
                try:
                    what(Exchange(node()), found.origin, trip, done)
                except http.NotKnown:
                    if not any(list(trip(one)) == [WELCOME] for one in introductions(node(), found.origin)):
                        raise
                    what(Exchange(node()), found.origin, trip, done)
        except LIES as why:
            fail(f"refused: {why}")
        except (Behind, OSError) as why:
            fail(str(why) if isinstance(why, Behind) else in_words(why))
    told = asdict(done)
    if json:
        start.print_json(told)
        return
    out.print(
        f"{told['stored']} entries stored, {told['held']} of them in quarantine; {told['bytes']} bytes."
    )
    if told["compared"]:
        out.print(f"{told['compared']} compared; {told['missing']} were missing, {told['left']} still are.")


@app.command(epilog="Example: libertad exchange quarantine --json")
def quarantine(json: AsJson = False, as_: As = None) -> None:
    """Every entry that is kept and not believed: whose, why, and what can be done."""
    begin()
    from libertad.access.matrix import matrix
    from libertad.access.queries import authority_names
    from libertad.exchange import queries_held, screens_held, seen

    with start.told():
        actor = start.actor(as_)
        if not matrix().may_ask(actor.role, "exchange-quarantine", "get"):
            fail("this officer's role does not see the quarantine")
        found, total = queries_held.held(actor, 0, 1000)
        names = authority_names([one.authority for one in found])
        told = [
            {
                **asdict(one), "authority_name": names.get(one.authority, ""),
                "what_to_do": screens_held.what_to_do(one, names.get(one.authority, "")),
            }
            for one in found
        ]  # fmt: skip
    if json:
        start.print_json(told)
        return
    table = Table("From", "Device", "Why", "Since", "What can be done")
    for one, more in zip(found, told, strict=True):
        table.add_row(
            more["authority_name"] or "not known here", one.device[:8], screens_held.reason(one.reason),
            seen.at(one.since, "UTC"), more["what_to_do"],
        )  # fmt: skip
    out.print(table if found else "Nothing is in quarantine.")
    if total > len(found):
        out.print(f"{total - len(found)} more.")
