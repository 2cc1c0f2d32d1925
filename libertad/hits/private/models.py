"""Tables of asking in private. Outside the journal: marks are made anew from records, logs are kept.

Times are milliseconds since 1970, UTC. No name, number or birth is in any of them, nor a hash of one: marks
are a PRF's output under a key that lies sealed in the ring.
"""

from __future__ import annotations

from django.db import models


class Owner(models.Model):
    """An authority here that answers, with its epoch. `key_id` names the seed in the ring; `operation`: from
    whose records, also after a restore, when the ring has no seed ('' from before there were several)."""

    authority = models.CharField(max_length=32, primary_key=True)
    contact = models.CharField(max_length=200)
    epoch = models.BigIntegerField()
    key_id = models.BinaryField(max_length=16)
    begun = models.BigIntegerField()
    published = models.BigIntegerField(default=0)  # when the newest part was made
    officer = models.CharField(max_length=32)
    operation = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        db_table = "hits_private_owner"


class Kept(models.Model):
    """A record whose marks are here. `digest`, keyed by the epoch's seed, shows later what changed."""

    id = models.BigIntegerField(primary_key=True)
    authority = models.CharField(max_length=32)
    epoch = models.BigIntegerField()
    ref = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=8)

    class Meta:
        db_table = "hits_private_kept"
        constraints = [
            models.UniqueConstraint(fields=["ref", "authority", "epoch"], name="hits_private_kept_once")
        ]


class Mark(models.Model):
    """By which of our records (`Kept`) a mark is held.

    `proof`: of who has the token and not the mark alone, keyed by the epoch's seed.
    """

    pk = models.CompositePrimaryKey("epoch", "mark", "record")
    epoch = models.BigIntegerField()
    mark = models.BigIntegerField()
    record = models.BigIntegerField(db_index=True)
    proof = models.BinaryField(max_length=8)

    class Meta:
        db_table = "hits_private_mark"


class Waiting(models.Model):
    """Marks that are in no part yet."""

    pk = models.CompositePrimaryKey("authority", "epoch", "mark")
    authority = models.CharField(max_length=32)
    epoch = models.BigIntegerField()
    mark = models.BigIntegerField()

    class Meta:
        db_table = "hits_private_waiting"


class Part(models.Model):
    """A part of a filter: of an authority here as it was published, or of another as it came."""

    pk = models.CompositePrimaryKey("authority", "epoch", "number")
    authority = models.CharField(max_length=32)
    epoch = models.BigIntegerField()
    number = models.IntegerField()
    marks = models.BinaryField()

    class Meta:
        db_table = "hits_private_part"


class Terms(models.Model):
    """What another authority told of itself: its epoch, the public keys of it, whom to call."""

    authority = models.CharField(max_length=32, primary_key=True)
    epoch = models.BigIntegerField()
    publics = models.BinaryField()
    contact = models.CharField(max_length=200)
    at = models.BigIntegerField()

    class Meta:
        db_table = "hits_private_terms"


class Admitted(models.Model):
    """Who may ask an authority here, and how much: `quotas` as JSON, kind -> [a day, 30 days]."""

    pk = models.CompositePrimaryKey("authority", "peer")
    authority = models.CharField(max_length=32)
    peer = models.CharField(max_length=32)
    quotas = models.TextField()
    officer = models.CharField(max_length=32)
    reason = models.CharField(max_length=300)
    at = models.BigIntegerField()

    class Meta:
        db_table = "hits_private_admitted"


class Answered(models.Model):
    """The owner's log: so many evaluations of one kind, for whom and for which case, before they were made.

    `what`: 'evaluated', 'opened', or 'met' with the record in `ref`. `bond` binds the asking officer, whom
    only the asker's log names.
    """

    id = models.CharField(max_length=32, primary_key=True)
    at = models.BigIntegerField()
    authority = models.CharField(max_length=32)
    peer = models.CharField(max_length=32)
    counter = models.BigIntegerField()
    about = models.CharField(max_length=64)  # reference of the case
    bond = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=12)
    count = models.IntegerField()
    what = models.CharField(max_length=12)
    ref = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        db_table = "hits_private_answered"
        indexes = [models.Index(fields=["authority", "peer", "at"], name="hits_private_answered_at")]


class Spent(models.Model):
    """What a peer has had evaluated, by kind and hour (hours since 1970): the quotas are kept by it."""

    pk = models.CompositePrimaryKey("authority", "peer", "kind", "hour")
    authority = models.CharField(max_length=32)
    peer = models.CharField(max_length=32)
    kind = models.CharField(max_length=12)
    hour = models.IntegerField()
    count = models.BigIntegerField()

    class Meta:
        db_table = "hits_private_spent"


class Asked(models.Model):
    """The asker's log, one line an owner, written before the question leaves; `what` and `bits` come after.

    `counts` as JSON, kind -> evaluations. `salt` with officer and case gives the bond that the owner has.
    """

    id = models.CharField(max_length=32, primary_key=True)
    at = models.BigIntegerField()
    authority = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    about = models.CharField(max_length=64)  # reference of the case
    owner = models.CharField(max_length=32)
    counter = models.BigIntegerField()
    counts = models.TextField()
    salt = models.BinaryField(max_length=16)
    what = models.CharField(max_length=12)
    bits = models.FloatField(null=True)

    class Meta:
        db_table = "hits_private_asked"
        indexes = [models.Index(fields=["authority", "at"], name="hits_private_asked_at")]


class Alarm(models.Model):
    """What an owner must know: one line a peer, kind of trouble and day, however often it happened."""

    pk = models.CompositePrimaryKey("authority", "peer", "what", "day")
    authority = models.CharField(max_length=32)
    peer = models.CharField(max_length=32)
    what = models.CharField(max_length=16)
    day = models.IntegerField()  # days since 1970
    times = models.IntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    settled = models.BigIntegerField(null=True)
    settled_by = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        db_table = "hits_private_alarm"


class Counter(models.Model):
    """Questions between us and a node are numbered, across starts: no copy of one is answered.

    All numbers up to `came` have been heard, or may be no more; of later ones those in `lately` (8 bytes
    each): two that are asked at once may overtake each other on their way.
    """

    origin = models.CharField(max_length=32, primary_key=True)
    came = models.BigIntegerField(default=0)
    lately = models.BinaryField(default=b"")
    went = models.BigIntegerField(default=0)

    class Meta:
        db_table = "hits_private_counter"
