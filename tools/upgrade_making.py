"""What makes the databases of an older version, run by that version's own code: see `upgrade_fixtures.py`.

    python upgrade_making.py demo HOME | production FOLDER PASSPHRASE

Each part leaves a file `stated.json` that tells what that version said of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# A smaller operation than the demo's: two of its countries, with everything that a demo has.
COUNTRIES = ("BZ", "VC")
FEWER: dict[str, dict[str, int]] = {
    "VC": {
        "records": 10,
        "twice": 1,
        "not_victim": 1,
        "unassessed": 1,
        "presumed": 3,
        "confirmed": 1,
        "detained": 3,
        "arrested": 2,
        "charged": 1,
        "exhibits": 10,
        "hits": 2,
    },
    "BZ": {
        "sites": 1,
        "records": 2,
        "presumed": 1,
        "unassessed": 0,
        "detained": 1,
        "arrested": 1,
        "exhibits": 1,
        "hits": 1,
    },
}
# Read models of which every row has to be there after an upgrade, opened, with what it said.
KEPT = (
    "people.Person",
    "people.Property",
    "people.Detention",
    "evidence.Exhibit",
    "evidence.Seal",
    "operations.Operation",
    "operations.Lead",
    "operations.Site",
    "operations.Team",
    "operations.Visit",
    "operations.Check",
    "operations.Window",
    "care.CareFile",
    "care.Consent",
    "care.Referral",
    "care.Identification",
    "care.Screening",
    "care.ReturnDecision",
    "care.Safety",
    "figures.Release",
    "access.Attachment",
    "access.Authority",
    "access.Officer",
    "access.Compartment",
    "access.Hold",
)


def set_up(home: Path, settings: str) -> None:
    os.environ["LIBERTAD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def describe_database() -> dict[str, Any]:
    """What this version says of the database that is open: rows with what is sealed in them, and counts."""
    from django.apps import apps

    from libertad.access.sealed import open_sealed
    from libertad.journal.models import Entry
    from libertad.journal.node import node
    from libertad.journal.verify import verify

    here, rows = node(), dict[str, Any]()
    for label in KEPT:
        queryset = apps.get_model(label).objects.order_by("pk")
        rows[label] = {record_of(label, row): open_columns(here, open_sealed, label, row) for row in queryset}
    report = verify(here)
    assert report.clean, report.findings
    return {
        "entries": Entry.objects.count(),
        "opened": report.opened,
        "held": report.held,
        "root": report.root,
        "rows": rows,
    }


# Named by the person up to rules 31, and by the file since: told by the person, as an older version does.
BY_PERSON = ("care.CareFile", "care.Safety")


def record_of(label: str, row: Any) -> str:
    """What a record is told by in every version."""
    return str(getattr(row, "person", row.pk)) if label in BY_PERSON else str(row.pk)


def open_columns(here: Any, open_sealed: Any, label: str, row: Any) -> dict[str, Any]:
    """The sealed part of a row, by whichever authority of this node opens it."""
    for authority in sorted(here.rings.open):
        if content := open_sealed(here, authority, label, row.pk, row.sealed):
            return dict(content)
    return {}


def demo(home: Path) -> None:
    """The demo operation of some countries, played to its end, with its figures."""
    set_up(home, "libertad.web.settings.demo")
    import msgspec

    from libertad.commands import start
    from libertad.figures.queries import summary
    from libertad.journal.node import close_node
    from scenarios.operation_libertad_2018 import members, play

    data = play.parameters()
    data["countries"] = {code: data["countries"][code] | FEWER.get(code, {}) for code in COUNTRIES}
    members.SHOWN = [row for row in members.SHOWN if row[0].split("-")[0] in (*COUNTRIES, "BB")]
    play.parameters = lambda: data
    play.create()
    figures = msgspec.to_builtins(summary(start.actor(None)), str_keys=True)
    tell(home, describe_database() | {"figures": figures})
    close_node()


def tell(home: Path, report: dict[str, Any]) -> None:
    (home / "stated.json").write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", "utf-8")


# -- two production nodes ------------------------------------------------------------------


def cli(home: Path, *arguments: str) -> str:
    """A command of this version on a home."""
    program = "from libertad.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"LIBERTAD_HOME": str(home)},
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def part(home: Path, name: str, *arguments: str) -> None:
    """A part of this file in a process of its own: a process has one home."""
    done = subprocess.run(
        [sys.executable, __file__, name, str(home), *arguments], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, (name, done.stdout, done.stderr)


def production(folder: Path, passphrase: str) -> None:
    """A centre and a police node that know each other by bundles; a bundle each way that nobody read yet."""
    centre, police = folder / "centre", folder / "police"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    passphrase_file = folder / "passphrase"
    passphrase_file.write_text(passphrase + "\n", "utf-8")
    passphrase_file.chmod(0o600)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "libertad.web.settings.production",
        "LIBERTAD_HOSTS": "localhost",
        "LIBERTAD_PASSPHRASE_FILE": str(passphrase_file),
        "COLUMNS": "200",
    }
    for home in (centre, police):
        home.mkdir(mode=0o700, parents=True)
    cli(
        centre,
        "found",
        "--name",
        "Coordination centre",
        "--kind",
        "centre",
        "--country",
        "BB",
        "--zone",
        "America/Barbados",
        "--administrator",
        "M. Alleyne",
        "--number",
        "BB-ADM",
    )
    part(centre, "centre", passphrase)
    invitation, answer = folder / "guyana.invitation", folder / "guyana.answer"
    reply = json.loads(
        cli(
            centre,
            "exchange",
            "invite",
            "Guyana police",
            "--kind",
            "police",
            "--country",
            "GY",
            "--file",
            str(invitation),
            "--as",
            "BB-001",
            "--json",
        )
    )
    cli(
        police,
        "exchange",
        "join",
        str(invitation),
        "--administrator",
        "A. Persaud",
        "--number",
        "GY-ADM",
        "--answer",
        str(answer),
        "--yes",
    )
    cli(centre, "exchange", "take-answer", str(answer), "--yes")
    names = {centre: reply["name"], police: json.loads(cli(police, "exchange", "status", "--json"))["node"]}
    carry(folder, centre, police, names)
    carry(folder, police, centre, names)
    part(police, "police", passphrase)
    carry(folder, police, centre, names)
    carry(folder, centre, police, names)
    part(centre, "stated", passphrase)
    part(police, "stated", passphrase)
    # What is said after that is in the bundles alone.
    part(police, "later", passphrase, "GY-1")
    part(centre, "later", passphrase, "BB-001")
    for number, (sender, reader) in enumerate(((centre, police), (police, centre))):
        (folder / f"bundle-{number}").mkdir()
        cli(sender, "bundle", "write", "--to", names[reader], "--folder", str(folder / f"bundle-{number}"))
    for path in (passphrase_file, invitation, answer):
        path.unlink()


def carry(folder: Path, sender: Path, reader: Path, names: dict[Path, str]) -> None:
    bundle = json.loads(
        cli(sender, "bundle", "write", "--to", names[reader], "--folder", str(folder), "--json")
    )
    cli(reader, "bundle", "read", *bundle["files"])
    for path in bundle["files"]:
        Path(path).unlink()


def unlocked(home: Path) -> None:
    set_up(home, os.environ["DJANGO_SETTINGS_MODULE"])
    from libertad.commands import unlocking

    assert unlocking.open_rings() == []


def officer(number: str) -> Any:
    from libertad.access.models import Account
    from libertad.access.queries import actor_of

    actor = actor_of(Account.objects.of(number))  # type: ignore[arg-type]
    assert actor is not None
    return actor


def appointed(administrator: Any, number: str, name: str, role: str, password: str) -> Any:
    """An officer with a sign-in: password, a second factor and codes on paper."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from libertad.access import accounts

    appointment = accounts.appoint(administrator, name=name, service_number=number, role=role, rank="Sgt.")
    account = accounts.enrol(number, appointment.code, password)
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    RecoveryCodes.activate(account)
    path = Path(os.environ["LIBERTAD_HOME"]) / "factors.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps(known | {number: secret}, indent=1), "utf-8")
    return officer(number)


