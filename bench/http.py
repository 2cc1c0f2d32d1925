"""A served node in a process of its own, and signed-in clients for it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]
STARTED = 120.0  # seconds a server may take, on a machine that others use as well
SERVE = """
import sys, uvicorn
from libertad.web import serving
uvicorn.Server(serving.config(int(sys.argv[1]), log_level="error", timeout_graceful_shutdown=1)).run()
"""


class Client:
    """A browser in miniature, on a bare socket: what it costs is taken from the server beside it."""

    def __init__(self, port: int) -> None:
        self.cookies: dict[str, str] = {}
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if body is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        self.socket.sendall("\r\n".join([*lines, "", body or ""]).encode())
        status = int(self.file.readline().split()[1])
        length, chunked = 0, False
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").strip().partition(": ")
            name = name.lower()
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            elif name == "content-length":
                length = int(value)
            elif name == "transfer-encoding":
                chunked = value == "chunked"
        return status, b"".join(self._chunks()) if chunked else self.file.read(length)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.file.readline(), 16):
            yield self.file.read(size)
            self.file.readline()
        self.file.readline()

    def post(self, path: str, fields: dict[str, str]) -> None:
        token = next((v for k, v in self.cookies.items() if "csrf" in k.lower()), "")
        status, body = self.ask(
            "POST", path, urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token})
        )
        if status != 302:
            raise RuntimeError(f"{path} answered {status}: {body[:300]!r}")


class Server:
    """Serves a home; the process that made it must have closed its node, or only read."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self) -> Self:
        from libertad.access.models import Account, Officer

        roles = {row.pk: row.role for row in Officer.objects.all()}
        self.accounts = {roles[a.officer]: a.pk for a in Account.objects.order_by("-pk")}
        lines = [
            {"account": pk, "role": role, "name": "", "authority": "", "does": ""}
            for role, pk in self.accounts.items()
        ]
        (self.home / "demo.json").write_text(json.dumps({"accounts": lines}))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = os.environ | {"LIBERTAD_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.port)], env=environment, cwd=ROOT
        )
        deadline = time.monotonic() + STARTED
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        raise RuntimeError(f"the node did not start within {STARTED:.0f} s")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(20)

    def client(self, role: str) -> Client:
        signed_in = Client(self.port)
        signed_in.ask("GET", "/demo/")
        signed_in.post("/demo/", {"account": str(self.accounts[role])})
        return signed_in
