"""The service of docs/deployment.md, typed as root on a bare machine: the node starts as its own user.

The unit is carried out by `tests/support/unit.py`, for systemd runs in no test; `systemd-analyze` reads it.
"""

from __future__ import annotations

import http.client
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import KIND
from tests.support.outside import PASSPHRASE, ROOT, eventually
from tests.support.serving import free_port
from tests.support.unit import PATH, PYTHON, Namespace, bare_machine, environment_script, service

pytestmark = [
    pytest.mark.skipif(KIND != "sqlite", reason="of the service, not of the database"),
    pytest.mark.xdist_group("package"),
]
PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
FRAMES = re.findall(r"^```sh (\S+)\n(.*?)^```$", PAGE, re.M | re.S)
HOME, SECRET = "/srv/libertad", "/run/libertad/passphrase"
Unit = dict[str, list[str]]


def frame(word: str, label: str) -> str:
    """The one frame of this label in which the word stands."""
    (frame_script,) = [script for name, script in FRAMES if name == label and word in script]
    return frame_script


def without(script: str, *commands: str) -> str:
    """A frame but for commands that need a network or systemd itself; each has to be there."""
    for command in commands:
        assert re.search(rf"^{command}", script, re.M), command
        script = re.sub(rf"^{command}.*\n", "", script, flags=re.M)
    return script


@pytest.fixture(scope="module")
def machine(listed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Namespace]:
    """Steps 1, 2, 4, 6 and 7 of the page, with the package in place of a checkout."""
    with bare_machine(tmp_path_factory.mktemp("machine")) as namespace:
        namespace.root(without(frame("useradd", "root"), "apt-get install"))
        namespace.root(f"cp -r {listed} {HOME}/wheels && chown -R libertad {HOME}/wheels")
        check, create, fill = frame("pip install", "wheels").split(" &&\n")
        typed(namespace, f"cd wheels\n{check}\n{create.replace('python3 ', f'{PYTHON}/bin/python3 ')}")
        # What it needs lies in a real folder too; here it is what the tests run with.
        typed(namespace, environment_script(f"{HOME}/app/.venv"))
        typed(namespace, "cd wheels\n" + fill)
        where = typed(
            namespace, f"{HOME}/app/.venv/bin/python -c 'import libertad; print(libertad.__file__)'"
        )
        assert where.startswith(f"{HOME}/app/.venv/"), "the package, and not the checkout"
        assert "Commands" in typed(namespace, frame("--help", "each"))
        typed(namespace, re.sub(r"\bHOST\b", "localhost", frame("cat > /srv/libertad/environment", "each")))
        namespace.root(
            without(frame("libertad.service", "root"), "systemctl daemon-reload", "systemctl enable")
        )
        duty(namespace)
        sit = frame("set -a", "each")
        typed(namespace, sit + frame("libertad found", "centre"), LIBERTAD_PASSPHRASE_FILE=SECRET)
        yield namespace


def typed(at: Namespace, script: str, **variables: str) -> str:
    return at.user("libertad", HOME, script, **variables)


def duty(at: Namespace) -> None:
    """The person on duty writes the passphrase, as the page says."""
    at.root(f"(umask 077; echo '{PASSPHRASE}' > {SECRET}); chown libertad {SECRET}")


@pytest.fixture
def unit(machine: Namespace) -> Unit:
    """The unit as it lies on the machine."""
    return service(machine.root("cat /etc/systemd/system/libertad.service"))


