"""docs/deployment.md is followed literally: five authorities on five nodes, in countries of its own.

The frames of the page are run as they stand, each by whom the page says, with folders, hosts and ids put in.
Not run here: what root does to the machine (tests/setup/test_unit.py types it) and what is downloaded. In
front of each node stands `tests/support/outside.py: Proxy`, which does what the page asks of a proxy.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.outside import PASSPHRASE, ROOT, Machine, code_in, eventually, machines, text

PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
FRAMES = re.findall(r"^```sh (\S+)\n(.*?)^```$", PAGE, re.M | re.S)
# What root does and the folder of wheels (tests/setup/test_unit.py types both), and what reaches a registry.
NOT_RUN = {"root", "download", "postgres-from-pypi-download", "wheels-download", "wheels"}
NODES = ("centre", "zambia", "malawi", "prosecution", "care")
NUMBERS = {
    "centre": "NA-ADM",
    "zambia": "ZM-ADM",
    "malawi": "MW-ADM",
    "prosecution": "ZP-ADM",
    "care": "MC-ADM",
}
ROLES = {
    "zambia": "national-lead",
    "malawi": "national-lead",
    "prosecution": "prosecutor",
    "care": "caseworker",
}
OTHER_DISK = "/dev/shm"  # another than that of /tmp
HOSTED = "nine grey otters under ice"
SITE = {
    "country": "ZM",
    "name": "Kiln",
    "workplace": "factory",
    "lat": "-13.0",
    "lon": "28.6",
    "within_m": "100",
    "place": "",
    "zone": "",
    "network": "",
    "living_space_m2": "",
}


@dataclass
class Sitting(Machine):
    """A node at which somebody sits with the page open."""

    database: Path | None = None
    media: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a shell has before the page; the passphrase is not typed but in a file."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "COLUMNS": "300",
            "LC_ALL": "C.UTF-8",
            "LIBERTAD_PASSPHRASE_FILE": str(self.secret),
            "LIBERTAD_EXCHANGE_EVERY": "0.5",
        }

    def substitute(self, script: str) -> str:
        """The page's text with this node's folder, host and address."""
        if self.proxy is not None:
            script = script.replace("https://HOST", self.address)
        if self.database is not None:
            script = script.replace("/srv/libertad/pgdata", str(self.database))
        for place, folder in self.media.items():
            script = script.replace(place, folder)
        return re.sub(r"\bHOST\b", "localhost", script.replace("/srv/libertad", str(self.folder)))

    def type(self, script: str, **values: str) -> str:
        """Type a frame; what it asks for (ID, NUMBER...) is given. Returns what it printed."""
        for name, value in values.items():
            script = re.sub(rf"\b{name}\b", value, script)
        sits = SIT if (self.folder / "environment").exists() and SIT not in script else ""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.substitute(sits + script)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            input="y\n" * 9,
        )
        assert done.returncode == 0, (script, done.stdout, done.stderr)
        return done.stdout

    def command(self) -> list[str]:
        (run,) = frames("each-after-founding")
        script = self.substitute(SIT + run).replace("--port 8000", f"--port {self.port}")
        return ["bash", "-euc", script.replace("libertad run", "exec libertad run")]


def frames(*labels: str) -> list[str]:
    return [script for label, script in FRAMES if label in labels]


(SIT,) = [script for script in frames("each") if "set -a" in script]


@pytest.fixture
def five(tmp_path: Path) -> Iterator[dict[str, Sitting]]:
    sittings = {}
    for name in NODES:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "app").symlink_to(ROOT)
        sittings[name] = Sitting(folder, folder / "tls")
    with machines(*sittings.values()):
        yield sittings


@pytest.fixture
def server() -> Iterator[tuple[Path, Path]]:
    """Where a PostgreSQL of the page's own lies, and its programs; root starts it as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="libertad-pg-", dir="/tmp"))
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    programs = postgres.programs(folder, user is not None)
    if user is not None:
        postgres.own(folder, user)
    data = folder / "pgdata"
    yield data, programs
    if data.exists():
        stop = [str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
        subprocess.run([*AS_NOBODY, *stop], cwd=folder, check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


AS_NOBODY = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []


def install(five: dict[str, Sitting]) -> None:
    """Steps 2 to 4: the program, certificates of an authority of their own, settings."""
    look, make_key, settings, sit, *_rest = frames("each")
    assert "Commands" in five["centre"].type(look)
    ca, *_later = frames("centre")
    five["centre"].type(ca)
    authority = five["centre"].certificates
    (sign,) = frames("centre-for-each")
    for machine in five.values():
        machine.type(make_key)
        own = machine.certificates
        if own != authority:
            shutil.copy(own / "localhost.csr", authority)  # handed over
            shutil.copy(authority / "ca.pem", own)
        five["centre"].type(sign)
        shutil.move(authority / "localhost.pem", own / "node.pem")  # one host here, so a name for each
        machine.protect()
        machine.type(settings)
        machine.type(sit)


def databases(five: dict[str, Sitting], data: Path, programs: Path) -> None:
    """Step 5: the centre's from PyPI, Malawi's as of a system's own server; the others have SQLite."""
    (script,) = frames("postgres-from-pypi")
    five["centre"].database = five["malawi"].database = data
    lines = [line for line in script.splitlines(keepends=True) if not line.startswith("PROGRAMS=")]
    script = "".join(lines).replace("$PROGRAMS/", " ".join([*AS_NOBODY, str(programs) + "/"]))
    script = script.replace("-A peer", "-A trust")  # one user plays all of them here
    five["centre"].type("cd /tmp\n" + script)
    (script,) = frames("postgres-of-the-system")
    five["malawi"].type(
        f"export PATH={programs}:$PATH PGHOST={data} PGUSER=libertad\n" + script.replace("libertad", "second")
    )
    with (five["malawi"].folder / "environment").open("a") as file:
        file.write(f"LIBERTAD_DATABASE_URL=postgresql://second@/second?host={data}\n")


def found_centre(five: dict[str, Sitting]) -> str:
    """Steps 6 to 8; returns the centre's id."""
    centre = five["centre"]
    founding, coordinator = frames("centre")[1:3]
    output = centre.type(founding)
    match = re.search(r"Windhoek centre, ([0-9a-f]{32})", output)
    assert match is not None and code_in(output)
    code = code_in(centre.type(coordinator))
    centre.start()
    browser, year = centre.browser("NA-1", code), str(datetime.now(UTC).year + 1)  # not begun yet
    assert "Open the operation" in text(browser.get("/"))
    browser.post(
        "/operation/open/",
        name="Operation Quiver",
        zone="Africa/Windhoek",
        country=["NA", "ZM", "MW"],
        first_day_day="1",
        first_day_month="12",
        first_day_year=year,
        last_day_day="7",
        last_day_month="12",
        last_day_year=year,
    )
    browser.post(
        "/operation/invite/",
        name="Police of Namibia",
        kind="police",
        country="NA",
        zone="",
        officers="",
        lives="here",
        address="",
    )
    return match[1]


def host(centre: Sitting, own: str) -> None:
    """Police on the centre's own node, with a passphrase of their own."""
    (script,) = frames("centre-hosting")
    waiting, named = script.splitlines(keepends=True)
    centre.stop()
    match = re.search(r"--authority ([0-9a-f]{32})", centre.type(waiting))
    assert match is not None
    centre.secret.write_text(f"{own}={PASSPHRASE}\n{match[1]}={HOSTED}\n")
    code_in(centre.type(named, ID=match[1]))
    centre.start()


def test_the_page_founds_an_operation_of_five_authorities_on_five_nodes(
    five: dict[str, Sitting], server: tuple[Path, Path]
) -> None:
    install(five)
    databases(five, *server)
    centre = five["centre"]
    own = found_centre(five)
    host(centre, own)
    invite, write = frames("centre")[3:]
    centre.type(invite)
    (appoint,) = frames("each-member")
    ids: dict[str, str] = {}
    for name in NODES[1:]:
        machine = five[name]
        shutil.copy(centre.folder / f"{name}.invitation", machine.folder)
        join, *_later = frames(name)
        output = machine.type(join)
        assert code_in(output)
        machine.start()
        joined = re.search(r"Joined: .*, ([0-9a-f]{32})", output)
        assert joined is not None
        ids[name] = joined[1]
    codes = {}
    for name in NODES[1:]:
        machine = five[name]
        eventually(
            lambda machine=machine: (
                json.loads(machine.type("libertad exchange peers --json"))[0]["taken"] > 5
            ),
            f"the operation at {name}",
        )
        values = {"NUMBER": f"{name}-1", "ROLE": ROLES[name], "ADMINISTRATOR": NUMBERS[name]}
        codes[name] = code_in(machine.type(appoint, **values))
    zambia = five["zambia"]
    done = text(zambia.browser("zambia-1", codes["zambia"]).post("/sites/register/", **SITE))
    assert "Kiln" in done and "Error" not in done, done
    readers = {"centre": "NA-1", "zambia": "zambia-1", "malawi": "malawi-1"}
    for name, number in readers.items():
        eventually(
            lambda name=name, number=number: (
                json.loads(five[name].type("libertad figures --json --as NUMBER", NUMBER=number))["sites"]
                == 1
            ),
            f"the site in the figures at {name}",
        )
    all_is_well(five)
    (bundle,) = frames("zambia-from-centre")
    centre.type(write)
    for file in centre.folder.glob("*.bundle"):
        shutil.move(file, zambia.folder)
    zambia.type(bundle)
    backups(five, server[1])
    zambia.stop()
    change = frames("zambia")[-1]
    # From the file in place of a terminal, and so the same again: the ring gets a new root all the same.
    zambia.secret.write_text(f"{ids['zambia']}={PASSPHRASE}\n")
    assert "Changed" in zambia.type(change)
    assert zambia.type("libertad journal verify")


def has_operation(machine: Sitting) -> bool:
    return bool(json.loads(machine.type("libertad exchange peers --json"))[0]["taken"] > 5)


def all_is_well(five: dict[str, Sitting]) -> None:
    """Step 11. Only what a person has yet to do is told."""
    (script,) = [frame for frame in frames("each") if "doctor" in frame]
    doctor, status, verify, figures = script.splitlines(keepends=True)
    numbers = {"centre": "NA-1", **{name: f"{name}-1" for name in NODES[1:3]}}
    for name, machine in five.items():
        findings = json.loads(machine.type(doctor.rstrip() + " --json || true\n"))
        assert all("no care authority is confirmed" in finding["what"] for finding in findings), (
            name,
            findings,
        )
        machine.type(status + verify)
        if name in numbers:
            assert "sites: 1" in machine.type(figures, NUMBER=numbers[name])


def backups(five: dict[str, Sitting], programs: Path) -> None:
    """Step 12, on both databases; then the machine of one node is lost, and it is restored on another."""
    (script,), (daily,), (restore,) = frames("each-backup"), frames("each-daily"), frames("each-restore")
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as safe, tempfile.TemporaryDirectory(dir="/tmp") as copy:
        for name in ("zambia", "centre"):
            machine = five[name]
            machine.media = {"/media/copy": f"{copy}/{name}", "/media/safe": f"{safe}/{name}"}
            path = f"export PATH={programs}:$PATH\n"
            machine.type(path + script)
            machine.type(path + daily)
        zambia = five["zambia"]
        zambia.stop()
        shutil.rmtree(zambia.folder / "node")
        assert "Everything in it was verified" in zambia.type(restore)
        zambia.start()
        (enrol,) = frames("each-restored")
        assert "1 authority of this node is enrolled" in zambia.type(enrol, ADMINISTRATOR=NUMBERS["zambia"])
        for name in ("zambia", "centre"):  # its peers know its new keys, and it knows them
            eventually(lambda name=name: is_in_step(five[name]), f"the exchange of {name} after the restore")


def is_in_step(machine: Sitting) -> bool:
    """Whether no peer fails and no alarm is open."""
    try:
        machine.type("libertad exchange status")
    except AssertionError:
        return False
    return True


def test_every_frame_of_the_page_is_run_or_is_roots_or_a_download() -> None:
    run = {
        "each",
        "centre",
        "centre-for-each",
        "postgres-of-the-system",
        "postgres-from-pypi",
        "centre-hosting",
        "each-after-founding",
        "each-member",
        *NODES,
        "zambia-from-centre",
        "each-backup",
        "each-daily",
        "each-restore",
        "each-restored",
    }
    assert {label for label, _script in FRAMES} - run == NOT_RUN
    assert len(re.findall(r"^```sh", PAGE, re.M)) == len(FRAMES)


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    (script,) = [frame for frame in frames("root") if "libertad.service" in frame]
    unit = script.partition("libertad.service <<END\n")[2].partition("\nEND\n")[0]
    assert "ExecStart=/srv/libertad/app/.venv/bin/libertad run --port 8000" in unit
    if shutil.which("systemd-analyze") is None:
        return
    file = tmp_path / "libertad.service"
    file.write_text(unit.replace("/srv/libertad/app/.venv/bin/libertad", "/bin/true") + "\n")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False
    )
    wrong = [line for line in done.stderr.splitlines() if "libertad.service:" in line]
    assert [line for line in wrong if "Unknown" in line or "Failed to parse" in line] == []
