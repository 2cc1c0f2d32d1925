"""A container file carried out without a container engine: each instruction, in a root of its own.

In place of the base image stands a root with this machine's programs and an empty Python environment; what
the program needs lies beside that. No network reaches it.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.unit import PATH, PYTHON, Namespace, environment_script

OF_BASE = ("usr", "bin", "sbin", "lib", "lib64")


def instructions(text: str) -> list[tuple[str, str]]:
    """Name and words of each, in their order; comments between the lines of one are left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(name, rest.strip()) for name, rest in re.findall(r"^(\S+)[ \t]+(.+)$", joined, re.M)]


@dataclass
class Image:
    """What the instructions made. `root` is seen in the namespace alone."""

    at: Namespace
    root: Path
    user: str = "root"
    settings: dict[str, str] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    stop: str = "SIGTERM"
    command: list[str] = field(default_factory=list)

    @classmethod
    def build(cls, at: Namespace, root: Path, context: Path, text: str, needed: bool = True) -> Image:
        """From the instructions; `context` is the folder that is copied. Raises on one that is not known.

        `needed`: what the program needs is in the base already, and is not in the folder.
        """
        image = cls(at, root)
        image.base(needed)
        for name, words in instructions(text):
            if name in ("ARG", "FROM"):
                continue
            if name == "COPY":
                source, target = words.split()
                at.root(f"mkdir -p {root}{target} && cp -r {context}/{source} {root}{target}")
            elif name == "RUN":
                done = subprocess.run(
                    image.enter("sh", "-c", words, network=False), capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, (words, done.stdout, done.stderr)
            elif name == "ENV":
                image.settings |= dict(word.split("=", 1) for word in shlex.split(words))
            elif name == "USER":
                image.user = words
            elif name == "VOLUME":
                image.volumes.append(words)
            elif name == "EXPOSE":
                image.ports.append(int(words))
            elif name == "STOPSIGNAL":
                image.stop = words
            elif name == "CMD":
                image.command = json.loads(words)
            else:
                raise AssertionError(f"{name} is not carried out here")
        return image

    def base(self, needed: bool) -> None:
        """Programs, an /etc of its own, and a Python in which nothing is installed, or what is needed."""
        folder = self.root
        script = [f"mkdir -p {folder}; mount -t tmpfs -o mode=755 tmpfs {folder}; cd {folder}"]
        script.append("mkdir -p proc dev run srv root var mnt; mkdir -m 1777 tmp")
        for name in OF_BASE:
            script.append(
                f"if [ -L /{name} ]; then cp -P /{name} {name}; "
                f"elif [ -d /{name} ]; then mkdir {name}; mount --rbind -o ro /{name} {name}; fi"
            )
        script.append("cp -a /etc etc; mount --rbind /proc proc; mount --rbind /dev dev")
        script.append("mount --rbind /mnt mnt")
        self.at.root("\n".join(script))
        fill = environment_script(f"{folder}/python") if needed else ""
        self.at.root(f"chroot {folder} {PYTHON}/bin/python3 -m venv /python\n{fill}")

    def enter(self, *command: str, user: str = "root", network: bool = True) -> list[str]:
        """A command line in it, with the settings so far."""
        variables = [
            f"PATH=/python/bin:{PATH}",
            *(f"{name}={value}" for name, value in self.settings.items()),
        ]
        apart = [] if network else ["unshare", "--net"]
        privileges = (
            [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        )
        return self.at.enter(*apart, "chroot", str(self.root), *privileges, "env", "-i", *variables, *command)