def status(process: subprocess.Popen[bytes]) -> dict[str, str]:
    """What the kernel says of the node's process, which took the place of those that began it."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def end(process: subprocess.Popen[bytes], log: Path, by: signal.Signals = signal.SIGTERM) -> None:
    """Stop the node: it ends by the signal itself once all is closed, which systemd counts as a success."""
    process.send_signal(by)
    assert process.wait(60) == -by, log.read_text()
    assert "fault" not in log.read_text()


def served(
    port: int, process: subprocess.Popen[bytes], log: Path, path: str = "/sign-in/"
) -> tuple[int, str]:
    """Status and page, asked as the proxy asks; waits until it serves."""

    def ask() -> tuple[int, str] | None:
        assert process.poll() is None, log.read_text()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request("GET", path, headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return None
        finally:
            line.close()

    response: tuple[int, str] = eventually(ask, "an answer")
    return response


def test_it_starts_as_its_own_user_who_writes_its_home_and_nothing_else(
    machine: Namespace, unit: Unit, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    process = machine.start(unit, port, log)
    code, page = served(port, process, log)
    assert code == 200 and "csrfmiddlewaretoken" in page
    (style,) = set(re.findall(r'href="(/static/libertad/app\.[0-9a-f]+\.css)"', page))
    assert served(port, process, log, style)[0] == 200
    process_status, number = status(process), machine.root("id -u libertad").strip()
    assert number != "0" and process_status["Uid"].split() == [number] * 4
    assert (
        process_status["NoNewPrivs"] == "1"
        and process_status["Umask"] == "0077"
        and int(process_status["CapEff"], 16) == 0
    )
    inside = [
        "nsenter",
        "--target",
        str(process.pid),
        "--mount",
        "--wd=/",
        "setpriv",
        f"--reuid={number}",
        "--",
    ]
    for place in (f"{HOME}/app/x", f"{HOME}/x", f"{HOME}/environment", "/etc/x", "/usr/x"):
        tried = subprocess.run([*inside, "touch", place], check=False, capture_output=True, text=True)
        assert "Read-only file system" in tried.stderr, place
    subprocess.run([*inside, "touch", f"{HOME}/node/x"], check=True)
    end(process, log)
    assert machine.root(f"stat -c %U:%a {HOME}/node").strip() == "libertad:700", "nobody else enters"


def test_without_the_passphrase_file_it_starts_locked(machine: Namespace, unit: Unit, tmp_path: Path) -> None:
    """After a start of the machine, before anybody came. A node from a package needs its home alone."""
    unit["ReadWritePaths"] = [f"{HOME}/node"]
    assert unit["Environment"] == [f"LIBERTAD_PASSPHRASE_FILE={SECRET}"]
    machine.root(f"rm {SECRET}")
    try:
        port, log = free_port(), tmp_path / "log"
        process = machine.start(unit, port, log)
        code, page = served(port, process, log)
        assert code == 503 and "passphrase" in page and "csrfmiddlewaretoken" not in page
        end(process, log)
    finally:
        duty(machine)
    process = machine.start(unit, port, log)
    assert served(port, process, log)[0] == 200
    end(process, log)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    (
        (
            "ReadWritePaths",
            f"{HOME}/app/build",
            f"Error: {HOME}/node cannot be written (Read-only",
        ),
        ("ReadWritePaths", f"{HOME}/node /srv/elsewhere", "/srv/elsewhere: mount point does not exist"),
        ("User", "daemon", "Permission denied"),
    ),
)
def test_with_another_line_it_does_not_start(
    machine: Namespace, unit: Unit, tmp_path: Path, name: str, value: str, why: str
) -> None:
    """What is written nowhere, what is not there, and another user are refused here as by systemd."""
    log = tmp_path / "log"
    assert machine.start({**unit, name: [value]}, free_port(), log).wait(120) != 0
    assert why in log.read_text()


def test_systemd_finds_nothing_in_the_unit_as_it_is_installed(machine: Namespace) -> None:
    if shutil.which("systemd-analyze", path=PATH) is None:
        pytest.skip("systemd-analyze is not on this machine")
    assert machine.root("systemd-analyze verify /etc/systemd/system/libertad.service") == ""
    report = machine.root("systemd-analyze security --offline=true --no-pager libertad.service")
    held = {line.split()[1] for line in report.splitlines() if line.startswith("✓")}
    required = {"NoNewPrivileges=", "PrivateTmp=", "ProtectHome=", "ProtectSystem=", "UMask="}
    assert required <= held and "User=/DynamicUser=" in held, report
