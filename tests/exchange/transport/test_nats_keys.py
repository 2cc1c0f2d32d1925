"""A node's key for its broker is made from its own, and is not it."""

from __future__ import annotations

import pytest

from libertad.exchange.transport.nats_keys import Credentials, node_credentials, read_credentials
from libertad.journal.checkpoint import Signer

LYON = Signer(b"l" * 32)


def test_the_nkey_is_not_the_node_key_and_a_credentials_file_is_read(tmp_path):
    own = node_credentials(LYON.seed)
    assert own.seed != LYON.seed and own.public[0] == "U" and own.secret()[:2] == "SU"
    path = tmp_path / "lyon.creds"
    path.write_text(
        "-----BEGIN NATS USER JWT-----\neyJ0.e30.sig\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{own.secret()}\n------END USER NKEY SEED------\n"
    )
    assert read_credentials(path) == Credentials(own.seed, "eyJ0.e30.sig")
    path.write_text(path.read_text().replace(own.secret(), own.secret()[:-1] + "7"))
    with pytest.raises(ValueError, match="nkey"):
        read_credentials(path)
