"""Step 3 of docs/deployment.md: what its frames make is believed by strict TLS, and says no more."""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text("utf-8")
FRAMES = re.findall(r"^```sh (\S+)\n(.*?)^```$", PAGE, re.M | re.S)
HOST = "node.example"
SECTION = "[v]\nsubjectAltName=DNS:other.example\nbasicConstraints=critical,CA:TRUE\n"


def frame(label: str, holding: str) -> str:
    (script,) = [str(script) for name, script in FRAMES if name == label and holding in script]
    return script


def type_frame(folder: Path, script: str) -> None:
    script = re.sub(r"\bHOST\b", HOST, script.replace("/srv/libertad", str(folder)))
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, (script, done.stderr)


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    """The folder in which the page's own authority lies, with a request of a node."""
    type_frame(tmp_path, frame("centre", "-x509"))
    type_frame(tmp_path, frame("each", "-newkey"))
    return tmp_path / "tls"


def extensions(certificate: Path) -> str:
    command = ["openssl", "x509", "-in", str(certificate), "-noout", "-text"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_strict_peer_believes_the_certificate(tls: Path) -> None:
    """Python 3.13 asks for it by default; here it is asked for on every version."""
    type_frame(tls.parent, frame("centre-for-each", "-req"))
    with ThreadPoolExecutor(1) as thread:  # a browser's test leaves its loop running in this one
        thread.submit(asyncio.run, shake_hands(tls)).result()
    # Older openssl puts it only where it is asked for.
    assert "Authority Key Identifier" in extensions(tls / f"{HOST}.pem")


async def shake_hands(tls: Path) -> None:
    answering = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    answering.load_cert_chain(tls / f"{HOST}.pem", tls / "node.key")
    asking = ssl.create_default_context(cafile=str(tls / "ca.pem"))
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    server = await asyncio.start_server(lambda _r, writer: writer.close(), "127.0.0.1", 0, ssl=answering)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=asking, server_hostname=HOST)
        writer.close()


def test_a_request_for_more_than_the_own_name_gets_no_more(tls: Path) -> None:
    """A member that asks to be an authority, or to be somebody else, would answer in the others' names."""
    (tls / "bad.cnf").write_text(f"[req]\ndistinguished_name=d\nreq_extensions=v\n[d]\n{SECTION}")
    subprocess.run(
        [
            "openssl",
            "req",
            "-new",
            "-key",
            "node.key",
            "-subj",
            f"/CN={HOST}",
            "-config",
            "bad.cnf",
            "-out",
            f"{HOST}.csr",
        ],
        cwd=tls,
        check=True,
        capture_output=True,
    )
    type_frame(tls.parent, frame("centre-for-each", "-req"))
    text = extensions(tls / f"{HOST}.pem")
    assert "CA:TRUE" not in text and "CA:FALSE" in text
    assert re.findall(r"DNS:(\S+)", text) == [HOST]
