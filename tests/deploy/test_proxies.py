"""deploy/nginx.conf and deploy/Caddyfile by the real servers: address, body, deadlines, and a node behind."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.support.databases import KIND
from tests.support.outside import ROOT, WITHIN, Machine, certificates, free_port, machines

pytestmark = pytest.mark.skipif(KIND != "sqlite", reason="of what stands in front of a node")
MIB = 1024 * 1024
TWENTY = 20 * MIB + 4096  # the largest attachment with its form


class Behind(BaseHTTPRequestHandler):
    """What a node would be told: the headers, and how many bytes came."""

    seen: ClassVar[list[tuple[dict[str, str], int]]] = []

    def do_POST(self) -> None:
        length, left = int(self.headers.get("Content-Length", 0)), 0
        while left < length and (data := self.rfile.read(min(65536, length - left))):
            left += len(data)
        self.seen.append(({name.lower(): value for name, value in self.headers.items()}, left))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Front:
    """A real proxy with the file of deploy/, but for host, ports, folders and how long it waits."""

    def __init__(self, kind: str, folder: Path, inner: int, soon: bool = False) -> None:
        program = shutil.which(kind)
        if program is None:
            pytest.skip(
                f"{kind} is not on this machine: apt-get install {'nginx-light' if kind == 'nginx' else kind}"
            )
        self.port, plain = free_port(), free_port()
        certificates(folder / "tls")
        name = {"nginx": "nginx.conf", "caddy": "Caddyfile"}[kind]
        text = (ROOT / "deploy" / name).read_text("utf-8")
        text = text.replace("/srv/libertad/tls/HOST.pem", f"{folder}/tls/node.pem")
        text = text.replace("/srv/libertad/tls", f"{folder}/tls").replace(
            "127.0.0.1:8000", f"127.0.0.1:{inner}"
        )
        if soon:
            text = re.sub(r"(client_header_timeout|client_body_timeout|read_header) 30s", r"\1 1s", text)
            assert "1s" in text
        if kind == "nginx":
            text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl")
            text = text.replace("listen 80", f"listen 127.0.0.1:{plain}").replace("HOST", "localhost")
            file = folder / "site.conf"
            file.write_text(text)
            around = folder / "nginx.conf"
            around.write_text(
                f"pid {folder}/pid; error_log stderr; daemon off; worker_processes 1; "
                f"events {{ worker_connections 64; }} http {{ client_body_temp_path {folder}/body; "
                f"proxy_temp_path {folder}/proxied; fastcgi_temp_path {folder}/f; "
                f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {file}; }}"
            )
            command = [program, "-c", str(around), "-p", str(folder), "-e", "stderr"]
        else:
            text = text.replace("admin off", f"admin off\n\thttp_port {plain}\n\thttps_port {self.port}")
            file = folder / "Caddyfile"
            file.write_text(re.sub(r"^HOST \{", "localhost {\n\tbind 127.0.0.1", text, flags=re.M))
            command = [program, "run", "--config", str(file), "--adapter", "caddyfile"]
        home = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=home, stdout=log, stderr=log)
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.05)
        self.context = ssl.create_default_context(cafile=str(folder / "tls" / "ca.pem"))

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def post(self, body: bytes, **headers: str) -> int:
        """Send a body from 127.0.0.9; the status."""
        line = http.client.HTTPSConnection(
            "localhost", self.port, context=self.context, timeout=WITHIN, source_address=("127.0.0.9", 0)
        )
        try:
            line.request(
                "POST", "/x", body, {name.replace("_", "-"): value for name, value in headers.items()}
            )
            return line.getresponse().status
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            return 413  # it was closed while we went on sending
        finally:
            line.close()

    def raw(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN)
        return self.context.wrap_socket(plain, server_hostname="localhost")


@contextmanager
def front(kind: str, folder: Path, inner: int, soon: bool = False) -> Iterator[Front]:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    made = Front(kind, folder, inner, soon)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def behind() -> Iterator[int]:
    Behind.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


BOTH = pytest.mark.parametrize("kind", ("nginx", "caddy"))


@BOTH
def test_the_node_is_told_who_asks_whatever_the_client_says(kind: str, tmp_path: Path, behind: int) -> None:
    with front(kind, tmp_path / "front", behind) as at:
        assert at.post(
            b"x", X_Forwarded_For="198.51.100.7", X_Forwarded_Proto="http", X_Forwarded_Host="other.example"
        ) == 200  # fmt: skip
    ((headers, _),) = Behind.seen
    assert headers["x-forwarded-for"] == "127.0.0.9" and headers["x-forwarded-proto"] == "https"
    assert headers["host"].partition(":")[0] == "localhost"


@BOTH
def test_an_attachment_of_20_mb_comes_through_and_a_flood_does_not(
    kind: str, tmp_path: Path, behind: int
) -> None:
    with front(kind, tmp_path / "front", behind) as at:
        assert at.post(bytes(TWENTY)) == 200
        assert Behind.seen[-1][1] == TWENTY
        status = at.post(bytes(33 * MIB))
        assert status in (413, 502)
        assert all(length <= 32 * MIB for _, length in Behind.seen)
        body = tmp_path / "front" / "body"
        assert not body.exists() or not [path for path in body.rglob("*") if path.is_file()]


@BOTH
def test_a_head_that_never_ends_is_ended(kind: str, tmp_path: Path, behind: int) -> None:
    with front(kind, tmp_path / "front", behind, soon=True) as at, at.raw() as line:
        line.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        while line.recv(4096):  # until it closes; WITHIN guards
            pass
    assert Behind.seen == []


@BOTH
def test_a_node_behind_it_answers_a_browser(kind: str, tmp_path: Path) -> None:
    node = Machine(tmp_path / "node", tmp_path / "no-certificates")
    with machines(node):
        node.found()
        node.start()
        with front(kind, tmp_path / "front", node.port) as at:
            line = http.client.HTTPSConnection("localhost", at.port, context=at.context, timeout=WITHIN)
            line.request("GET", "/sign-in/")
            answer = line.getresponse()
            assert answer.status == 200 and b"csrfmiddlewaretoken" in answer.read()
            assert "__Host-form" in str(answer.headers.get_all("Set-Cookie"))
            line.close()
