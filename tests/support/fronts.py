"""The proxies' files of deploy/ run by the real servers, and an HTTP server in a node's place behind them."""

from __future__ import annotations

import http.client
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.support.outside import ROOT, WITHIN, certificates
from tests.support.serving import free_port

CLIENT = "127.0.0.9"  # where requests come from: an address that nothing else on the machine names
SOON = 25  # seconds within which a deadline of one second has to show: far below the servers' own of 60
FLOOD = 256 * 1024 * 1024  # an answer that no socket's buffers hold
# What a node says of its own pages, as far as a proxy says it where the node does not.
OWN = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
FILES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}


@dataclass(frozen=True)
class Request:
    """What the node was sent."""

    version: str
    headers: dict[str, str]  # names in lower case
    length: int


class Behind(BaseHTTPRequestHandler):
    """A node's place. `release` lets the answers that hold back go on; `arrived` and `ended` tell of them."""

    seen: ClassVar[list[Request]] = []
    arrived: ClassVar[threading.Event] = threading.Event()
    ended: ClassVar[threading.Event] = threading.Event()
    release: ClassVar[threading.Event] = threading.Event()

    def do_POST(self) -> None:
        """Read the body; `arrived` is set by its first byte."""
        length, left = int(self.headers.get("Content-Length", 0)), 0
        with suppress(OSError):
            while left < length and (data := self.rfile.read1(min(65536, length - left))):
                left += len(data)
                self.arrived.set()
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append(Request(self.request_version, headers, left))
        with suppress(OSError):
            self._begin(2)
            self.wfile.write(b"ok")

    def do_GET(self) -> None:
        """/begun sends half and holds the rest, /silent nothing, /broken ends halfway, /flood floods."""
        with suppress(OSError):
            if self.path.startswith("/begun"):
                self._begin(2)
                self.wfile.write(b"o")
                self.release.wait(WITHIN)
                self.wfile.write(b"k")
            elif self.path.startswith("/silent"):
                self.arrived.set()
                self.release.wait(WITHIN)
            elif self.path.startswith("/broken"):
                self._begin(2)
                self.wfile.write(b"o")
            else:
                self._begin(FLOOD)
                for _ in range(FLOOD // 65536):
                    self.wfile.write(bytes(65536))
        self.ended.set()

    def _begin(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", f"{length}")
        for name, value in OWN.items() if self.path.startswith("/guarded") else ():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def listening() -> Iterator[int]:
    """The server in a node's place; its port."""
    Behind.seen.clear()
    for event in (Behind.arrived, Behind.ended, Behind.release):
        event.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        Behind.release.set()
        server.shutdown()
        server.server_close()


class Front:
    """A real proxy with the file of deploy/, but for host, ports, folders and the deadlines in `changed`.

    `changed` maps what stands in the file to what takes its place; each has to stand there exactly once.
    What the file does not settle is set around it so that it would show: a log of everything, folders for
    what is written to the disk (`written`), and what `around` adds, in which PORT and PLAIN are its ports and
    CERTIFICATES the folder of these (nginx).
    """

    def __init__(self, kind: str, folder: Path, inner: int, changed: Mapping[str, str], around: str) -> None:
        program = shutil.which(kind)
        if program is None:
            package = "nginx-light" if kind == "nginx" else kind
            pytest.skip(f"{kind} is not on this machine: apt-get install {package}")
        self.kind, self.folder = kind, folder
        self.port, self.plain = free_port(), free_port()
        certificates(folder / "tls")
        text = (ROOT / "deploy" / FILES[kind]).read_text("utf-8")
        for before, after in {
            "/srv/libertad/tls/HOST.pem": f"{folder}/tls/node.pem",
            "/srv/libertad/tls/node.key": f"{folder}/tls/node.key",
            "127.0.0.1:8000": f"127.0.0.1:{inner}",
            **changed,
        }.items():
            text = replaced(text, before, after)
        command = self._nginx(program, text, around) if kind == "nginx" else self._caddy(program, text)
        home = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
        self.errors, self.accesses = folder / "log", folder / "accesses"
        with self.errors.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=home, stdout=log, stderr=log)
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            assert self.process.poll() is None, self.errors.read_text()
            with socket.socket() as sealed, socket.socket() as plain:
                ends = ((sealed, self.port), (plain, self.plain))
                if not any(probe.connect_ex(("127.0.0.1", port)) for probe, port in ends):
                    break
            time.sleep(0.05)
        for place in self._places():
            os.utime(place, (0, 0))
        self.context = ssl.create_default_context(cafile=str(folder / "tls" / "ca.pem"))

    def _nginx(self, program: str, text: str, directives: str) -> list[str]:
        text = replaced(text, "listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;")
        text = replaced(text, "listen 80;", f"listen 127.0.0.1:{self.plain};")
        (self.folder / "site.conf").write_text(text.replace("HOST", "localhost"))
        # A worker of root's would be nobody, who enters no folder of a test.
        user = f"user {pwd.getpwuid(0).pw_name} {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
        for name, value in (
            ("PORT", self.port),
            ("PLAIN", self.plain),
            ("CERTIFICATES", self.folder / "tls"),
        ):
            directives = directives.replace(name, f"{value}")
        around = self.folder / "nginx.conf"
        around.write_text(
            f"pid {self.folder}/pid; error_log stderr info; daemon off; worker_processes 1; {user} "
            f"events {{ worker_connections 64; }} http {{ access_log {self.folder}/accesses; "
            f"client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/answers; "
            f"fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; "
            f"scgi_temp_path {self.folder}/s; {directives} include {self.folder}/site.conf; }}"
        )
        return [program, "-c", str(around), "-p", str(self.folder), "-e", "stderr"]

    def _caddy(self, program: str, text: str) -> list[str]:
        text = replaced(text, "admin off", f"admin off\n\thttp_port {self.plain}\n\thttps_port {self.port}")
        text, sites = re.subn(r"^(http://)?HOST \{", r"\1localhost {\n\tbind 127.0.0.1", text, flags=re.M)
        assert sites == 2
        file = self.folder / "Caddyfile"
        file.write_text(text)
        return [program, "run", "--config", str(file), "--adapter", "caddyfile"]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def _places(self) -> list[Path]:
        return [self.folder / name for name in ("body", "answers")] if self.kind == "nginx" else []

    def changed_folders(self) -> list[str]:
        """Folders in which it made a file since it began, also one that it took away at once."""
        return [place.name for place in self._places() if place.stat().st_mtime_ns]

    def logged(self) -> str:
        """All that it logged, of errors and of requests."""
        accesses = self.accesses.read_text() if self.accesses.exists() else ""
        return self.errors.read_text() + accesses

    def line(self, within: float = WITHIN) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "localhost", self.port, context=self.context, timeout=within, source_address=(CLIENT, 0)
        )

    def ask(self, address: str) -> http.client.HTTPResponse:
        """GET; the answer, its head read. Whoever asks reads or closes it."""
        line = self.line()
        line.request("GET", address)
        return line.getresponse()

    def post(self, body: bytes, address: str = "/x", **headers: str) -> int:
        """Send a body; the status."""
        line = self.line()
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request("POST", address, body, fields)
            return line.getresponse().status
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            return 413  # it was closed while we went on sending
        finally:
            line.close()

    def raw(self, begin: bytes) -> ssl.SSLSocket:
        """A connection on which these bytes were sent."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=SOON, source_address=(CLIENT, 0))
        line = self.context.wrap_socket(plain, server_hostname="localhost")
        line.sendall(begin)
        return line


def replaced(text: str, before: str, after: str) -> str:
    """The text with that which stands in it exactly once replaced."""
    assert text.count(before) == 1, f"'{before}' stands {text.count(before)} times"
    return text.replace(before, after)


@contextmanager
def front(
    kind: str, folder: Path, inner: int, changed: Mapping[str, str] | None = None, around: str = ""
) -> Iterator[Front]:
    """The proxy, running."""
    folder.mkdir(parents=True, exist_ok=True)
    proxy = Front(kind, folder, inner, changed or {}, around)
    try:
        yield proxy
    finally:
        proxy.close()
