"""Whose certificate a node believes when it asks a peer: of no unknown authority, of no other name."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from libertad.exchange.transport.http import trip, trusted
from tests.support.fronts import Behind, listening
from tests.support.outside import Proxy, certificates


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tls")
    certificates(made)
    return made


@contextmanager
def answering(certificate: Path, key: Path) -> Iterator[str]:
    """The address of something that shows this certificate."""
    with listening() as inner:
        proxy = Proxy(certificate, key, inner)
        try:
            yield f"https://localhost:{proxy.port}"
        finally:
            proxy.close()


def ask(address: str) -> None:
    list(trip(address, within=5)(b"ask"))


def test_an_authority_that_nobody_named_is_not_believed(folder: Path) -> None:
    with (
        answering(folder / "node.pem", folder / "node.key") as address,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ask(address)


def test_the_operations_own_authority_is_believed(folder: Path, settings: Any) -> None:
    settings.LIBERTAD_EXCHANGE_CA = str(folder / "ca.pem")
    with answering(folder / "node.pem", folder / "node.key") as address:
        before = len(Behind.seen)
        with pytest.raises(ConnectionError, match="cut off"):  # what it says is no answer of a node
            ask(address)
        assert len(Behind.seen) == before + 1, "it was asked"


def test_a_certificate_of_another_name_is_not_believed(folder: Path, settings: Any, tmp_path: Path) -> None:
    settings.LIBERTAD_EXCHANGE_CA = str(folder / "ca.pem")
    (tmp_path / "other.ext").write_text(
        "subjectAltName=DNS:other.example\nbasicConstraints=critical,CA:FALSE\n"
    )
    command = "openssl x509 -req -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 "
    command += f"-extfile {tmp_path}/other.ext -out {tmp_path}/other.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    with (
        answering(tmp_path / "other.pem", folder / "node.key") as address,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        ask(address)


def test_no_tls_older_than_1_2_is_spoken() -> None:
    context = trusted()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
