"""The app of phones at `/field/`: its files, its own policy, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from libertad.field import app_files
from tests.support.world import World

FILES = {
    "index.html": "<!doctype html><title>Notes</title>",
    "sw.js": "self",
    "manifest.webmanifest": "{}",
    "assets/index-B2xYz9Qa.js": "1",
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "out" / "app"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder.parent / "secret.txt").write_text("not the app's")
    monkeypatch.setattr(app_files, "APP", folder)
    return folder


def test_the_app_opens_signed_out_with_its_own_policy_and_sets_no_cookie(built: Path, world: World) -> None:
    answer = Client().get("/field/")
    assert (answer.status_code, answer.content.decode()) == (200, FILES["index.html"])
    policy = answer["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "worker-src 'self'", "form-action 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "camera=(self)" in answer["Permissions-Policy"]
    assert "geolocation=(self)" in answer["Permissions-Policy"]
    assert not answer.cookies
    assert not world.client("officer").get("/field/").cookies


def test_only_names_that_change_with_their_content_are_kept_for_ever(built: Path, world: World) -> None:
    client = Client()
    assert "immutable" in client.get("/field/assets/index-B2xYz9Qa.js")["Cache-Control"]
    for name in ("", "index.html", "sw.js", "manifest.webmanifest"):
        assert client.get(f"/field/{name}")["Cache-Control"] == "no-cache"
    assert client.get("/field/sw.js")["Content-Type"].startswith("text/javascript")
    assert client.get("/field/manifest.webmanifest")["Content-Type"] == "application/manifest+json"


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "assets/", "assets", "//etc/passwd", ".hidden"],
)
def test_nothing_beside_the_app_is_given(built: Path, world: World, name: str) -> None:
    (built / ".hidden").write_text("no")
    assert Client().get(f"/field/{name}").status_code == 404


def test_a_link_that_leads_out_of_the_folder_is_no_file(built: Path, world: World) -> None:
    (built / "out.txt").symlink_to(built.parent / "secret.txt")
    assert Client().get("/field/out.txt").status_code == 404


def test_where_the_app_is_not_built_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setattr(app_files, "APP", tmp_path / "none")
    answer = Client().get("/field/")
    assert answer.status_code == 503
    assert "make setup" in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
