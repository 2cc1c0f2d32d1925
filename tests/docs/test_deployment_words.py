"""Words of docs/deployment.md that a change of the code would make untrue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from libertad.vocabulary.codelists import sayable
from libertad.vocabulary.kinds import kinds
from libertad.web.settings.base import database
from libertad.web.spool import MOST_BODY

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "limit"),
    (("nginx.conf", r"client_max_body_size (\d+)m;"), ("Caddyfile", r"max_size (\d+)MiB")),
)
def test_a_proxy_takes_the_largest_attachment(name: str, limit: str) -> None:
    assert f"(../deploy/{name})" in PAGE
    (size,) = re.findall(limit, (ROOT / "deploy" / name).read_text("utf-8"))
    assert MOST_BODY <= int(size) * 1024 * 1024 <= 2 * MOST_BODY


def test_every_role_and_kind_of_authority_is_named_and_no_other() -> None:
    (roles,) = re.findall(r"^Roles are (.*?)\. Many", PAGE, re.M)
    assert set(re.findall(r"`([a-z-]+)`", roles)) == set().union(*(kind.roles for kind in kinds().values()))
    (written,) = re.findall(r"Each authority is (.*?); a wrong word", PAGE)
    named = set(re.findall(r"[a-z-]+", written)) - {"an", "too", "or"}
    assert named == set(sayable("authority-kinds"))


def test_a_database_elsewhere_is_reached_by_proven_tls_alone() -> None:
    """What the page tells to add reaches the driver, and the driver takes it."""
    (query,) = re.findall(r"`\?(sslmode=[^`]+)`", PAGE)
    address = f"postgresql://libertad@db.example/libertad?{query}"
    options = database(address)["OPTIONS"]
    assert options == {"sslmode": "verify-full", "sslrootcert": "/srv/libertad/tls/ca.pem"}
    assert make_conninfo(address, sslrootcert="system"), "the driver's library knows both"


def test_the_machine_is_told_to_set_its_clock_by_the_network() -> None:
    first, _, _ = PAGE.partition("\n## 2. Install")
    assert "`timedatectl set-ntp true`" in first and "System clock synchronized: yes" in first
