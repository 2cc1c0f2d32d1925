"""The outside of a bundle: what stands at the head of each part, and what may be wrong with it.

A bundle is one age file (https://age-encryption.org/v1) cut into parts. Each part is a file of its own: a
head of 164 bytes, then its slice of the age file. The head names no operation, authority, person or node;
who signed it is found by trying the keys of the nodes that we exchange with. docs/exchange-format.md.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

MAGIC = b"libertad.bundle\n"
VERSION = 1
SIGNED = b"libertad bundle part v1\x00"
# magic, version, part, count, nothing | id | bytes in this part, where they begin, bytes in all | SHA-256
FIELDS = struct.Struct(">16sHHHH16sQQQ32s")
HEAD = FIELDS.size + 64 + 4
MOST_PARTS = 9_999


class BadBundle(ValueError):
    """A bundle that is refused as a whole; the message says which part, what is wrong and what to do."""


class Head(NamedTuple):
    """The head of one part; `part` counts from 1, sizes are bytes of the age file."""

    bundle: bytes
    part: int
    of: int
    size: int
    begins: int
    total: int
    digest: bytes

    def fields(self) -> bytes:
        return FIELDS.pack(
            MAGIC,
            VERSION,
            self.part,
            self.of,
            0,
            self.bundle,
            self.size,
            self.begins,
            self.total,
            self.digest,
        )

    def signed(self, seed: bytes) -> bytes:
        """The 164 bytes at the front of the part: fields, signature, checksum of both."""
        fields = self.fields()
        whole = fields + SigningKey(seed).sign(SIGNED + fields).signature
        return whole + struct.pack(">I", zlib.crc32(whole))


def parse(raw: bytes, label: str) -> tuple[Head, bytes]:
    """The head in the first bytes of file `label`, and its signature, not yet verified. BadBundle if torn.

    The checksum is no protection: it only tells a damaged head from one that a stranger signed.
    """
    if not raw or not MAGIC.startswith(raw[: len(MAGIC)]):
        raise BadBundle(_("%(file)s is no part of a bundle: choose another file.") % {"file": label})
    if len(raw) < HEAD:
        raise BadBundle(
            _("%(file)s ends after %(have)s of its first %(want)s bytes: copy it again.")
            % {"file": label, "have": f"{len(raw):,}", "want": f"{HEAD:,}"}
        )
    if zlib.crc32(raw[: HEAD - 4]) != int.from_bytes(raw[HEAD - 4 : HEAD], "big"):
        raise BadBundle(_("The head of %(file)s is damaged: copy it again.") % {"file": label})
    _magic, version, part, count, nothing, *rest = FIELDS.unpack(raw[: FIELDS.size])
    if version != VERSION:
        raise BadBundle(
            _("%(file)s was written by a newer Libertad (bundle version %(version)s): upgrade this node.")
            % {"file": label, "version": version}
        )
    head = Head(rest[0], part, count, *rest[1:])
    if (
        nothing
        or not 1 <= part <= count <= MOST_PARTS
        or head.size < 1
        or head.begins + head.size > head.total
        or (part == 1) != (head.begins == 0)
        or (part == count) != (head.begins + head.size == head.total)
    ):
        raise BadBundle(
            _("The head of %(file)s contradicts itself: ask for the bundle again.") % {"file": label}
        )
    return head, raw[FIELDS.size : FIELDS.size + 64]


def signer(head: Head, signature: bytes, known: Mapping[str, bytes]) -> str | None:
    """The origin of the known node that signed this head, or None: a stranger wrote it."""
    signed = SIGNED + head.fields()
    for origin, public in known.items():
        try:
            VerifyKey(public).verify(signed, signature)
        except (BadSignatureError, ValueError):
            continue
        return origin
    return None


def refuse_mixed(heads: Mapping[str, Head]) -> None:
    """Raise BadBundle when the files are not of one bundle, named with the parts that each has."""
    ids = sorted({head.bundle for head in heads.values()})
    if len(ids) > 1:
        which = "; ".join(
            ", ".join(sorted(label for label, head in heads.items() if head.bundle == bundle))
            for bundle in ids
        )
        raise BadBundle(
            _("These files are of %(count)s different bundles: read one at a time. They belong so: %(which)s")
            % {"count": len(ids), "which": which}
        )
    if len({(head.of, head.total) for head in heads.values()}) > 1:
        raise BadBundle(_("The parts of this bundle contradict each other: ask for the bundle again."))


def refuse_missing(heads: Mapping[int, Head]) -> None:
    """Raise BadBundle that names every missing part; `heads` is by part number, of one bundle."""
    count = next(iter(heads.values())).of
    missing = [number for number in range(1, count + 1) if number not in heads]
    if missing:
        raise BadBundle(
            ngettext(
                "Part %(parts)s of %(count)s is missing: copy it from the stick or ask for it.",
                "Parts %(parts)s of %(count)s are missing: copy them from the stick or ask for them.",
                len(missing),
            )
            % {"parts": _ranges(missing), "count": count}
        )
    end = 0
    for number in range(1, count + 1):
        if heads[number].begins != end:
            raise BadBundle(_("The parts of this bundle contradict each other: ask for the bundle again."))
        end += heads[number].size


def _ranges(numbers: list[int]) -> str:
    """[2, 3, 4, 7] -> '2-4, 7': a list that stays short when most parts are missing."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)
