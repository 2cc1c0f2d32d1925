"""A node that is watched: the real command's log, `/healthz`, `/metrics` and the doctor, well and broken."""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.support.databases import KIND, server_url
from tests.support.outside import Machine, eventually, machines

NAMED = "Ximena Quillabamba"
REFERENCE, PHONE = "P-QX-917", "+59170011223"
WORDS = (NAMED, "Ximena", "Quillabamba", REFERENCE, PHONE, "70011223")
HOST = "node.example"
# What a fault in any part of a node's code may do with what an officer typed.
FAULTS = '''
"""Faults that are planted: each lets something personal into what its library tells the log."""
import asyncio, logging, sys, threading, warnings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.urls import include, path
from libertad.access import matrix as law
from libertad.exchange.transport import http

law.matrix().routes["planted"] = {"get": {law.ANYONE}, "post": {law.ANYONE}}

class Breaks:
    def __init__(self, value): self.value = value
    def __del__(self): raise ValueError(self.value)

def in_thread(value):
    def go(): raise ValueError(value)
    thread = threading.Thread(target=go, name=value); thread.start(); thread.join()

def in_task(value):
    async def fails(): raise ValueError(value)
    async def go():
        asyncio.get_running_loop().create_task(fails(), name=value)
        await asyncio.sleep(0)
    def run():
        asyncio.run(go())
        import gc; gc.collect()
    thread = threading.Thread(target=run); thread.start(); thread.join()

def by_libraries(value):
    logging.getLogger("psycopg.pool").warning("could not reach %s", value)
    logging.getLogger("some.library").error(f"could not parse {value}\\n2026-01-01 WARNING forged line")
    logging.getLogger("libertad.web").warning("could not read: %s", ValueError(value))
    try: raise ValueError(value)
    except ValueError: logging.getLogger("libertad.board").exception("the board could not be drawn")
    logging.getLogger(value).error("a logger whose name is a value")
    warnings.warn(value, RuntimeWarning)

def view(request, value, kind):
    typed = request.POST.get("name") or request.GET.get("name") or request.META.get("HTTP_X_NAME") or value
    if kind == "fails": raise ValueError(typed)
    if kind == "chained":
        try: raise KeyError(typed)
        except KeyError as why: raise RuntimeError(f"no {typed}") from why
    if kind == "group": raise ExceptionGroup(typed, [ValueError(typed)])
    if kind == "suspicious": raise SuspiciousOperation(typed)
    if kind == "denied": raise PermissionDenied(typed)
    if kind == "exits": raise type(typed.replace(" ", ""), (Exception,), {})(typed)
    {"thread": in_thread, "task": in_task, "libraries": by_libraries, "unraisable": Breaks}[kind](typed)
    return HttpResponse("done")

async def asgi_fails(self, scope, receive, send):
    message = await receive()
    raise ValueError(message["body"].decode())

http.HttpEndpoint.__call__ = asgi_fails
urlpatterns = [
    path("planted/<str:value>/<str:kind>/", view, name="planted"), path("", include("libertad.web.urls"))
]
handler400, handler403, handler404, handler500 = (
    f"libertad.web.errors.{name}" for name in ("bad_request", "forbidden", "not_found", "failed")
)
'''
KINDS = (
    "fails",
    "chained",
    "group",
    "suspicious",
    "denied",
    "exits",
    "thread",
    "task",
    "libraries",
    "unraisable",
)


@pytest.fixture
def at(tmp_path: Path, database_url: str) -> Iterator[Machine]:
    """A production node that is founded and not served."""
    machine = Machine(tmp_path / "machine", tmp_path / "no-certificates", database_url)
    machine.more["LIBERTAD_HOSTS"] = HOST
    with machines(machine):
        machine.found_authority(NAMED)
        yield machine


