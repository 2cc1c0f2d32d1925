"""Attach a picture or document to what a file is about. Its sealed chunks are on the disk before."""

from __future__ import annotations

import time

from libertad.access import features
from libertad.access.acting import Act, action
from libertad.access.models import Reader
from libertad.journal import chunks
from libertad.journal.chunks import Sealed
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.attachments import USUAL_BYTES, AttachmentAdd

OLDER = marked(
    "is above 20 MB, which the node of somebody who reads this file does not take before it is updated: "
    "make it smaller, or cut it into parts and add each"
)


@action("attachment.add")
def add_attachment(
    act: Act, *, compartment: str, about: str, name: str, media: str, sealed: Sealed, priority: int = 3
) -> str:
    """Returns the entry's hash, by which the attachment is known. `about`: what it belongs to in that file.

    Whoever calls removes the chunks again when this is refused.
    """
    if sealed.size > USUAL_BYTES:
        _check_nodes(act, compartment)
    content = AttachmentAdd(
        about=about,
        name=name,
        media=media,
        size=sealed.size,
        key=sealed.key.hex(),
        digest=sealed.digest,
        chunks=len(sealed.hashes),
        priority=priority,
    )
    entry = act.say(compartment, content, subject=about, supersedes={})
    since = time.time_ns() // 1_000_000
    listed = (sealed.digest, chunks.LIST, sealed.digest, compartment, priority, since, True)
    act.tx.sql.run_many(
        chunks.PUT,
        [listed, *chunks.rows(sealed.digest, sealed.hashes, compartment, priority, since, True)],
    )
    return entry


def _check_nodes(act: Act, compartment: str) -> None:
    """Refused where a reader's node takes no file of this size: its entry would be lost on it."""
    readers = (row["authority"] for row in act.find(Reader, compartment=compartment))
    if features.unknowing(act.node, act.tx.sql, readers, "large"):
        raise Refused("file", OLDER)
