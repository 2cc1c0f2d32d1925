"""Attaching pictures, documents, sound and video, and reading them: for the screens of every room."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libertad.access.acting import perform
from libertad.access.actions.add_attachment import add_attachment
from libertad.access.actions.open_file import open_file
from libertad.access.actor import Actor
from libertad.access.cleaning import BUSY, NotClean, cleaned
from libertad.access.media_kinds import kind_of
from libertad.access.models import Attachment, Compartment
from libertad.access.queries import authority_names, open_row, readable
from libertad.access.recording_limits import recording_limits
from libertad.journal import chunks
from libertad.journal.models import Chunk
from libertad.journal.node import node
from libertad.look.page_objects import Link
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.attachments import MOST_BYTES, USUAL_BYTES

TOO_LARGE = marked("is empty or above 100 MB: make it smaller")
URGENT, USUAL = 7, 3
LARGE = threading.BoundedSemaphore(1)
# The kind of file whose attachments are evidence, kept byte for byte. Of all others what does not show is
# taken out before it is sealed.
EVIDENCE = "case"


@dataclass(frozen=True)
class About:
    """Something to which files are attached, as its reader sees it."""

    compartment: str
    id: str
    reference: str
    back: Link


@dataclass(frozen=True)
class Attached:
    """An attachment: `have` of `count` chunks are here. `is_evidence`: it lies in a case file."""

    id: str
    about: str
    name: str
    media: str
    size: int
    have: int
    count: int
    at: datetime
    authority: str
    is_evidence: bool = False

    @property
    def here(self) -> bool:
        return self.have == self.count


# Kind -> (actor, id) -> what it is, None alike for none and for one that is not ours. Rooms register theirs.
ABOUT: dict[str, Callable[[Actor, str], About | None]] = {}


@contextmanager
def turn(size: int) -> Iterator[None]:
    """Hold a large file in memory while no other one is. Refused where it would wait for long."""
    if size <= USUAL_BYTES:
        yield
        return
    if not LARGE.acquire(timeout=recording_limits()["turn"]):
        raise Refused("file", BUSY)
    try:
        yield
    finally:
        LARGE.release()


def attach(
    actor: Actor, about: About, *, content: bytes, name: str, priority: int = USUAL, **options: Any
) -> str:
    """Seal the content and attach it; nothing of it is left where that is refused."""
    if not 0 < len(content) <= MOST_BYTES:
        raise Refused("file", TOO_LARGE)
    media, here = kind_of(content), node()
    if not evidence_files([about.compartment]):
        content = _cleaned(content, media)
        media = kind_of(content)  # of sound and video the copy has its own
        if len(content) > MOST_BYTES:
            raise Refused("file", TOO_LARGE)
    try:
        sealed = chunks.seal(here.home, content)
    except OSError as why:
        raise here.explain(why) from why
    try:
        entry = perform(
            actor,
            add_attachment,
            compartment=about.compartment,
            about=about.id,
            name=name,
            media=media,
            sealed=sealed,
            priority=priority,
            **options,
        )
    except BaseException:
        chunks.remove(here.home, (*sealed.hashes, sealed.digest))
        raise
    if not Chunk.objects.filter(digest=sealed.digest).exists():  # the form came twice: it was attached before
        chunks.remove(here.home, (*sealed.hashes, sealed.digest))
    return entry


def _cleaned(content: bytes, media: str) -> bytes:
    try:
        return cleaned(content, media)
    except NotClean as why:
        raise Refused("file", why.rule) from why


def attached(actor: Actor, about: str) -> list[Attached]:
    """What is attached to something, newest first, as far as the actor may read it."""
    rows = list(readable(actor, Attachment).filter(about=about).order_by("-at", "id"))
    names = authority_names() if rows else {}
    evidence = evidence_files(row.compartment for row in rows)
    return [view for view in (_attached_view(actor, row, names, evidence) for row in rows) if view]


def evidence_files(compartments: Iterable[str]) -> frozenset[str]:
    """Those of these files that are a country's case file."""
    places = set(compartments)
    if not places:
        return frozenset()
    return frozenset(Compartment.objects.filter(pk__in=places, kind=EVIDENCE).values_list("pk", flat=True))


def _attached_view(
    actor: Actor, row: Attachment, names: Mapping[str, str], evidence: frozenset[str]
) -> Attached | None:
    words = open_row(actor, row)
    if not words:
        return None
    have = Chunk.objects.filter(digest=row.digest, place__gte=0, here=True).count()
    return Attached(
        row.pk,
        row.about,
        words["name"],
        words["media"],
        words["size"],
        have,
        row.chunks,
        row.at,
        names.get(row.authority, ""),
        row.compartment in evidence,
    )


def attachment(actor: Actor, key: str) -> Attached | None:
    """One attachment; None alike for none and for one that is not ours."""
    row = readable(actor, Attachment, [key]).first()
    return None if row is None else _attached_view(actor, row, {}, evidence_files([row.compartment]))


def opened_content(actor: Actor, key: str) -> bytes:
    """An attachment's bytes. The opening is on file before this returns; Missing or Damaged before it is."""
    row = readable(actor, Attachment, [key]).get()
    words = open_row(actor, row)
    content = chunks.open_content(node().home, row.digest, bytes.fromhex(words["key"]), words["size"])
    perform(actor, open_file, compartment=row.compartment, subject=row.about, page="attachment")
    return content


def shown_content(actor: Actor, attachment: Attached) -> bytes:
    """The same as a reader gets it: what it shows, and nothing else. NotClean."""
    return cleaned(opened_content(actor, attachment.id), attachment.media)


def fetch_again(name: str) -> None:
    """A chunk is damaged or gone: it is asked for again from whoever has it."""
    node().writer.submit(
        lambda tx: tx.sql.run("update journal_chunk set here = ? where hash = ?", (False, name))
    )
