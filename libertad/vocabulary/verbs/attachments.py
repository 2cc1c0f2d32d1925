"""Pictures, documents and recordings. They lie beside the journal in sealed chunks; an entry has the key."""

from __future__ import annotations

import re

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused

MOST_BYTES = 100 * 1024 * 1024
# What every node takes; more only where all nodes of a file's readers know it (`formats.FEATURES`, "large").
USUAL_BYTES = 20 * 1024 * 1024
CHUNK = 64 * 1024
PLAIN = CHUNK - 16  # bytes of the file in one chunk; the rest is AES-GCM's tag


class AttachmentAdd(Verb, frozen=True, kw_only=True):
    """A picture, document or recording of something. `key` opens its chunks, `digest` is over their hashes.

    Whoever destroys the keys of this entry has destroyed the file.
    """

    VERB = "attachment.add"
    SUBJECT = "what it is about"
    CODES = {"media": "media"}
    about: str
    name: str
    media: str
    size: int
    key: str
    digest: str
    chunks: int
    priority: int = 3

    def check(self) -> None:
        if not 0 < self.size <= MOST_BYTES:
            raise Refused("size", "a file has at least 1 byte and at most 100 MB; make it smaller")
        if self.chunks != -(-self.size // PLAIN):
            raise Refused("chunks", "the number of chunks is not the one of its size")
        if not 0 <= self.priority <= 9:
            raise Refused("priority", "is 0 (can wait) to 9 (before all others)")
        for name in ("key", "digest"):
            if not re.fullmatch(r"[0-9a-f]{64}", getattr(self, name)):
                raise Refused(name, "is 32 bytes, written as 64 hexadecimal digits")
        if not self.about.strip() or len(self.about) > 32:
            raise Refused("about", "say what it is about")
        if not self.name.strip() or len(self.name) > 200:
            raise Refused("name", "give it a name of at most 200 letters")
