"""Words of docs/deployment.md that a change of the code would make untrue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from libertad.access.actions.appoint_officer import ROLES
from libertad.vocabulary.codelists import sayable
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
    assert set(re.findall(r"`([a-z-]+)`", roles)) == set().union(*ROLES.values())
    (kinds,) = re.findall(r"Each authority is (.*?); a wrong word", PAGE)
    named = set(re.findall(r"[a-z]+", kinds)) - {"an", "too", "or"}
    assert named == set(sayable("authority-kinds"))
