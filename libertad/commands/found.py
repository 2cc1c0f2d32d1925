"""`libertad found`: the first authority of a production node, or the first officer of an invited one."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import typer

from libertad.commands import running, start, unlocking
from libertad.commands.start import fail, out

PRODUCTION = "libertad.web.settings.production"


def settings() -> None:
    """Founding makes a real node, so its settings are production's where none are named."""
    if (start.home() / "demo.json").exists():
        fail(f"{start.home()} is the demo's: set LIBERTAD_HOME to another folder")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", PRODUCTION)
    start.settings()
    from django.conf import settings as chosen

    if chosen.LIBERTAD_DEMO:
        fail(f"founding makes a real node: set DJANGO_SETTINGS_MODULE={PRODUCTION}")
    running.migrate()


def new(
    name: str | None,
    kind: str | None,
    country: str | None,
    zone: str | None,
    administrator: str | None,
    number: str | None,
    key_file: bool,
) -> None:
    """Ask for what is not given, then found."""
    from libertad.access.founding import establish_authority, free
    from libertad.journal.node import node
    from libertad.vocabulary.body import build
    from libertad.vocabulary.kinds import kinds
    from libertad.vocabulary.values import Refused
    from libertad.vocabulary.verbs.access import AuthorityInvite
    from libertad.vocabulary.zones import default_zone

    name = name or typer.prompt("Name of the authority", err=True)
    kind = kind or typer.prompt(f"Kind ({', '.join(kinds())})", err=True)
    node().rings.hold_apart(kind)  # before anything else is asked for
    country = (country or typer.prompt("Country or territory (ISO code, such as BB)", err=True)).upper()
    try:
        usual: str | None = default_zone(country)
    except Refused:
        usual = None
    zone = zone or typer.prompt("Time zone", default=usual, err=True)
    administrator = administrator or typer.prompt("Name of the administrator", err=True)
    number = number or typer.prompt("Service number of the administrator", err=True)
    build(AuthorityInvite, {"name": name, "kind": kind, "country": country, "zone": zone})
    free(administrator, number)
    founded = establish_authority(
        name=name,
        kind=kind,
        country=country,
        zone=zone,
        administrator=administrator,
        service_number=number,
        passphrase=None if key_file else unlocking.new_passphrase(),
    )
    out.print(f"Founded: {name}, {founded.authority}")
    _hand_over(founded.code)
    if key_file:
        out.print("Its ring opens by its key file alone: keep a copy of keys/ apart from all else.")
    out.print("Start the node with libertad run; a node that serves already has to be started again.")


def invited(authority: str, administrator: str | None, number: str | None, key_file: bool) -> None:
    """The passphrase and the first administrator of an authority that was invited on this node."""
    from libertad.access.founding import check_invited, found_invited
    from libertad.journal.node import node

    unlocking.open_rings()
    check_invited(authority)
    out.print(
        f"For {unlocking.name_with_id(authority)}: its people choose the passphrase, and nobody else has it."
    )
    administrator = administrator or typer.prompt("Name of the administrator", err=True)
    number = number or typer.prompt("Service number of the administrator", err=True)
    passphrase = None if key_file else unlocking.new_passphrase(authority)
    with node().presence.alone() if passphrase is not None else nullcontext():
        founded = found_invited(
            authority, administrator=administrator, service_number=number, passphrase=passphrase
        )
    out.print(f"Founded: {unlocking.name_with_id(authority)}")
    _hand_over(founded.code)
    if passphrase is not None:
        out.print(unlocking.each_has_a_line(authority), soft_wrap=True)


def waiting() -> None:
    """Which authorities were invited on this node and have no administrator yet."""
    from libertad.access.founding import without_officers

    without = without_officers()
    for authority in without:
        out.print(
            f"{unlocking.name_with_id(authority)}: libertad found --authority {authority}", soft_wrap=True
        )
    if not without:
        out.print("Every authority of this node has its administrator.")


def change(authority: str | None, file: Path | None) -> None:
    """Another passphrase for a ring of this node."""
    start.settings()
    start.migrated()
    from libertad.journal.node import node

    with start.told():
        own = node().rings.authorities()
        if authority is None and len(own) != 1:
            fail("say which: " + ", ".join(unlocking.name_with_id(key) for key in own))
        chosen = authority or own[0]
        unlocking.open_rings()
        with node().presence.alone():
            node().rings.change_passphrase(chosen, unlocking.new_passphrase(chosen, file))
        out.print(
            f"Changed: {unlocking.name_with_id(chosen)} opens by the new passphrase and its key file alone."
        )
        out.print(
            "Copies made before still open with the old one: destroy old copies of rings.db and "
            "rings.backup, and copy rings.backup anew.",
            soft_wrap=True,
        )


def _hand_over(code: str) -> None:
    out.print(
        f"Hand over this code in person; it is shown once and lasts 48 hours: [bold]{code}[/]", soft_wrap=True
    )
    out.print("With it and the service number the administrator sets a password at /enrol/.")
