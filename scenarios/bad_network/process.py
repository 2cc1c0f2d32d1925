"""A bad link in a process of its own, for code that runs no event loop: replay, benchmarks, demonstration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from scenarios.bad_network.link import How

ROOT = Path(__file__).parents[2]


class LinkProcess:
    """Listens on `port` when it is made; ends with `stop`, with its block, or when this process is gone.

        with LinkProcess("127.0.0.1:8000", profile="2g", seed=7) as link:
            ...  # connect to link.port
            link.cut()

    RuntimeError tells what the link answered when it did not obey, or that it has ended.
    """

    def __init__(self, target: str, *, profile: str = "2g", seed: int = 0, listen: int = 0) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "scenarios.bad_network",
                "--listen",
                str(listen),
                "--target",
                target,
                "--profile",
                profile,
                "--seed",
                str(seed),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
        )
        try:
            self.port = int(self._answer()["port"])
        except BaseException:
            self.stop()
            raise

    def cut(self, way: How = "reset") -> None:
        self._say(f"cut {way}")

    def restore(self) -> None:
        self._say("restore")

    def set(self, **conditions: float | None) -> None:
        """bits_per_second, one_way_delay_s, loss."""
        self._say("set " + " ".join(f"{k}={'none' if v is None else v}" for k, v in conditions.items()))

    def profile(self, name: str) -> None:
        self._say(f"profile {name}")

    def count(self) -> dict[str, Any]:
        """Counters as `Counters.as_dict` tells them."""
        return self._say("count")

    def stop(self) -> None:
        """End the process; a second call does nothing."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()  # it ends with its input
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> LinkProcess:
        return self

    def __exit__(self, *why: object) -> None:
        self.stop()

    def _say(self, line: str) -> dict[str, Any]:
        try:
            print(line, file=self._process.stdin, flush=True)
        except (OSError, ValueError):
            raise RuntimeError("the link has ended; make another") from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise RuntimeError("the link has ended; its standard error says why")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer
