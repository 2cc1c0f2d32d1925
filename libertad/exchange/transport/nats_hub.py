"""What the operator of the hub sets up for each authority's node: rights, and a stream to keep its mail.

Rule: a node may put mail into every box and take it out of its own alone; it may make, change, look at or
list no stream or consumer. docs/nats.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    Placement,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from .nats_frame import inbox, subject

DOMAIN = "hub"
CONSUMER = "mail"
BACKOFF = (30.0, 60.0, 120.0, 300.0, 600.0)
"""Seconds until mail that was not acknowledged comes again; the last for ever after."""
MOST_BYTES = 256 * 1024**2
"""Of a box: a server puts as much by for each, and takes no further box where `max_file_store` has no more
room (docs/nats/hub.conf): more than 200 go on one server, or on each of a cluster's."""
MOST_AGE = 30 * 86_400.0


def stream(origin: str) -> str:
    return f"LBT_{inbox(origin)}"


def rights(origin: str) -> dict[str, list[str]]:
    """What the node of this origin may publish and subscribe to, directly or through its leaf."""
    box = stream(origin)
    apis = ("$JS.API", f"$JS.{DOMAIN}.API")
    asks = ("INFO", f"CONSUMER.MSG.NEXT.{box}.{CONSUMER}", f"CONSUMER.INFO.{box}.{CONSUMER}")
    return {
        "publish": [
            "lbt.*",
            *(f"{api}.{ask}" for api in apis for ask in asks),
            f"$JS.ACK.{box}.{CONSUMER}.>",
            f"$JS.ACK.*.*.{box}.{CONSUMER}.>",
        ],
        "subscribe": [f"_INBOX_{inbox(origin)}.>"],
    }


def users(nkeys: Mapping[str, str], operator: str) -> str:
    """The file 'authorities.conf' that hub.conf includes: origin -> public nkey, and the operator's nkey."""
    lines = [
        "# Written by Libertad: one user a node. A node fills every box and empties its own alone.",
        "users = [",
    ]
    lines.append(f"  {{ nkey: {operator} }} # the operator: makes the boxes")
    for origin, nkey in sorted(nkeys.items()):
        allowed = rights(origin)
        lines.append(f"  {{ nkey: {nkey}, permissions: {{ # {origin}")
        for verb, subjects in allowed.items():
            lines.append(f"    {verb}: {{ allow: {json.dumps(subjects)} }}")
        lines.append("  } }")
    return "\n".join([*lines, "]", ""])


async def provide(
    hub: JetStreamContext,
    origins: Iterable[str],
    *,
    replicas: int = 1,
    cluster: str | None = None,
    backoff: Sequence[float] = BACKOFF,
) -> None:
    """Make or bring up to date the box of each node; `cluster` places it (its region's hub).

    A full box refuses more mail (the sender keeps it and tries again) and never drops old mail for new.
    """
    for origin in origins:
        await _stream(
            hub,
            StreamConfig(
                name=stream(origin),
                subjects=[subject(origin)],
                retention=RetentionPolicy.WORK_QUEUE,
                storage=StorageType.FILE,
                discard=DiscardPolicy.NEW,
                max_bytes=MOST_BYTES,
                max_age=MOST_AGE,
                num_replicas=replicas,
                placement=Placement(cluster=cluster) if cluster else None,
                allow_direct=False,
            ),
        )
        await hub.add_consumer(
            stream(origin),
            ConsumerConfig(
                durable_name=CONSUMER,
                ack_policy=AckPolicy.EXPLICIT,
                max_deliver=-1,
                backoff=list(backoff),
                max_ack_pending=64,
            ),
        )


async def _stream(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        await js.update_stream(config)
    except NotFoundError:
        await js.add_stream(config)


async def queue(leaf: JetStreamContext, name: str, subjects: list[str], maximum: int) -> None:
    """Make the queue of an authority's own leaf: mail waits there while the link is down."""
    await _stream(
        leaf,
        StreamConfig(
            name=name,
            subjects=subjects,
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_bytes=maximum,
        ),
    )
