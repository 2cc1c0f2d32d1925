"""Tables of the journal, and `ReadModel`, the base of every room's tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from django.db import models

from libertad.journal.fields import SealedField, from_ms, moment_value


class Entry(models.Model):
    """One entry in the order received. `body` is null once its compartment was erased.

    `place`: where it is in the tree of its side (`trees.py`).
    """

    idx = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField(unique=True, max_length=32)
    device = models.BinaryField(max_length=16)
    compartment = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    header = models.BinaryField()
    signature = models.BinaryField()
    body = models.BinaryField(null=True)
    place = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "journal_entry"
        constraints = [
            models.UniqueConstraint(fields=["compartment", "device", "seq"], name="journal_no_fork")
        ]


class Touch(models.Model):
    """Which entries make up which row of a read model ('people.Person:<id>')."""

    pk = models.CompositePrimaryKey("key", "entry")
    key = models.CharField(max_length=160)
    entry = models.BigIntegerField()

    class Meta:
        db_table = "journal_touch"


class Rules(models.Model):
    """By which rules (`formats.RULES`) everything on file was judged and folded last; one row."""

    id = models.IntegerField(primary_key=True)
    number = models.BigIntegerField()

    class Meta:
        db_table = "journal_rules"


class Held(models.Model):
    """An entry of another authority that is kept and passed on, but folded into no row (quarantine)."""

    idx = models.BigIntegerField(primary_key=True)
    reason = models.CharField(max_length=20)
    detail = models.CharField(max_length=200, blank=True, default="")
    since = models.BigIntegerField()  # ms

    class Meta:
        db_table = "journal_held"


class Chunk(models.Model):
    """A sealed chunk of an attached file, in `home/attachments` if it is `here`; place -1 is the list of all.

    Hashes are hex. Highest priority is fetched first.
    """

    pk = models.CompositePrimaryKey("digest", "place")
    digest = models.CharField(max_length=64)
    place = models.IntegerField()
    hash = models.CharField(max_length=64, db_index=True)
    compartment = models.CharField(max_length=32, db_index=True)
    priority = models.IntegerField()
    since = models.BigIntegerField()  # ms
    here = models.BooleanField()

    class Meta:
        db_table = "journal_chunk"
        indexes = [
            models.Index(
                fields=["priority", "since"], name="journal_chunk_wanted", condition=models.Q(here=False)
            )
        ]


class KeyCopy(models.Model):
    """A key of a ring, sealed under the root that the ring had in this generation (`key_copies.py`)."""

    pk = models.CompositePrimaryKey("authority", "key_id")
    authority = models.CharField(max_length=32)
    key_id = models.BinaryField(max_length=32)
    generation = models.BigIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "journal_key_copy"


class Tile(models.Model):
    """Hash of a complete subtree of 2**level leaves (levels 8, 16, 24): proofs read few rows."""

    pk = models.CompositePrimaryKey("level", "position")
    level = models.IntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "journal_tile"


class Succession(models.Model):
    """A device key of this node that took another's place after a restore, and the old one's word for it."""

    device = models.BinaryField(primary_key=True, max_length=16)
    authority = models.CharField(max_length=32)
    origin = models.CharField(max_length=32)
    before = models.CharField(max_length=32)
    slip = models.BinaryField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "journal_succession"


class Head(models.Model):
    """A tree's size and right edge after the last commit; a row for each (`trees.HEAD`)."""

    id = models.IntegerField(primary_key=True)
    size = models.BigIntegerField()
    frontier = models.BinaryField()

    class Meta:
        db_table = "journal_head"


class Device(models.Model):
    """Public keys by their device id (which is derived from the key), and whose they are."""

    id = models.BinaryField(primary_key=True, max_length=16)
    public = models.BinaryField(max_length=32)
    authority = models.CharField(max_length=32)

    class Meta:
        db_table = "journal_device"


class Signed(models.Model):
    """Checkpoints signed by this node, by size; those of care's tree stand `trees.BASE` higher."""

    size = models.BigIntegerField(primary_key=True)
    text = models.TextField()

    class Meta:
        db_table = "journal_signed"


class ReadModel(models.Model):
    """A row computed from entries. Never written by a screen; thrown away and rebuilt at will."""

    id = models.CharField(primary_key=True, max_length=96)
    compartment = models.CharField(max_length=32, db_index=True)
    operation = models.CharField(max_length=32, blank=True, default="")
    provenance = models.CharField(max_length=12, blank=True, default="")
    sealed = SealedField(null=True)

    class Meta:
        abstract = True

    # Whether all of a row but its keys is sealed, in lengths that tell little: of what a copied database must
    # not tell. Its columns are then `SealedColumn`s, and how many rows there are is what stays in the clear.
    CLOSED: ClassVar[bool] = False
    # Bytes of a closed row before it is sealed: most of what is said fits, also nothing.
    LEAST: ClassVar[int] = 1024
    # What was opened of this row, and for which authority (`access.queries.Readable`).
    opened_for: tuple[str, Mapping[str, Any]] | None = None


class NotOpened(Exception):
    """A sealed column was asked of a row that nobody's ring has opened."""


class SealedColumn:
    """A column that lies in the row's sealed bytes and not in the database. `moment`: kept as milliseconds.

    Read like any other of a row that `readable` gave; NotOpened of one that came otherwise. No question to
    the database can name it.
    """

    def __init__(self, default: Any = "", *, moment: bool = False) -> None:
        self.default, self.moment = default, moment
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: ReadModel | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        if row.opened_for is None:
            raise NotOpened(f"{row._meta.label}.{self.name}")
        return row.opened_for[1][self.name]

    def packed(self, value: Any) -> Any:
        """As it is sealed."""
        return moment_value(value) if self.moment else value

    def unpacked(self, value: Any) -> Any:
        """What was sealed, as a row gives it."""
        return from_ms(value) if self.moment and value is not None else value


@cache
def sealed_columns(model: type[ReadModel]) -> Mapping[str, SealedColumn]:
    """A model's columns that lie in its sealed bytes, by name."""
    listed: dict[str, SealedColumn] = {}
    for owner in reversed(model.__mro__):
        listed |= {name: item for name, item in vars(owner).items() if isinstance(item, SealedColumn)}
    return listed


def unpacked(model: type[ReadModel], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an opened row; one that this version added has its default."""
    return {
        name: column.unpacked(kept[name]) if name in kept else column.default
        for name, column in sealed_columns(model).items()
    }
