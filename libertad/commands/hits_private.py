"""`libertad hits private`: ask authorities that share nothing, and decide who may ask this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from libertad.commands import hits_facts, start
from libertad.commands.journal import As, AsJson
from libertad.commands.start import fail, out

if TYPE_CHECKING:
    from libertad.hits.private.asking import Answer

app = typer.Typer(no_args_is_help=True, help="Authorities that share nothing: ask them, and be asked.")
Peer = Annotated[str, typer.Argument(help="The other authority: its id or its whole name.")]


@app.command(
    epilog="Example: libertad hits private ask --case GY-14 --name 'Yulimar Peña' --birth 1999 --as N-104"
)
def ask(
    case: Annotated[str, typer.Option(help="Reference of the case; the other authority writes it down.")],
    name: hits_facts.Named = None,
    birth: hits_facts.Birth = "",
    age: hits_facts.Age = "",
    sex: hits_facts.Sex = "",
    nationality: hits_facts.Nationality = None,
    document: hits_facts.Document = None,
    phone: hits_facts.Phone = None,
    device: hits_facts.Device = None,
    vehicle: hits_facts.Vehicle = None,
    vessel: hits_facts.Vessel = None,
    handle: hits_facts.Handle = None,
    of: Annotated[hits_facts.Many, typer.Option(help="Ask this authority only; may be given again.")] = None,
    json: AsJson = False,
    as_: As = None,
) -> None:
    """Ask other authorities whether they know this person or number, without telling them which it is."""
    start.settings()
    start.migrated()
    from libertad.hits import private

    facts = {
        "document": document,
        "phone": phone,
        "device": device,
        "vehicle": vehicle,
        "vessel": vessel,
        "handle": handle,
        "nationality": nationality,
    }
    with start.told():
        actor = start.actor(as_, "national-lead")
        record = hits_facts.build_record(name or [], birth, age, sex, facts, "", actor)
        owners = [authority(name) for name in of] if of else None
        answers = private.ask(actor, case, record, owners)
        report = [as_json(answer) for listed in answers.values() for answer in listed]
    if json:
        start.print_json(report)
    else:
        tell(report)


@app.command(epilog="Example: libertad hits private answer --contact 'Duty desk, +592 225 0000' --as GY-ADM")
def answer(
    contact: Annotated[str, typer.Option(help="Whom the other side calls after a hit.")] = "",
    as_: As = None,
) -> None:
    """Let this authority be asked, or begin its next epoch: new keys, and a filter without what has gone."""
    start.settings()
    start.migrated()
    from libertad.hits.private import admitting
    from libertad.hits.private.service import private

    with start.told():
        count = admitting.answer(private().holding, start.actor(as_, "administrator"), contact)
        out.print(f"A new epoch has begun, with {count:,} marks. Peers take it at their next question.")


@app.command(
    epilog="Example: libertad hits private admit 'Trinidad and Tobago police' --reason 'Same operation'"
)
def admit(peer: Peer, reason: Annotated[str, typer.Option(help="Why; kept here.")], as_: As = None) -> None:
    """Let another authority ask this one, within the usual quotas."""
    start.settings()
    start.migrated()
    from libertad.hits.private import admitting
    from libertad.journal.node import node

    with start.told():
        admitting.admit(node(), start.actor(as_, "administrator"), authority(peer), reason)
        out.print("It may ask from now on.")


@app.command(epilog="Example: libertad hits private dismiss 'Trinidad and Tobago police'")
def dismiss(peer: Peer, as_: As = None) -> None:
    """Answer another authority no more."""
    start.settings()
    start.migrated()
    from libertad.hits.private import admitting
    from libertad.journal.node import node

    with start.told():
        admitting.dismiss(node(), start.actor(as_, "administrator"), authority(peer))
        out.print("It is answered no more.")


@app.command(epilog="Example: libertad hits private status --json")
def status(json: AsJson = False, as_: As = None) -> None:
    """Whether this authority answers, who asked, what is left of quotas, and alarms."""
    start.settings()
    start.migrated()
    import msgspec

    from libertad.hits.private import admitting, queries
    from libertad.journal.node import node

    with start.told():
        actor = start.actor(as_, "administrator")
        admitting.require_decider(actor)
        sql, here = node().sql(), actor.authority
        report = {
            "answers": msgspec.to_builtins(queries.owner(sql, here)),
            "asked": msgspec.to_builtins(queries.asks_made(sql, here, 20)),
            "answered": msgspec.to_builtins(queries.answered(sql, here, 20)),
            "left": msgspec.to_builtins(queries.remaining_quotas(sql, here)),
            "alarms": msgspec.to_builtins(queries.alarms(sql, here)),
        }
    if json:
        start.print_json(report)
        return
    owner = report["answers"]
    out.print(
        f"Answers peers, with {owner['marks']:,} marks ({owner['waiting']:,} not given out yet)."
        if owner
        else "Answers nobody: libertad hits private answer --contact ..."
    )
    out.print(
        f"Asked {len(report['asked'])}, answered {len(report['answered'])} (of the newest twenty each)."
    )
    table = Table("Peer", "Kind", "Left today", "of")
    for row in report["left"]:
        table.add_row(row["peer"], row["kind"], f"{row['left']:,}", f"{row['day']:,}")
    if report["left"]:
        out.print(table)
    for row in report["alarms"]:
        if not row["settled"]:
            out.print(f"Alarm: {row['what']}, {row['times']} times, by {row['peer']}")


def authority(named: str) -> str:
    """The id of an authority at another node; ends where none, or more than one, is called so."""
    from libertad.exchange.queries import lives_at

    lives = [authority_there for listed in lives_at().values() for authority_there in listed]
    ids = {
        authority_there.id for authority_there in lives if named in (authority_there.id, authority_there.name)
    }
    if len(ids) != 1:
        fail(f"no authority at another node is called {named}: see libertad exchange peers")
    return ids.pop()


def as_json(answer: Answer) -> dict[str, Any]:
    """One answer, for machines and for the table."""
    import msgspec

    from libertad.exchange.queries import names

    fields: dict[str, Any] = msgspec.to_builtins(answer)
    return {**fields, "name": names([answer.owner]).get(answer.owner, answer.owner)}


def tell(answers: list[dict[str, Any]]) -> None:
    """The answers as a table: how much each kind of fact weighs, and whom to call."""
    if not answers:
        out.print("There is nobody to ask: this node exchanges with no other authority.")
        return
    table = Table("Authority", "Answer", "Bits", "Why", "Call")
    for answer in answers:
        why = (
            "; ".join(f"{w['kind']} {w['how']} ({w['bits']:+.1f})" for w in answer["weights"])
            or answer["words"]
        )
        table.add_row(
            answer["name"],
            answer["what"],
            f"{answer['bits']:.1f}" if answer["weights"] else "",
            why,
            answer["contact"],
        )
    out.print(table)
    out.print("A score is a reason to call, not an identity. The question was recorded at both ends.")
