"""The command line: thin, one call a command; it acts as a named officer, with that officer's rights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from libertad.commands import keys, start
from libertad.commands.access_report import access_report
from libertad.commands.answer_page import app as answer_page
from libertad.commands.bundle import app as bundle
from libertad.commands.evidence import app as evidence
from libertad.commands.exchange_theft import app as exchange
from libertad.commands.field import app as field
from libertad.commands.hits import app as hits
from libertad.commands.importing import app as importing
from libertad.commands.journal import As, AsJson
from libertad.commands.journal import app as journal
from libertad.commands.nats import app as nats
from libertad.commands.start import err, fail, out
from libertad.installed import program_version

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Libertad: casework and live coordination for police operations against human trafficking.",
    epilog="Example: libertad run --port 8001",
)


def _tell_version(asked: bool) -> None:
    if asked:
        out.print(f"libertad {program_version()}")
        raise typer.Exit


@app.callback()
def whole(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    """Libertad: casework and live coordination for police operations against human trafficking."""


user = typer.Typer(no_args_is_help=True, help="Officers and their sign-ins.")
app.add_typer(journal, name="journal", epilog="Example: libertad journal verify")
app.add_typer(exchange, name="exchange", epilog="Example: libertad exchange status")
app.add_typer(bundle, name="bundle", epilog="Example: libertad bundle read /media/stick/*.bundle")
app.add_typer(field, name="field", epilog="Example: libertad field read /media/stick/reports.lfb")
app.add_typer(evidence, name="evidence", epilog="Example: libertad evidence verify evidence-0f3a9c11.zip")
app.add_typer(hits, name="hits", epilog="Example: libertad hits ask --name 'Yulimar Peña' --birth 1999")
app.add_typer(answer_page, name="answer-page", epilog="Example: libertad answer-page run --port 8010")
app.add_typer(importing, name="import", epilog="Example: libertad import xlsform met.xlsx met.csv --as GY-12")
app.add_typer(nats, name="nats", epilog="Example: libertad nats users nodes.txt --operator operator.nk")
app.add_typer(
    user, name="user", epilog="Example: libertad user add 'D. Browne' --number GY-12 --role officer"
)
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")]


@app.command(
    epilog="Example: libertad found --name 'Regional centre' --kind centre --country BB "
    "--administrator 'D. Browne' --number BB-ADM"
)
def found(
    name: Annotated[str | None, typer.Option(help="Name of the authority.")] = None,
    kind: Annotated[str | None, typer.Option(help="police, centre, prosecution; or care, deciding.")] = None,
    country: Annotated[str | None, typer.Option(help="Country or territory, ISO code.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, such as America/Barbados.")] = None,
    administrator: Annotated[str | None, typer.Option(help="Name of its first administrator.")] = None,
    number: Annotated[str | None, typer.Option(help="Service number of the administrator.")] = None,
    key_file: Annotated[
        bool, typer.Option("--key-file", help="No passphrase: the ring opens by its key file alone.")
    ] = False,
    authority: Annotated[
        str | None,
        typer.Option(help="Id of an authority invited on this node: its passphrase and first administrator."),
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="List who was invited on this node and has no administrator.")
    ] = False,
) -> None:
    """Found an authority on a production node: its ring and its administrator. Asks for what is not given."""
    from libertad.commands import found as founding

    founding.settings()
    with start.told():
        if waiting:
            founding.waiting()
        elif authority is not None:
            founding.invited(authority, administrator, number, key_file)
        else:
            founding.new(name, kind, country, zone, administrator, number, key_file)


@app.command(epilog="Example: libertad passphrase --file /run/libertad/new-passphrase")
def passphrase(
    authority: Annotated[
        str | None, typer.Argument(help="Id of the authority, where several are on this node.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A file of mode 600 with the new passphrase; none: it is asked for.")
    ] = None,
) -> None:
    """Give a ring another passphrase: set one, or when somebody leaves. Stop the node first."""
    from libertad.commands import found as founding

    founding.change(authority, file)


@app.command(epilog="Example: libertad backup --to /media/copy --parts-to /media/safe")
def backup(
    to: Annotated[Path, typer.Option(help="The folder of the copy: of this node alone.")],
    parts_to: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the ring parts, on another medium; needed at first and after erasures."
        ),
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="How many sets stay.")] = 14,
    one_disk_opens_all: Annotated[
        bool, typer.Option("--one-disk-opens-all", help="Copy and parts on one disk, which then opens all.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Back this node up while it serves: the copy to one medium, what opens it to another."""
    from libertad.commands import backup as backing

    backing.backup(to, parts_to, keep, one_disk_opens_all, json)