def centre(home: Path, passphrase: str) -> None:
    unlocked(home)
    from libertad.access.acting import perform
    from libertad.journal.node import close_node
    from libertad.operations.actions.open_operation import open_operation
    from libertad.operations.actions.set_window import set_window

    lead = appointed(officer("BB-ADM"), "BB-001", "D. Browne", "coordinator", passphrase)
    perform(
        lead,
        open_operation,
        name="Operation Upgrade",
        first_day="2018-04-03",
        last_day="2018-04-09",
        zone="America/Barbados",
        country=["BB", "GY"],
        authority_name="Coordination centre",
        authority_country="BB",
        officer_name="D. Browne",
        officer_service_number="BB-001",
    )
    perform(officer("BB-001"), set_window, name="Action days", opens=moment(4, 8), closes=moment(5, 20))
    close_node()


def moment(day: int, hour: int) -> Any:
    import datetime as dt

    return dt.datetime(2018, 4, day, hour, tzinfo=dt.UTC)


def police(home: Path, passphrase: str) -> None:
    """A lead, a site, a team on its visit, a person met there, a detention, an exhibit with an attachment."""
    unlocked(home)
    from libertad.access.acting import perform
    from libertad.access.attaching import ABOUT, attach
    from libertad.evidence.actions.seize import seize
    from libertad.journal.node import close_node
    from libertad.operations.actions.assign_team import assign_team
    from libertad.operations.actions.record_visit import record_visit
    from libertad.operations.actions.register_site import register_site
    from libertad.operations.actions.report_lead import report_lead
    from libertad.people.actions.meet_person import meet_person
    from libertad.people.actions.set_detention import set_detention
    from libertad.vocabulary.values import Birth, Happened, PersonName, Place

    administrator = officer("GY-ADM")
    lead = appointed(administrator, "GY-2", "S. Tromp", "national-lead", passphrase)
    police_officer = appointed(administrator, "GY-1", "B. Singh", "officer", passphrase)
    day = Happened(at=moment(5, 13), zone="America/Guyana")
    perform(police_officer, report_lead, **LEAD, summary="People are said to be locked in at the mine.")
    site = perform(
        lead,
        register_site,
        name="Gold mine 07",
        workplace="gold-mine",
        country="GY",
        zone="America/Guyana",
        place=Place(lat=6.1, lon=-59.4, within_m=200),
    )
    team = perform(
        lead, assign_team, country="GY", reference="", site=site, officers=4, first_check_in=moment(5, 14)
    )
    visit = perform(
        police_officer, record_visit, site=site, team=team, outcome="people-found", people=1, happened=day
    )
    person = perform(
        police_officer,
        meet_person,
        country="GY",
        site=site,
        visit=visit,
        source="said",
        happened=day,
        name=(PersonName(text="Ana Test (generated)"),),
        birth=Birth(date="1994"),
    )
    exhibit = perform(
        police_officer, seize, country="GY", kind="mobile-phone", description="Mobile phone", happened=day
    )
    about = ABOUT["exhibit"](police_officer, exhibit)
    assert about is not None
    attach(police_officer, about, content=b"\xff\xd8\xff generated", name="the phone", happened=day)
    perform(
        police_officer,
        set_detention,
        state="detained",
        country="GY",
        name=(PersonName(text="Otho Test (generated)"),),
        grounds="Keys of the rooms",
        happened=day,
    )
    assert person
    close_node()


LEAD: dict[str, Any] = {
    "country": "GY",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "workplace": "farm",
}


def later(home: Path, passphrase: str, number: str) -> None:
    unlocked(home)
    from libertad.access.acting import perform
    from libertad.journal.node import close_node
    from libertad.operations.actions.report_lead import report_lead

    perform(officer(number), report_lead, **LEAD, summary=f"Said by {number} before the upgrade.")
    close_node()


def state(home: Path, passphrase: str) -> None:
    unlocked(home)
    from libertad.journal.node import close_node

    tell(home, describe_database())
    close_node()


PARTS = {
    "demo": demo,
    "production": production,
    "centre": centre,
    "police": police,
    "later": later,
    "stated": state,
}

if __name__ == "__main__":
    PARTS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])  # type: ignore[operator]
