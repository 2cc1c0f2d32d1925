"""The package: built twice to the same bytes, with all that a node serves, and it runs from there alone."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.databases import KIND
from tests.support.outside import WITHIN, Machine, machines
from tools import package

PAGE = (package.ROOT / "docs" / "deployment.md").read_text("utf-8")

pytestmark = [
    pytest.mark.skipif(KIND != "sqlite", reason="of the package, not of the database"),
    pytest.mark.xdist_group("package"),
]


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_all_that_the_program_reads_is_in_it_and_nothing_else(wheel: Path) -> None:
    contents = names(wheel)
    missing = {str(path) for path in package.tracked() if path.parts[0] == "libertad"} - contents
    assert {name for name in missing if not name.endswith((".gitignore", ".scss"))} == set()
    assert {str(path) for path in package.built()} <= contents
    assert not any(name.startswith(("tests/", "bench/", "tools/", "build/")) for name in contents)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert (wheel.parent / "SHA256SUMS").read_text() == f"{digest}  {wheel.name}\n"


def test_wheels_that_were_in_the_folder_before_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(folder: Path) -> Path:
        folder.mkdir(parents=True)
        (folder / "libertad-1-py3-none-any.whl").write_text("the same")
        return folder / "libertad-1-py3-none-any.whl"

    monkeypatch.setattr(package, "build", build)
    for name in (
        "libertad-0-py3-none-any.whl",
        "django-9-py3-none-any.whl",
        "requirements.txt",
        "SHA256SUMS",
    ):
        (tmp_path / name).write_text("of before")
    package.twice(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"libertad-1-py3-none-any.whl", "SHA256SUMS"}
    assert "libertad-1-py3-none-any.whl" in (tmp_path / "SHA256SUMS").read_text()


def test_the_list_of_what_is_installed_is_summed_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SHA256SUMS is what is compared by another way: it holds the list, and the list each wheel's hash."""
    own = tmp_path / "libertad-1-py3-none-any.whl"
    own.write_text("a wheel")
    monkeypatch.setattr(package, "run", lambda *_: None)
    assert package.needs(tmp_path) == 1
    for line in (tmp_path / "SHA256SUMS").read_text().splitlines():
        name = line[66:]
        assert line[:64] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert {line[66:] for line in (tmp_path / "SHA256SUMS").read_text().splitlines()} == {
        own.name,
        "requirements.txt",
    }
    first, _, rest = (tmp_path / "requirements.txt").read_text().partition("\n")
    assert first == f"libertad==1 --hash=sha256:{hashlib.sha256(b'a wheel').hexdigest()}"
    assert rest == (package.ROOT / "requirements" / "run.txt").read_text()


def as_documented(program: str) -> list[str]:
    """The arguments of the one `pip install` in the page's frame, or in the container file."""
    text = (package.ROOT / program).read_text("utf-8").replace("\\\n", " ")
    (line,) = re.findall(r"pip install (?:--no-cache-dir )?(--no-index .*?)(?: &&| *$)", text, re.M)
    return str(line).split()


@pytest.mark.parametrize("program", ("docs/deployment.md", "deploy/Containerfile"))
def test_a_wheel_that_was_dropped_into_the_folder_is_not_installed(
    wheel: Path, tmp_path: Path, program: str
) -> None:
    """One of a later version is passed over; at one of a later build, which pip prefers, it stops."""
    name, version, *tags = wheel.name.split("-")
    for dropped_version, build, stops in (("99", "", False), (version, "-9", True)):
        folder, target = tmp_path / f"wheels{build}", tmp_path / f"packages{build}"
        folder.mkdir()
        shutil.copy(wheel, folder)
        drop_wheel(folder / f"{name}-{dropped_version}{build}-{'-'.join(tags)}", dropped_version)
        (folder / "requirements.txt").write_text(package.own_requirement(wheel))
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--no-compile",
                "--target",
                str(target),
                *as_documented(program),
            ],
            check=False,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert (target / "libertad" / "cli.py").is_file() == (not stops), done.stderr
        assert not (target / "libertad" / "dropped.py").exists()
        assert ("DO NOT MATCH THE HASHES" in done.stderr) == stops == bool(done.returncode)


