"""Police on the centre's node, by the documentation's own commands: what they say reaches the other nodes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.outside import (
    PASSPHRASE,
    Browser,
    Machine,
    certificates,
    code_in,
    eventually,
    machines,
    text,
)

SITE = {
    "country": "NA", "name": "Harbour yard", "workplace": "factory", "lat": "-22.95", "lon": "14.5",
    "within_m": "100", "place": "", "zone": "", "network": "", "living_space_m2": "",
}  # fmt: skip
OTHER = "nine grey otters under ice"


def officer(machine: Machine, name: str, number: str, role: str, by: str) -> str:
    return code_in(machine.libertad("user", "add", name, "--number", number, "--role", role, "--as", by))


def opened(centre: Machine) -> tuple[str, Browser]:
    """The centre's id and its coordinator, with an operation in two countries outside the first fifteen."""
    said = centre.libertad(
        "found", "--name", "Windhoek centre", "--kind", "centre", "--country", "NA",
        "--zone", "Africa/Windhoek", "--administrator", "A. Shikongo", "--number", "NA-ADM",
    )  # fmt: skip
    made = re.search(r"Windhoek centre, ([0-9a-f]{32})", said)
    assert made is not None and code_in(said)
    code = officer(centre, "B. Nangolo", "NA-1", "coordinator", "NA-ADM")
    centre.start()
    coordinator = centre.browser("NA-1", code)
    coordinator.post(
        "/operation/open/", name="Operation Quiver", zone="Africa/Windhoek", country=["NA", "ZM"],
        first_day_day="1", first_day_month="12", first_day_year="2026",
        last_day_day="7", last_day_month="12", last_day_year="2026",
    )  # fmt: skip
    return made[1], coordinator


def sites(machine: Machine, number: str) -> int:
    return int(json.loads(machine.libertad("figures", "--json", "--as", number))["sites"])


@pytest.fixture
def two(tmp_path: Path, database_url: str) -> Iterator[tuple[Machine, Machine]]:
    certificates(tmp_path / "tls")
    centre = Machine(tmp_path / "centre", tmp_path / "tls", database_url)
    zambia = Machine(tmp_path / "zambia", tmp_path / "tls")
    with machines(centre, zambia):
        yield centre, zambia


def test_what_a_hosted_authority_says_is_counted_alike_at_another_node(two: tuple[Machine, Machine]) -> None:
    centre, zambia = two
    own, coordinator = opened(centre)
    coordinator.post(
        "/operation/invite/", name="Police of Namibia", kind="police", country="NA", zone="", officers="",
        lives="here", address="",
    )  # fmt: skip
    centre.stop()
    found = re.search(r"libertad found --authority ([0-9a-f]{32})", centre.libertad("found", "--waiting"))
    assert found is not None
    police = found[1]
    given = ("--authority", police, "--administrator", "C. Amadhila", "--number", "NP-ADM")
    # The one line is the centre's: nobody else's ring is founded with it.
    assert f"{police}=PASSPHRASE" in centre.libertad("found", *given, code=1)
    centre.secret.write_text(f"{own}={PASSPHRASE}\n{police}={OTHER}\n")
    assert code_in(centre.libertad("found", *given))
    assert centre.libertad("found", "--waiting").startswith("Every authority")
    assert "passphrase is wrong" in centre.libertad(
        "doctor", "--unlock", police, code=1, asked=f"{PASSPHRASE}\n"
    )
    code = officer(centre, "D. Haufiku", "NP-1", "national-lead", "NP-ADM")
    file = centre.folder / "zambia.invitation"
    centre.libertad(
        "exchange", "invite", "Police of Zambia", "--kind", "police", "--country", "ZM", "--file", str(file),
        "--address", centre.address, "--as", "NA-1",
    )  # fmt: skip
    centre.start()
    zambia.libertad("exchange", "join", str(file), "--yes", asked=f"Z. Banda\nZP-ADM\n{zambia.address}\n")
    officer(zambia, "E. Phiri", "ZP-1", "national-lead", "ZP-ADM")
    zambia.start()
    done = text(centre.browser("NP-1", code).post("/sites/register/", **SITE))
    assert "Harbour yard" in done and "Error" not in done, done
    assert sites(centre, "NA-1") == 1
    eventually(lambda: sites(zambia, "ZP-1") == 1, "the site in Zambia's figures")
    repaired = json.loads(zambia.libertad("exchange", "repair", "Windhoek", "--json"))
    assert repaired["left"] == 0 and repaired["compared"] > 0
    for machine in two:
        status = json.loads(machine.libertad("exchange", "status", "--json"))
        assert status["not_enrolled"] == status["unread_devices"] == status["wants"] == 0
    assert [one for one in json.loads(centre.libertad("exchange", "peers", "--json")) if one["error"]] == []
