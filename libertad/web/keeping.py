"""Indexes in memory, built once a ring is open and kept up to date beside the pages that ask them; and what
pages left unfinished, deleted when its time is over."""

from __future__ import annotations

import logging

from libertad.access import amounts, guest_amounts, upload_parts
from libertad.care import overview
from libertad.field.actions import bring
from libertad.journal.periodic import Periodic
from libertad.people import names
from libertad.web import finding

logger = logging.getLogger("libertad.web")
EVERY = 2.0  # seconds until a ring that was opened, or an entry, is noticed; who asks before takes it up
KEPT = (
    ("libertad-names", names.keep, "names: the index could not be kept"),
    ("libertad-care", overview.keep, "care: the index could not be kept"),
    ("libertad-amounts", amounts.keep, "amounts: what officers opened could not be counted"),
    ("libertad-guests", guest_amounts.keep, "amounts: what others opened could not be counted"),
    ("libertad-uploads", upload_parts.keep, "attachments: what was not finished could not be deleted"),
    ("libertad-brought", bring.keep, "what ODK brought: what is over could not be deleted"),
    ("libertad-find", finding.keep, "find: the index could not be kept"),
)

_keepers: list[Periodic] = []


def start() -> None:
    """Begin to keep this process's indexes."""
    if not _keepers:
        for name, keep, failure in KEPT:
            _keepers.append(Periodic(name, EVERY, keep, logger, failure, at_once=True).start())


def stop() -> None:
    while _keepers:
        _keepers.pop().stop()
