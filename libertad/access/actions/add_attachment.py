"""Attach a picture or document to what a file is about. Its sealed chunks are on the disk before."""

from __future__ import annotations

import time

from libertad.access.acting import Act, action
from libertad.journal import chunks
from libertad.journal.chunks import Sealed
from libertad.vocabulary.verbs.attachments import AttachmentAdd


@action("attachment.add")
def add_attachment(
    act: Act, *, compartment: str, about: str, name: str, media: str, sealed: Sealed, priority: int = 3
) -> str:
    """Returns the entry's hash, by which the attachment is known. `about`: what it belongs to in that file.

    Whoever calls removes the chunks again when this is refused.
    """
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
