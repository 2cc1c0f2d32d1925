"""One look at the broker, for `libertad doctor`: does it answer us, is it a leaf, is our box on the hub?"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nats.aio.client import Client

from .nats_hub import CONSUMER, DOMAIN, stream
from .nats_keys import Credentials, node_credentials
from .nats_mail import UNREACHABLE, connect
from .nats_transport import named_in

SECONDS = 10.0


class Probe(NamedTuple):
    """`error`: why no broker answers us; `hub`: the hub answers through it; `box`: ours is there."""

    error: str = ""
    through_leaf: bool = False
    hub: bool = False
    box: bool = False

    @property
    def connected(self) -> bool:
        return not self.error


def probe(origin: str, seed: bytes, environment: Mapping[str, str] = os.environ) -> Probe:
    """Connect as the node of this origin would, and close. `LIBERTAD_NATS_URL` must be set."""
    try:
        named, ca = named_in(environment)
        credentials = named or node_credentials(seed)
    except (OSError, ValueError) as why:
        return Probe(str(why))
    url = environment["LIBERTAD_NATS_URL"]
    try:
        return asyncio.run(asyncio.wait_for(_look(url, origin, credentials, ca), 3 * SECONDS))
    except UNREACHABLE as why:
        return Probe(str(why) or "it does not answer in time")
    except Exception as why:  # an address that is none
        return Probe(f"{type(why).__name__}: {why}")


async def _look(url: str, origin: str, credentials: Credentials, ca: Path | None) -> Probe:
    client = Client()
    await connect(
        client,
        url,
        origin,
        credentials,
        ca,
        allow_reconnect=False,
        connect_timeout=int(SECONDS),
        error_cb=_ignore_error,
    )
    try:
        own = client.jetstream(timeout=SECONDS)
        leaf = (await own.account_info()).domain != DOMAIN
        hub = client.jetstream(domain=DOMAIN, timeout=SECONDS) if leaf else own
        try:
            await hub.account_info()
        except UNREACHABLE:
            return Probe(through_leaf=leaf)
        try:
            await hub.consumer_info(stream(origin), CONSUMER)
        except UNREACHABLE:
            return Probe(through_leaf=leaf, hub=True)
        return Probe(through_leaf=leaf, hub=True, box=True)
    finally:
        await client.close()


async def _ignore_error(_error: Exception) -> None:
    """It is raised as well."""