def ask(
    at: Machine, path: str, data: bytes | None = None, proxied: bool = True, **headers: str
) -> tuple[int, str]:
    """A request as the proxy hands it on, or, not `proxied`, of a program on this machine."""
    sent_headers = (
        {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"} if proxied else {}
    )
    request = urllib.request.Request(f"http://127.0.0.1:{at.port}{path}", data, sent_headers | headers)
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as why:
        return why.code, why.read().decode()


def log_of(at: Machine) -> str:
    return (at.folder / "run.log").read_text("utf-8")


def plant_faults(at: Machine, settings: str = "production") -> None:
    (at.folder / "faulty_urls.py").write_text(FAULTS)
    (at.folder / "faulty.py").write_text(
        f"from libertad.web.settings.{settings} import *\nROOT_URLCONF = 'faulty_urls'\n"
    )
    at.more |= {
        "DJANGO_SETTINGS_MODULE": "faulty",
        "PYTHONPATH": f"{at.environment['PYTHONPATH']}:{at.folder}",
    }


def provoke(at: Machine) -> None:
    """Every fault, with a name in the form, the address, a header, a cookie, a file's name and a body."""
    name, quoted = NAMED.encode(), NAMED.replace(" ", "%20")
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%s.pdf"\r\n\r\nx\r\n--b--\r\n'
    for kind in KINDS:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        ask(at, f"/planted/x/{kind}/?name={quoted}")
        ask(at, f"/planted/{quoted}/{kind}/")
        ask(at, f"/planted/{REFERENCE}/{kind}/", **{"X-Name": PHONE})
        ask(at, f"/planted/x/{kind}/", b"name=" + quoted.encode(), **form)
    ask(at, f"/nothing/{quoted}/{REFERENCE}/", Cookie=f"libertad={PHONE}; name={NAMED}")
    ask(at, "/", **{"X-Request-Id": REFERENCE, "User-Agent": NAMED, "Referer": f"https://{HOST}/{PHONE}/"})
    ask(at, "/", Host=NAMED.replace(" ", ""))
    ask(at, "/enrol/", body % name, **{"Content-Type": "multipart/form-data; boundary=b"})
    ask(at, "/sign-in/", b"login=" + quoted.encode())
    with suppress(OSError):
        ask(at, "/exchange/", name)  # breaks in the server itself, outside of Django


def test_no_fault_in_the_real_process_lets_a_name_into_its_log(at: Machine) -> None:
    plant_faults(at)
    at.start()
    provoke(at)
    at.stop()
    log = log_of(at)
    assert [word for word in WORDS if word in log] == []
    assert "ValueError at faulty_urls.py" in log, "where it failed is told"
    assert "\n2026-01-01 WARNING forged" not in log


class LiveDemo(Machine):
    """A demo that serves while its seven days are played."""

    def command(self) -> list[str]:
        return [sys.executable, "-m", "libertad.cli", "demo", "--live", "600", "--port", str(self.port)]


@pytest.mark.sqlite_only
def test_no_fault_of_a_thread_lets_a_name_into_the_log_of_a_live_demo(tmp_path: Path) -> None:
    live_demo = LiveDemo(tmp_path / "machine", tmp_path / "no-certificates")
    plant_faults(live_demo, "demo")
    with machines(live_demo):
        live_demo.start()
        for kind in ("thread", "unraisable"):
            assert ask(live_demo, f"/planted/{REFERENCE}/{kind}/?name={PHONE}", proxied=False)[0] == 200
        assert live_demo.process is not None
        live_demo.process.kill()
    log = log_of(live_demo)
    assert [word for word in WORDS if word in log] == []
    assert log.count("ValueError at faulty_urls.py") == 2, "where it failed is told"


def healthz(at: Machine) -> dict[str, object]:
    health: dict[str, object] = json.loads(ask(at, "/healthz", proxied=False)[1])
    return health


def kinds(at: Machine) -> set[str]:
    return {problem["kind"] for problem in healthz(at)["problems"]}  # type: ignore[attr-defined]


def told_by_doctor(at: Machine) -> str:
    """What the doctor finds of the serving; the files that the first run collects are another matter."""
    return " ".join(at.libertad("doctor", code=1).split())


def test_the_doctor_fails_while_the_node_is_stopped_or_locked(at: Machine) -> None:
    """A deleted file with the passphrase makes the node start locked; no fault is told that is none."""
    assert "the node is stopped" in told_by_doctor(at)
    secret = at.secret.read_text()
    at.secret.unlink()
    at.start()
    assert "the node is locked" in told_by_doctor(at)
    status, words = ask(at, "/healthz", proxied=False)
    assert status == 503 and json.loads(words)["status"] == "not ready" and kinds(at) == {"locked"}
    status, text = ask(at, "/metrics", proxied=False)
    assert status == 200 and "libertad_ready 0\n" in text and "libertad_rings_locked 1\n" in text
    at.stop()
    assert "Locked" in log_of(at) and "is not there" in log_of(at)
    assert not re.search("ERROR|CRITICAL|Error", log_of(at)), log_of(at)
    at.secret.write_text(secret)
    at.secret.chmod(0o600)
    (at.folder / "run.log").unlink()
    at.start()
    assert at.libertad("doctor").strip() == "Nothing is wrong."
    status, words = ask(at, "/healthz", proxied=False)
    assert status == 200 and json.loads(words)["status"] == "ready", words
    at.stop()
    assert "WARNING" not in log_of(at) and "ERROR" not in log_of(at), "such as the DisallowedHost of before"
    assert "the node is stopped" in told_by_doctor(at)


def outage(at: Machine, allowed: str) -> None:
    """A database that takes nobody any more and ends who is there, or (`allowed` true) is back."""
    name = re.search(r"/(node_\w+)\?", at.url)
    assert name is not None
    with psycopg.connect(server_url(), autocommit=True) as maintenance:
        maintenance.execute(f"alter database {name[1]} with allow_connections {allowed}")
        if allowed == "false":
            maintenance.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name[1],)
            )


@pytest.mark.skipif(KIND == "sqlite", reason="a server that goes away")
def test_while_the_database_is_away_the_node_says_so_and_its_log_stays_short(at: Machine) -> None:
    at.more["LIBERTAD_LOG_FORMAT"] = "json"
    at.start()
    assert healthz(at)["ready"] is True
    outage(at, "false")
    try:
        eventually(lambda: "database" in kinds(at), "the outage in /healthz")
        for _ in range(200):  # officers who are signed in and try again
            assert ask(at, "/", Cookie=f"__Host-libertad={'a' * 32}")[0] >= 500
        assert ask(at, "/healthz", proxied=False)[0] == 503
        text = ask(at, "/metrics", proxied=False)[1]
        assert "libertad_database_up 0\n" in text
        assert int(re.search(r"libertad_answers_failed_total (\d+)", text)[1]) >= 200  # type: ignore[index]
        problems = told_by_doctor(at)
        assert "the database cannot be used" in problems and "the database does not answer" in problems
    finally:
        outage(at, "true")
    eventually(lambda: healthz(at)["ready"], "the node after the outage")
    at.stop()
    lines = [line for line in log_of(at).splitlines() if line.startswith("{")]
    assert any(json.loads(line).get("request") for line in lines)
    assert 0 < len(lines) < 100, "200 pages broke, each with a line or more"