@app.command(epilog="Example: libertad restore --from /media/copy --parts-from /media/safe")
def restore(
    source: Annotated[Path, typer.Option("--from", help="The folder of the copy.")],
    parts_from: Annotated[Path, typer.Option(help="The folder of the ring parts.")],
    set_: Annotated[str | None, typer.Option("--set", help="An older set; else the newest.")] = None,
    standby: Annotated[
        bool, typer.Option("--standby", help="The database is there: a promoted standby of the lost one.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Restore a backup into an empty LIBERTAD_HOME (and an empty database), and go on from there."""
    from libertad.commands import backup as backing

    backing.restore(source, parts_from, set_, standby, yes)


@app.command(epilog="Example: libertad run --port 8001")
def run(port: Port = 8000) -> None:
    """Serve this node on this machine; an empty home gets the demo operation.

    Asks for the passphrases of its rings; without them it starts locked and says so on every page.
    """
    from libertad.commands import running
    from libertad.journal.presence import only_server
    from libertad.web import log_hooks

    start.settings()
    log_hooks.install()
    with start.told(), only_server(start.home(), port):
        running.free(port)
        running.prepare()
        running.unlock()
        running.serve(port, lambda: running.banner(port))


@app.command(epilog="Example: libertad demo --reset --live 10")
def demo(
    reset: Annotated[bool, typer.Option("--reset", help="Delete the demo's data and begin anew.")] = False,
    live: Annotated[
        float | None, typer.Option(min=0.1, metavar="MINUTES", help="Serve, and play the seven days live.")
    ] = None,
    port: Port = 8000,
    nodes: Annotated[
        int | None,
        typer.Option(
            min=4, max=5, help="Four nodes on four ports, from --port on, that exchange; 5: and a shelter."
        ),
    ] = None,
) -> None:
    """Create the demo operation, play its seven days in some minutes, or try four nodes that exchange."""
    from libertad.commands import running
    from libertad.journal.presence import only_server

    if nodes is not None:
        from libertad.commands import nodes as four

        if reset:
            four.reset()
        four.run(port, nodes)
        return
    there = (start.home() / "demo.json").exists()
    if reset:
        running.reset(start.home())
    elif there:
        fail("the demo is here already: libertad run serves it, --reset begins anew")
    if live is not None:
        running.free(port)
    start.settings()
    with start.told(), only_server(start.home(), port if live is not None else None):
        running.prepare(fresh=live is None)
        if live is None:
            out.print("The demo operation is ready: run libertad run")
            return
        play = running.scenario()
        if play is None:
            fail("the scenario is not installed here")
        out.print(f"The board is at [bold]http://localhost:{port}[/]; sign in at /demo/")
        minutes = live

        def played() -> None:
            with start.progress("Playing the seven days") as moved:
                play.live(minutes, moved)
            err.print("The seven days have passed. Stop with Ctrl+C.")

        running.serve(port, played)


@app.command(epilog="Example: libertad replay operation-libertad-2018 --faults harsh --seed 7")
def replay(
    scenario: Annotated[str, typer.Argument(help="operation-libertad-2018.")] = "operation-libertad-2018",
    nodes: Annotated[int, typer.Option(help="How many police and INTERPOL nodes; care has its own.")] = 16,
    faults: Annotated[str, typer.Option(help="none, or harsh.")] = "harsh",
    seed: Annotated[int, typer.Option(help="The same seed plans the same faults.")] = 1,
    minutes: Annotated[float, typer.Option(min=0.1, help="How long the seven days last.")] = 2.0,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report as JSON.")] = None,
    keep: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Keep the nodes in a folder.")] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Four countries on six nodes, no faults: they ask in private.")
    ] = False,
    transport: Annotated[
        str,
        typer.Option(help="http, nats (letters), bundle (sticks), or mixed: by which way nodes exchange."),
    ] = "http",
    stand_in: Annotated[bool, typer.Option("--stand-in", hidden=True)] = False,
) -> None:
    """Play the operation on many real nodes, with faults, and prove that all of it holds.

    Exit code 0 only when everything planned was played and everything is proved.
    """
    from libertad.commands import replay as replaying

    if not replaying.replay(
        scenario, nodes, faults, seed, minutes, report, keep, stand_in, private, transport
    ):
        raise typer.Exit(1)


@app.command(epilog="Example: libertad attack http://127.0.0.1:8000 --only slow-forms")
def attack(
    url: Annotated[str, typer.Argument(metavar="URL", help="A demo on this machine.")],
    home: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The demo's folder: attacks work on a copy.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ATTACK", help="This attack; may repeat.")] = None,
    within: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="The most that one takes.")] = 300,
    json: AsJson = False,
) -> None:
    """Attack a demo on this machine, and say what held. Refuses whatever is no demo.

    The demo's data are changed by it. Exit code 1 when anything broke.
    """
    from libertad.commands import attack as attacking

    if not attacking.attack(url, home, only or [], within, json):
        raise typer.Exit(1)


