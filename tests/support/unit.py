"""A systemd unit carried out without systemd: its user, environment, command, umask and what it may write.

All of it in a mount namespace of its own, in which /etc, /srv and /run are copies or empty: a user that is
made there is not on the machine. Needs root and util-linux.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

# As of a shell that was just opened. systemd's own is without a home's folders too.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PYTHON, ALL, NEEDED = "/mnt/python", "/mnt/all", "/mnt/needed"
OURS = "libertad*|_libertad*|__editable__*|__pycache__"  # of the checkout, in the tests' own environment
# Directives of [Service] that `start` carries out, or that say when it is started again.
CARRIED_OUT = {
    "User",
    "EnvironmentFile",
    "Environment",
    "RuntimeDirectory",
    "RuntimeDirectoryMode",
    "ExecStart",
    "UMask",
    "NoNewPrivileges",
    "ProtectSystem",
    "ReadWritePaths",
    "ProtectHome",
    "PrivateTmp",
}
WHEN = {"RuntimeDirectoryPreserve", "Restart"}
# What the tests do there, tried once.
MOUNTS = (
    "mount -t tmpfs tmpfs /mnt && mount --bind /etc /etc && mount -o remount,bind,ro /etc && chroot / true"
)
# Everything is unwritable but what was bound before, and /dev, /proc and /sys, as systemd has it.
STRICT = """
for place in $ReadWritePaths; do mount --bind "$place" "$place"; done
awk '{print $2}' /proc/self/mounts | while read -r place; do
  case "$place" in /dev|/dev/*|/proc|/proc/*|/sys|/sys/*) continue;; esac
  for one in $ReadWritePaths; do [ "$place" = "$one" ] && continue 2; done
  [ ! -e "$place" ] || mount -o remount,bind,ro "$place"
done
for place in $Hidden; do [ ! -d "$place" ] || mount -t tmpfs -o ro,mode=0 tmpfs "$place"; done
for place in /tmp /var/tmp; do mount -t tmpfs -o mode=1777 tmpfs "$place"; done
"""


def environment_script(environment: str) -> str:
    """A script: what the program needs is in this new environment, of the versions that are asked for."""
    return (
        f"for site in {environment}/lib/python3*/site-packages; do\n"
        f"echo {NEEDED} > $site/needed.pth; rm -rf $site/setuptools*\ndone\n"
    )


def service(text: str) -> dict[str, list[str]]:
    """Directive of [Service] -> its values, in their order."""
    directives: dict[str, list[str]] = defaultdict(list)
    for line in text.partition("[Service]\n")[2].partition("\n[")[0].splitlines():
        name, equals, value = line.partition("=")
        if equals:
            directives[name].append(value)
    return dict(directives)


