"""Where the browser tests' Chromium is, and how it is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine can be looked up: a page that asks for an outside address fails its test.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
MISSING = "Browser tests need Chromium: install the package 'chromium', or set CHROMIUM to its path."


class NoChromium(Exception):
    """No Chromium on the machine, and none could be installed."""


def find_chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise NoChromium(f"CHROMIUM is set to {named}, which is not a file.")
        return named
    return next((path for path in map(shutil.which, NAMES) if path), None)


def chromium() -> str:
    """The path of a Chromium: the machine's, else Debian's where we may install it."""
    path = find_chromium()
    if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        path = find_chromium()
    if path is None:
        raise NoChromium(MISSING)
    return path


NOWHERE = subprocess.DEVNULL


def _install() -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Chromium for the browser tests (apt-get install chromium) ...", file=sys.stderr)
    subprocess.run(["apt-get", "update"], check=False, env=environment, stdout=NOWHERE, stderr=NOWHERE)
    subprocess.run(
        ["apt-get", "install", "-y", "chromium"], check=False, env=environment, stdout=NOWHERE, stderr=NOWHERE
    )


if __name__ == "__main__":
    try:
        print(chromium())
    except NoChromium as none:
        sys.exit(str(none))
