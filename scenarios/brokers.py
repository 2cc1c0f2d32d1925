"""Real NATS servers for tests and the replay, from the configuration files that docs/nats.md names."""

from __future__ import annotations

import datetime
import ipaddress
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from nats.aio.client import Client

from libertad.exchange.transport import nats_hub
from libertad.exchange.transport.nats_keys import Credentials, node_credentials
from scenarios.replay.ports import free_ports

DOCUMENTED = Path(__file__).parents[1] / "docs" / "nats"
BINARY = shutil.which("nats-server") or str(Path(os.sys.executable).parent / "nats-server")  # type: ignore[attr-defined]
OPERATOR_SEED = b"operator" * 4
PATIENCE = 300  # seconds: an end for what hangs, never a measure


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, which is its own authority: (certificate, key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "hub.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "hub.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "hub.pem", folder / "hub.key"


async def operator_client(url: str, operator: Credentials, certificate: Path, **options: Any) -> Client:
    """A connection to the hub as who makes its boxes. Raises what nats-py raises when nobody answers."""
    client = Client()
    client._public_nkey = operator.public
    await client.connect(
        servers=url.split(","),
        signature_cb=operator.sign,
        tls=ssl.create_default_context(cafile=str(certificate)),
        **options,
    )
    return client


class Server:
    """One nats-server process; `kill` is kill -9, `start` starts it again on the same ports and store."""

    def __init__(self, folder: Path, config: Path, port: int, environment: dict[str, str]) -> None:
        self.folder, self.port = folder, port
        self.log = folder / f"{config.stem}-{port}.log"
        self._config, self._environment = config, environment
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [BINARY, "-c", str(self._config)],
                env={**os.environ, **self._environment},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(self.log.read_text()[-2000:])

    def reload(self) -> None:
        """Have it read its files anew, as `nats-server --signal reload` does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Brokers:
    """A hub and a leaf for each node: origin -> seed of the node's key."""

    def __init__(self, folder: Path, nodes: dict[str, bytes]) -> None:
        self.folder = folder
        self.credentials = {origin: node_credentials(seed) for origin, seed in nodes.items()}
        self.certificate, key = certificate(folder)
        shutil.copy(DOCUMENTED / "hub.conf", folder)
        self.operator = node_credentials(OPERATOR_SEED)
        self._write_rights()
        port, self.leaf_port = free_ports(2)
        self.hub = Server(
            folder,
            folder / "hub.conf",
            port,
            {
                "LBT_HUB_NAME": "hub1",
                "LBT_HUB_LISTEN": f"127.0.0.1:{port}",
                "LBT_HUB_LEAF_LISTEN": f"127.0.0.1:{self.leaf_port}",
                "LBT_HUB_STORE": str(folder / "hub-store"),
                "LBT_TLS_CERT": str(self.certificate),
                "LBT_TLS_KEY": str(key),
            },
        )
        self.leaves: dict[str, Server] = {}

    def _write_rights(self) -> None:
        nkeys = {origin: one.public for origin, one in self.credentials.items()}
        (self.folder / "authorities.conf").write_text(nats_hub.users(nkeys, self.operator.public))

    def know(self, origin: str, credentials: Credentials) -> None:
        """A node is added: its line is written, and the hub reads its rights anew. Its box is not made."""
        self.credentials[origin] = credentials
        self._write_rights()
        self.hub.reload()

    def leaf(self, origin: str, hub_port: int = 0) -> Server:
        """The leaf of this node, started at first use; `hub_port`: where it meets the hub, if by a link."""
        if origin not in self.leaves:
            number, (port,) = len(self.leaves) + 1, free_ports(1)
            credentials = self.credentials[origin]
            folder = self.folder / f"leaf{number}"
            folder.mkdir()
            shutil.copy(DOCUMENTED / "leaf.conf", folder)
            (folder / "leaf.key").write_text(f"nkey: {credentials.secret()}\n")
            self.leaves[origin] = Server(
                folder,
                folder / "leaf.conf",
                port,
                {
                    "LBT_LEAF_NAME": f"leaf{number}",
                    "LBT_LEAF_LISTEN": f"127.0.0.1:{port}",
                    "LBT_LEAF_STORE": str(folder / "store"),
                    "LBT_LEAF_DOMAIN": f"leaf{number}",
                    "LBT_NODE_NKEY": credentials.public,
                    "LBT_HUB_URLS": f'[ "tls://127.0.0.1:{hub_port or self.leaf_port}" ]',
                    "LBT_TLS_CA": str(self.certificate),
                },
            )
        return self.leaves[origin]

    @property
    def hub_url(self) -> str:
        return f"tls://127.0.0.1:{self.hub.port}"

    def leaf_url(self, origin: str) -> str:
        return f"nats://127.0.0.1:{self.leaf(origin).port}"

    def stop(self) -> None:
        for server in (self.hub, *self.leaves.values()):
            server.kill()