class Namespace:
    """The machine as a process sees it that has mounts of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sleep", "1800"], stdin=subprocess.DEVNULL
        )
        self.started: list[subprocess.Popen[bytes]] = []
        while os.readlink(f"/proc/{self.holder.pid}/ns/mnt") == os.readlink("/proc/self/ns/mnt"):
            assert self.holder.poll() is None
            time.sleep(0.01)

    def enter(self, *command: str) -> list[str]:
        return ["nsenter", "--target", str(self.holder.pid), "--mount", "--wd=/", "--", *command]

    def root(self, script: str, code: int = 0) -> str:
        """Type as root."""
        return self._typed(self.enter("env", "-i", f"PATH={PATH}", "bash", "-euc", script), script, code)

    def user(self, name: str, home: str, script: str, code: int = 0, **extra: str) -> str:
        """Type as somebody who signed in."""
        settings = [
            f"{key}={value}" for key, value in {"HOME": home, "PATH": PATH, "COLUMNS": "300", **extra}.items()
        ]
        command = ["setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", "env", "-i", *settings]
        return self._typed(self.enter(*command, "bash", "-euc", f"cd {home}\n{script}"), script, code)

    def _typed(self, command: list[str], script: str, code: int) -> str:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == code, (script, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def start(self, unit: Mapping[str, list[str]], port: int, log: Path) -> subprocess.Popen[bytes]:
        """Carry the unit out, on another port than its own."""
        assert set(unit) <= CARRIED_OUT | WHEN, set(unit) - CARRIED_OUT - WHEN
        (user,), (umask,), (start,) = unit["User"], unit["UMask"], unit["ExecStart"]
        (runtime,) = unit.get("RuntimeDirectory", [""])
        environment = [
            line for file in unit.get("EnvironmentFile", []) for line in self.root(f"cat {file}").splitlines()
        ]
        environment += [*unit.get("Environment", []), f"PATH={PATH}", f"USER={user}", f"LOGNAME={user}"]
        writable, hidden = " ".join(unit.get("ReadWritePaths", [])), ""
        if unit.get("ProtectHome") == ["yes"]:
            hidden = "/home /root /run/user"
        script = ["umask 022"]
        if runtime:
            (mode,) = unit.get("RuntimeDirectoryMode", ["0755"])
            writable += f" /run/{runtime}"
            script.append(f"install -d -o {user} -g {user} -m {mode} /run/{runtime}")
        if unit.get("ProtectSystem") == ["strict"]:
            assert unit["PrivateTmp"] == ["yes"], "as systemd makes /tmp unwritable otherwise"
            script.append(f"ReadWritePaths={shlex.quote(writable)}\nHidden={shlex.quote(hidden)}\n{STRICT}")
        privileges = "--no-new-privs" if unit.get("NoNewPrivileges") == ["yes"] else ""
        command = start.replace("--port 8000", f"--port {port}")
        assert command != start
        script.append(
            f"umask {umask}\ncd /\nexec setpriv --reuid={user} --regid={user} --init-groups {privileges} "
            f"env -i {shlex.join(environment)} {command}"
        )
        with log.open("wb") as file:
            own = ["unshare", "--mount", "--propagation", "private", "bash", "-euc", "\n".join(script)]
            process = subprocess.Popen(self.enter(*own), stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        self.started.append(process)
        return process

    def close(self) -> None:
        for process in [*self.started, self.holder]:
            if process.poll() is None:
                process.kill()
                process.wait(30)


@contextmanager
def bare_machine(folder: Path) -> Iterator[Namespace]:
    """A machine with a Python, with what the program needs beside it, and with nothing of ours."""
    needed = [name for name in ("unshare", "nsenter", "setpriv", "useradd") if shutil.which(name) is None]
    if os.geteuid() != 0 or needed:
        pytest.skip(
            f"root makes a system user and mounts here{', with ' if needed else ''}{', '.join(needed)}"
        )
    probe = subprocess.run(
        ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-c", MOUNTS],
        capture_output=True,
        text=True,
        check=False,
    )
    if probe.returncode != 0:  # root of a container that may not mount
        pytest.skip(f"root may not mount here: {probe.stderr.strip()[-200:]}")
    machine = Namespace(folder)
    try:
        machine.root(
            f"cp -a /etc {folder}/etc && mount --bind {folder}/etc /etc\n"
            "for place in /srv /run /mnt; do mount -t tmpfs tmpfs $place; done\n"
            f"mkdir {PYTHON} {NEEDED} {ALL}\nmount --bind {sys.base_prefix} {PYTHON}\n"
            f"mount --bind {sysconfig.get_paths()['purelib']} {ALL}\n"
            f'for one in {ALL}/*; do\ncase "${{one##*/}}" in {OURS}) ;; *) ln -s "$one" {NEEDED};; esac\n'
            "done\n"
            # A Python that lies in somebody's home looks for its library there.
            f"echo {PYTHON}/lib > /etc/ld.so.conf.d/python.conf\nldconfig -X -i\n"
        )
        yield machine
    finally:
        machine.close()