def drop_wheel(path: Path, version: str) -> None:
    """A wheel of Libertad that pip would take, with a module of somebody else's."""
    inside = f"libertad-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("libertad/dropped.py", "")
        archive.writestr(f"{inside}/METADATA", f"Metadata-Version: 2.1\nName: libertad\nVersion: {version}\n")
        archive.writestr(f"{inside}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{inside}/RECORD", "")


def test_what_is_served_is_collected_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        manifest = json.loads(archive.read("libertad/web/collected/staticfiles.json"))
        dates = {member.date_time for member in archive.infolist()}
    for name in manifest["paths"].values():
        assert f"libertad/web/collected/{name}" in names(wheel)
    assert len(dates) == 1, "everything is dated with the commit"


def test_two_builds_that_differ_are_given_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(folder: Path) -> Path:
        folder.mkdir(parents=True)
        (folder / "libertad-0-py3-none-any.whl").write_text(str(folder))
        return folder / "libertad-0-py3-none-any.whl"

    monkeypatch.setattr(package, "build", build)
    with pytest.raises(package.Differs, match="differ"):
        package.twice(tmp_path / "out")
    assert not (tmp_path / "out").exists()


class Installed(Machine):
    """A machine on which the package lies beside what it needs, and no checkout."""

    python, packages = sys.executable, ""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"PYTHONPATH": self.packages, "PYTHONDONTWRITEBYTECODE": "1"}

    def libertad(self, *arguments: str, code: int = 0, asked: str = "") -> str:
        done = subprocess.run(
            [self.python, "-m", "libertad.cli", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            input=asked,
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout

    def command(self) -> list[str]:
        return [self.python, "-m", "libertad.cli", "run", "--port", str(self.port)]


@contextmanager
def installed(folder: Path, packages: str, python: str = sys.executable) -> Iterator[Installed]:
    machine = Installed(folder / "machine", folder / "no-certificates")
    machine.packages, machine.python = packages, python
    with machines(machine):
        yield machine


def answered(at: Machine, path: str) -> bytes:
    """What the node answers, as a proxy with TLS in front asks it."""
    until = time.monotonic() + WITHIN
    while True:
        try:
            request = urllib.request.Request(
                f"http://127.0.0.1:{at.port}{path}",
                headers={"Host": "localhost", "X-Forwarded-Proto": "https"},
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                content: bytes = answer.read()
                return content
        except OSError:
            assert time.monotonic() < until and at.process is not None and at.process.poll() is None
            time.sleep(0.2)


def serves(at: Installed, wheel: Path) -> None:
    """Found a node and serve it: a page and its style, and nothing was written where it is installed."""
    assert at.libertad("--version").strip() == f"libertad {wheel.name.split('-')[1]}"
    at.found_authority()
    at.start()
    page = answered(at, "/sign-in/").decode()
    (style,) = set(re.findall(r'href="(/static/libertad/app\.[0-9a-f]+\.css)"', page))
    assert b"{" in answered(at, style)
    at.stop()


def test_it_runs_where_there_is_no_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "packages"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--no-compile",
            "--target",
            str(target),
            str(wheel),
        ],
        check=True,
    )
    before = {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.is_file()}
    with installed(tmp_path, str(target)) as at:
        where = subprocess.run(
            [at.python, "-c", "import libertad.installed as i; print(i.__file__, i.CHECKOUT)"],
            env=at.environment,
            cwd=at.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        assert where.stdout.split() == [str(target / "libertad" / "installed.py"), "False"]
        serves(at, wheel)
    after = {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.is_file()}
    assert after == before, "a package writes nothing beside itself"


@pytest.mark.soak
def test_from_a_folder_of_wheels_without_a_network(wheel: Path, all_wheels: Path, tmp_path: Path) -> None:
    """The page's frame, typed where there is no network."""
    (frame,) = re.findall(r"^```sh wheels\n(.*?)^```$", PAGE, re.M | re.S)
    venv = tmp_path / "venv"
    for _time in ("installed", "installed again, as an update is"):
        subprocess.run(
            ["unshare", "-n", "bash", "-euc", frame.replace("/srv/libertad/app/.venv", str(venv))],
            check=True,
            cwd=all_wheels,
            capture_output=True,
        )
    with installed(tmp_path, "", str(venv / "bin" / "python")) as at:
        serves(at, wheel)