app.command("access-report", epilog="Example: libertad access-report P-VC-001 --to answer.html --as VC-CW-1")(
    access_report
)


@app.command(epilog="Example: libertad figures --json --as BB-001")
def figures(json: AsJson = False, as_: As = None) -> None:
    """The operation's totals, as this officer may see them."""
    start.settings()
    start.migrated()
    import msgspec

    from libertad.access.matrix import matrix
    from libertad.figures.queries import summary

    with start.told():
        actor = start.actor(as_)
        if not matrix().may_ask(actor.role, "figures", "get"):
            fail("this officer's role does not see the figures")
        found = msgspec.to_builtins(summary(actor), str_keys=True)
    if json:
        start.print_json(found)
        return
    _lines(found)


def _lines(found: object, indent: int = 0) -> None:
    """A nested value as indented lines."""
    if isinstance(found, dict):
        for name, value in found.items():
            if isinstance(value, (dict, list)):
                out.print(" " * indent + f"{name}:")
                _lines(value, indent + 2)
            else:
                out.print(" " * indent + f"{name}: {value}")
    elif isinstance(found, list):
        for value in found:
            _lines(value, indent)
    else:
        out.print(" " * indent + str(found))


@app.command(
    epilog="Example: libertad bench journal --json",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def bench(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(help="journal, exchange, board, pages, search, field, figures, scale or hits.")
    ],
    json: AsJson = False,
) -> None:
    """Ours and a reference, measured in the same run. A ratio above 1 means that ours is better.

    What follows the name is for the benchmark: 'exchange --no-slow', 'hits --part names'.
    """
    if not (start.BASE / "bench" / f"{name}.py").is_file() or not name.isidentifier():
        known = sorted(
            p.stem for p in (start.BASE / "bench").glob("*.py") if not p.stem.startswith(("_", "node"))
        )
        fail(f"there is no benchmark {name}; there are: {', '.join(known)}")
    start.bench(name, [*(["--json"] if json else []), *context.args])


@user.command(epilog="Example: libertad user add 'D. Browne' --number GY-12 --role officer --as GY-ADM")
def add(
    name: Annotated[str, typer.Argument(help="Name as it is to be read.")],
    number: Annotated[str, typer.Option(help="Service number: with it the officer signs in.")],
    role: Annotated[str, typer.Option(help="One of the roles in docs/access.md.")],
    rank: Annotated[str, typer.Option(help="Rank, if any.")] = "",
    as_: As = None,
) -> None:
    """Appoint an officer of the acting officer's authority; prints a code with which to set a password."""
    start.settings()
    start.migrated()
    from libertad.access.accounts import appoint

    with start.told():
        made = appoint(
            start.actor(as_, "administrator"), name=name, service_number=number, role=role, rank=rank
        )
        out.print(
            f"Appointed. Hand over this code; it is shown once and lasts 48 hours: [bold]{made.code}[/]"
        )
        out.print("The officer sets a password with it at /enrol/.")


user.command(epilog="Example: libertad user key --days 30 --as GY-12")(keys.key)
user.command("keys", epilog="Example: libertad user keys --as GY-12")(keys.listed)
user.command("end-key", epilog="Example: libertad user end-key 0f3a9c11d2e4b586 --as GY-12")(keys.end)


@app.command(epilog="Example: libertad doctor --what-we-can-decrypt --json")
def doctor(
    decrypt: Annotated[
        bool, typer.Option("--what-we-can-decrypt", help="List what this node's keys open.")
    ] = False,
    unlock: Annotated[
        str | None,
        typer.Option(metavar="AUTHORITY", help="Try a ring's passphrase (asked for, never shown)."),
    ] = None,
    accept_restore: Annotated[
        bool, typer.Option("--accept-restore", help="Go on from an older database; makes new device keys.")
    ] = False,
    accept_rows: Annotated[
        bool, typer.Option("--accept-rows", help="Go on after rows were changed outside this node.")
    ] = False,
    json: AsJson = False,
) -> None:
    """What is wrong with this installation, and how to mend it."""
    from libertad.commands import doctor as checks

    if unlock is not None:
        checks.unlock(unlock)
    elif accept_restore:
        checks.accept()
    elif accept_rows:
        checks.accept_rows()
    elif decrypt:
        checks.what_opens(json)
    else:
        checks.tell(json)


if __name__ == "__main__":
    app()
