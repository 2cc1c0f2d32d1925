"""`libertad exchange`: peers of this node, joining and inviting, quarantine, pull and repair by hand."""

from __future__ import annotations

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
    from libertad.exchange import queries, queries_failing, queries_suspended, wording
    from libertad.exchange.peering import hosting
    from libertad.journal.node import node

    with start.told():
        out_now = queries_suspended.suspensions()
        missing, unread = (
            len(hosting.not_enrolled(node(), node().sql())),
            len(hosting.unreadable(node().sql())),
        )
        all_peers, waiting = queries.peers(), queries.waits()
        active = [peer for peer in all_peers if peer.state == "active"]
        failing = [peer for peer in active if peer.condition == "failing"]
        failed = queries_failing.standing()
        report = {
            "node": own()["name"],
            "size": queries.size(),
            "peers": len(active),
            "failing": len(failing),
            "behind": sum(peer.behind for peer in active),
            **asdict(waiting),
            "not_enrolled": missing,
            "unread_devices": unread,
            "failed": [asdict(failure) for failure in failed],
            "suspended": [
                {"name": member.name, "by": member.by, "stands": member.stands} for member in out_now
            ],
        }
    if json:
        start.print_json(report)
    else:
        out.print(f"This node is {report['node']}, with {report['size']} entries.")
        out.print(
            f"{len(active)} peers, {len(failing)} failing; {report['behind']} entries of theirs not examined."
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
        for peer in failing:
            out.print(f"[bold red]{peer.name}[/] ({peer.origin}): {peer.error}", soft_wrap=True)
        for each in failed:
            out.print(
                f"[bold red]{each.name or 'The broker'}[/], {each.way.lower()}: {each.reason} (since "
                f"{wording.at(each.since, 'UTC')}, last {wording.at(each.at, 'UTC')}). {each.remedy}",
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
    from libertad.exchange.protocol import fingerprint_words

    return {
        "words": " ".join(fingerprint_words.fingerprint_words(public, "en")),
        "digits": " ".join(fingerprint_words.digits(public)),
    }


@app.command(epilog="Example: libertad exchange peers --json")
def peers(json: AsJson = False) -> None:
    """Every peer: state, last contact, lag, bytes, and what failed."""
    begin()
    from libertad.exchange import queries, wording

    with start.told():
        listed, now = queries.peers(), queries.now_ms()
    if json:
        start.print_json([_as_json(peer, now) for peer in listed])
        return
    table = Table("Authority", "State", "Last contact", "Behind", "In", "Out", "What failed")
    for peer in listed:
        table.add_row(
            f"{peer.name}\n{peer.origin}",
            wording.condition(peer),
            wording.ago(peer.met, now),
            wording.entries(peer.behind),
            wording.amount(peer.bytes_in),
            wording.amount(peer.bytes_out),
            "see below" if peer.error else "",
        )
    out.print(table if listed else "This node exchanges with nobody yet: libertad exchange invite, or join.")
    for peer in listed:  # a narrow column would cut the reason, and what to do with it
        if peer.error:
            out.print(f"{peer.name or peer.origin}: {peer.error}", soft_wrap=True)


def _as_json(peer: PeerSeen, now: int) -> dict[str, Any]:
    fields = asdict(peer)
    fields["public"] = peer.public.hex()
    fields["minutes_behind"] = int(peer.silence(now).total_seconds() // 60) if peer.contact else None
    return fields


def by_name(name: str) -> PeerSeen:
    """The one peer of a name; ends with what to do where there is none or there are several."""
    from libertad.exchange import queries

    known = queries.peers()
    fits = [
        peer for peer in known if name in (peer.origin, peer.key, *(authority.id for authority in peer.lives))
    ] or [
        peer
        for peer in known
        if peer.key.startswith(name.removeprefix(queries.PREFIX))
        or any(authority.name.lower().startswith(name.lower()) for authority in peer.lives if authority.name)
    ]
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
    from libertad.exchange.onboarding import admission
    from libertad.vocabulary.zones import default_zone

    with start.told():
        actor = start.actor(as_)
        with start.new_file(file) as write:
            country = country.upper()
            invitation, text = admission.invite_node(
                actor,
                name=name,
                kind=kind,
                country=country,
                zone=zone or default_zone(country),
                address=address,
                officers=officers,
            )
            write(text)
        report = {
            "invitation": invitation.id,
            "authority": invitation.authority,
            "expires": invitation.expires,
            "file": str(file),
        }
        report |= own()
    if json:
        start.print_json(report)
        return
    out.print(f"Written: {file}. It works once, until {invitation.expires:%Y-%m-%d %H:%M} UTC.")
    out.print("Hand it over safely. Then compare by telephone; the other node shows the same words:")
    say(report)


def say(report: dict[str, Any]) -> None:
    out.print(f"  [bold]{report['words']}[/]\n  {report['digits']}", soft_wrap=True)


def compare(callee: str, public: bytes, yes: bool, otherwise: str) -> None:
    """Have a node's key compared by telephone; ends with `otherwise` where it is not the right one."""
    out.print(f"Call the {callee}, on a number that you have from elsewhere, and compare:")
    say(spoken(public))
    if not yes and not typer.confirm("Are these the words of their node?", err=True):
        fail(otherwise)


def _decide(peer: str, state: str, reason: str, as_: str | None, done: str) -> None:
    begin()
    from libertad.exchange.authorization import peer_decisions
    from libertad.journal.node import node

    with start.told():
        known_peer, actor = by_name(peer), start.actor(as_)
        peer_decisions.set_state(node(), actor, known_peer.origin, state, reason)
        out.print(f"{done}: {known_peer.name} ({known_peer.origin}).", soft_wrap=True)


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
    from libertad.exchange.sync.repair import Repaired, pull_all

    _talk(peer, json, pull_all, Repaired())


@app.command(epilog="Example: libertad exchange repair 'Guyana police'")
def repair(peer: PeerName, json: AsJson = False) -> None:
    """Compare with a peer by fingerprints and fetch what is missing; exit 1 when something stays missing.

    For after a restored backup on either side. It takes nothing away.
    """
    begin()
    from libertad.exchange.sync.repair import Repaired, repair_into

    done = Repaired()
    _talk(peer, json, repair_into, done)
    if done.left:
        raise typer.Exit(1)


def _talk(peer: str, json: bool, call: Any, done: Any) -> None:
    """Talk with a peer from this process, and tell what came."""
    from libertad.exchange.scheduler import in_words, introductions
    from libertad.exchange.sync.endpoint import LIES, WELCOME, Exchange, PeerRolledBack
    from libertad.exchange.transport import http
    from libertad.journal.node import node

    with start.told():
        unlocking.open_rings()
        known_peer = by_name(peer)
        if known_peer.state != "active":
            fail(f"{known_peer.name} is {known_peer.state}: libertad exchange resume first")
        if not known_peer.address:
            fail(f"{known_peer.name} has no address: it exchanges by files, see libertad bundle --help")
        try:
            with err.status(f"Asking {known_peer.name}"):
                trip = http.trip(known_peer.address)
                try:
                    call(Exchange(node()), known_peer.origin, trip, done)
                except http.NotKnown:
                    if not any(
                        list(trip(introduction)) == [WELCOME]
                        for introduction in introductions(node(), known_peer.origin)
                    ):
                        raise
                    call(Exchange(node()), known_peer.origin, trip, done)
        except LIES as why:
            fail(f"refused: {why}")
        except (PeerRolledBack, OSError) as why:
            fail(str(why) if isinstance(why, PeerRolledBack) else in_words(why))
    report = asdict(done)
    if json:
        start.print_json(report)
        return
    out.print(
        f"{report['stored']} entries stored, {report['held']} of them in quarantine; {report['bytes']} bytes."
    )
    if report["compared"]:
        out.print(
            f"{report['compared']} compared; {report['missing']} were missing, {report['left']} still are."
        )


@app.command(epilog="Example: libertad exchange quarantine --json")
def quarantine(json: AsJson = False, as_: As = None) -> None:
    """Every entry that is kept and not believed: whose, why, and what can be done."""
    begin()
    from libertad.access.matrix import matrix
    from libertad.access.queries import authority_names
    from libertad.exchange import queries_held, screens_held, wording

    with start.told():
        actor = start.actor(as_)
        if not matrix().may_ask(actor.role, "exchange-quarantine", "get"):
            fail("this officer's role does not see the quarantine")
        held, total = queries_held.quarantine_page(actor, 0, 1000)
        names = authority_names([entry.authority for entry in held])
        report = [
            {
                **asdict(entry),
                "authority_name": names.get(entry.authority, ""),
                "what_to_do": screens_held.what_to_do(entry, names.get(entry.authority, "")),
            }
            for entry in held
        ]
    if json:
        start.print_json(report)
        return
    table = Table("From", "Device", "Why", "Since", "What can be done")
    for entry, extra in zip(held, report, strict=True):
        table.add_row(
            extra["authority_name"] or "not known here",
            entry.device[:8],
            screens_held.reason(entry.reason),
            wording.at(entry.since, "UTC"),
            extra["what_to_do"],
        )
    out.print(table if held else "Nothing is in quarantine.")
    if total > len(held):
        out.print(f"{total - len(held)} more.")
