"""The tests' own tools do what the other tests take for granted."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page

from tests.support.accessibility import AXE, axe, violation_lines
from tests.support.network import OutsideNetwork

ROOT = Path(__file__).parents[2]


def test_postgres_runs_and_keeps_what_is_committed(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        version = connection.execute("show server_version_num").fetchone()
        assert version is not None and int(version[0]) >= 150000
        assert connection.execute("show fsync").fetchone() == ("on",)


def test_each_test_gets_an_empty_database(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as file:
            assert file.execute("select count(*) from sqlite_master").fetchone() == (0,)
    else:
        with psycopg.connect(database_url) as connection:
            rows = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
            assert rows == (0,)


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "2001:db8::1"])
def test_no_connection_leaves_the_machine(host: str) -> None:
    with pytest.raises(OutsideNetwork):
        socket.create_connection((host, 80), timeout=1)


def test_loopback_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


def test_the_browser_reaches_no_outside_host(page: Page) -> None:
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


@pytest.mark.skipif(not AXE.is_file(), reason="assets are not installed yet")
def test_axe_finds_a_planted_fault_and_passes_a_clean_page(page: Page) -> None:
    start = '<!doctype html><html lang="en"><head><title>Lead 12</title></head><body><main><h1>Lead 12</h1>'
    page.set_content(f"{start}<img src='data:,'></main></body></html>")
    assert [violation["id"] for violation in axe(page)] == ["image-alt"]
    page.set_content(f"{start}<p>Nothing yet.</p></main></body></html>")
    assert not axe(page), violation_lines(axe(page))


def test_a_missing_chromium_is_one_line(tmp_path: Path) -> None:
    environment = os.environ | {"CHROMIUM": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.chromium"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_python_that_cannot_serve_is_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo Python 3.9.2; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    done = subprocess.run([ROOT / "tools" / "python-ready", old], capture_output=True, text=True)
    assert done.returncode == 1
    assert "3.11" in done.stderr and len(done.stderr.strip().splitlines()) == 1
