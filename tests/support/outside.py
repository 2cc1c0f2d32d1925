"""A node as its own people run it: the command line, a proxy with TLS in front, a browser's requests.

Nothing here reaches into a node. What it can do, somebody with the documentation can do.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.access.signing import code_for
from tests.support import warm
from tests.support.serving import free_port

ROOT = Path(__file__).parents[2]
PASSWORD = "lantern seven marsh and a boat"
PASSPHRASE = "eleven pale herons over water"
WITHIN = 300.0  # seconds for a server to answer; a guard, nothing is measured by it
CODE = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def certificates(folder: Path) -> None:
    """A private certificate authority and a certificate of 'localhost', as docs/deployment.md makes them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "node.ext").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n"
        "extendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    for command in (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=Test-CA "
        "-addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem",
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost "
        "-keyout node.key -out node.csr",
        "openssl x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 "
        "-extfile node.ext -out node.pem",
    ):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


class Proxy:
    """TLS on a port, handed on to a node's port with the headers that a real proxy sets."""

    def __init__(self, certificate: Path, key: Path, inner: int) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.inner = inner
        self.tasks: set[Any] = set()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        self.server = asyncio.run_coroutine_threadsafe(listening, self.loop).result(WITHIN)
        self.port: int = self.server.sockets[0].getsockname()[1]

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(WITHIN)
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def _end(self) -> None:
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection: `Connection: close` ends it at the node."""
        self.tasks.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            start, _, rest = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
            headers = [line for line in rest.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            forwarded = b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 127.0.0.1\r\nConnection: close\r\n"
            inner, onward = await asyncio.open_connection("127.0.0.1", self.inner)
            onward.write(start + b"\r\n" + forwarded + b"\r\n".join(headers))
            sending = asyncio.ensure_future(_carry(reader, onward))
            await _carry(inner, writer)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            onward.close()
        writer.close()
        self.tasks.discard(asyncio.current_task())


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()


@dataclass
class Machine:
    """A home and a database of its own, the command line on it, and its address behind the proxy."""

    folder: Path
    certificates: Path
    url: str = ""
    port: int = field(default_factory=free_port)
    proxy: Proxy | None = None
    process: subprocess.Popen[bytes] | None = None
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.secret = self.folder / "passphrase"
        self.secret.write_text(PASSPHRASE + "\n")
        self.secret.chmod(0o600)
        if (self.certificates / "node.pem").exists():
            self.protect()

    def protect(self) -> None:
        """Put the proxy with TLS in front, once there is a certificate."""
        self.proxy = Proxy(self.certificates / "node.pem", self.certificates / "node.key", self.port)

    @property
    def address(self) -> str:
        assert self.proxy is not None
        return f"https://localhost:{self.proxy.port}"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: v for name, v in os.environ.items() if not name.startswith(("LIBERTAD_", "DJANGO_"))
        }
        return inherited | {
            "LIBERTAD_HOME": str(self.folder / "node"),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "300",
            "DJANGO_SETTINGS_MODULE": "libertad.web.settings.production",
            "LIBERTAD_HOSTS": "localhost",
            "LIBERTAD_DATABASE_URL": self.url,
            "LIBERTAD_TRUSTED_PROXIES": "127.0.0.1",
            "LIBERTAD_PASSPHRASE_FILE": str(self.secret),
            "LIBERTAD_EXCHANGE_EVERY": "0.5",
            "LIBERTAD_EXCHANGE_CA": str(self.certificates / "ca.pem"),
            **self.more,
        }

    def libertad(self, *arguments: str, code: int = 0, asked: str = "") -> str:
        """A command's words; `asked`: what is written where it asks."""
        command = [sys.executable, "-m", "libertad.cli", *arguments]
        done = warm.run(command, cwd=self.folder, env=self.environment, timeout=300, input=asked)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout + done.stderr if code else done.stdout

    def found_authority(self, administrator: str = "X. Quillabamba") -> None:
        """A coordination centre of Bolivia with its administrator, BO-ADM."""
        self.libertad(
            "found",
            "--name",
            "The centre",
            "--kind",
            "centre",
            "--country",
            "BO",
            "--zone",
            "America/La_Paz",
            "--administrator",
            administrator,
            "--number",
            "BO-ADM",
        )

    def command(self) -> list[str]:
        """What serves the node."""
        return [sys.executable, "-m", "libertad.cli", "run", "--port", str(self.port)]

    def start(self) -> None:
        log = (self.folder / "run.log").open("ab")
        self.process = subprocess.Popen(
            self.command(),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            assert self.process.poll() is None, (self.folder / "run.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the node did not answer")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def close(self) -> None:
        self.stop()
        if self.proxy is not None:
            self.proxy.close()

    def browser(self, number: str, code: str) -> Browser:
        """Somebody enrols with a code, sets up one-time codes, and is signed in."""
        session = Browser(self.address, self.certificates / "ca.pem")
        session.post("/enrol/", service_number=number, code=code, password=PASSWORD, again=PASSWORD)
        page = session.post("/sign-in/", login=number, password=PASSWORD)
        secret = re.search(r"[A-Z2-7]{32}", page)
        assert secret is not None, text(page)
        session.post("/codes/set-up/", page=page, code=code_for(secret[0]))
        return session


class Browser:
    """Requests as a browser sends them: cookies, origin, the form's token."""

    def __init__(self, address: str, authority: Path) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        self.address = address
        self.client = httpx.Client(
            base_url=address, verify=context, follow_redirects=True, timeout=60, headers={"Origin": address}
        )

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, text(answer.text))
        return answer.text

    def post(self, path: str, status: int = 200, page: str = "", **values: Any) -> str:
        """Fill in the form of an address (or of the `page` that is open) and send it."""
        token = TOKEN.search(page or self.get(path))
        assert token is not None, path
        answer = self.client.post(
            path, data={"csrfmiddlewaretoken": token[1], **values}, headers={"Referer": self.address + path}
        )
        assert answer.status_code == status, (path, answer.status_code, text(answer.text))
        return answer.text


def text(page: str) -> str:
    """What is read on a page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def code_in(words: str) -> str:
    """The enrolment code in a command's words or on a page."""
    match = CODE.search(words)
    assert match is not None, text(words)
    return match[0]


@contextmanager
def machines(*made: Machine) -> Iterator[None]:
    try:
        yield
    finally:
        for machine in made:
            machine.close()


def eventually(look: Any, expected: str, within: float = WITHIN) -> Any:
    """The first true answer of `look`; a guard against waiting for ever, nothing is measured by it."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if answer := look():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"{expected} did not come")
