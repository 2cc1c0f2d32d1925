"""The way of a parcel: opened, stored, answered. By the network, and from a file that somebody carried."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from libertad.exchange.sending import attachment_sync
from libertad.field import app_files, parcels, recipients, taking, talk
from libertad.field.taking import Outcome
from libertad.journal import chunks, clock
from libertad.journal.fields import to_ms
from libertad.journal.node import Node

logger = logging.getLogger("libertad.field")
WANTED = "select here from journal_chunk where hash = ? order by here desc"


def answer(here: Node, body: bytes) -> bytes:
    """The sealed answer to a parcel; all that it names as stored, known, held or waiting is durable."""
    question = talk.read(here, talk.HAND_OVER, body)
    parcel = parcels.read(here, question.plain)
    outcome = here.writer.submit(lambda tx: taking.take(tx, parcel)) if parcel.offered else Outcome()
    outcome.refused |= parcel.refused
    return question.answer(_content(here, parcel.number, outcome, _chunks(here, parcel.chunks)))


def _content(here: Node, number: int, outcome: Outcome, present: list[str]) -> dict[str, Any]:
    keys = recipients.newest(here, outcome.authorities)
    if keys:
        here.writer.submit(lambda tx: recipients.note(tx, keys))
    return {
        "v": 1,
        "now": to_ms(clock.now()),
        "confirms": number,
        "logs": [
            {"device": device, "compartment": file, "next": following}
            for (device, file), following in sorted(outcome.logs.items())
        ],
        "known": outcome.known,
        "stored": outcome.stored,
        "held": _reasons(outcome.held),
        "waits": _reasons(outcome.waits),
        "gaps": sorted(outcome.gaps),
        "missing": sorted(outcome.missing),
        "chunks": present,
        "refused": _reasons(outcome.refused),
        "recipients": recipients.as_listed(keys),
        "app": {"version": app_files.version()},
    }


def _reasons(entries: dict[str, str]) -> list[dict[str, str]]:
    return [{"entry": entry, "why": _(why)} for entry, why in entries.items()]


def _chunks(here: Node, pieces: Iterable[bytes]) -> list[str]:
    """Chunks of attachments whose entries are here: stored before they are said to be. Others are passed
    over, so that nobody fills the disk."""
    present = []
    for piece in pieces:
        name = hashlib.sha256(piece).hexdigest()
        row = here.sql().first(WANTED, (name,))
        if row is None:
            continue
        if not row[0]:
            try:
                chunks.store(here.home, piece)
            except OSError as why:
                logger.warning("a chunk of a phone is not kept: %s", why.strerror or "the disk")
                continue
            here.writer.submit(lambda tx, name=name: attachment_sync.arrived(tx, here, name))  # type: ignore[misc]
        present.append(name)
    return present
