"""Tables of the exchange. Outside the journal: what is lost here is learnt again from the peers.

Times are milliseconds since 1970, UTC. An origin names a node ('libertad/' and 16 hex digits).
"""

from __future__ import annotations

from django.db import models

STATES = (("active", "active"), ("suspended", "suspended"), ("ended", "ended"))


class Peer(models.Model):
    """Another node that we exchange with, and how far we are with it.

    `taken` counts the entries of its tree that we have examined and `peaks` is its tree's right edge there;
    `given` counts those of ours that it has confirmed.
    """

    origin = models.CharField(max_length=32, primary_key=True)
    public = models.BinaryField(max_length=32)
    address = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=12, choices=STATES, default="active")
    taken = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")
    note = models.TextField(blank=True, default="")
    size = models.BigIntegerField(default=0)  # of its tree, as it told last
    given = models.BigIntegerField(default=0)
    contact = models.BigIntegerField(default=0)
    tried = models.BigIntegerField(default=0)
    heard = models.BigIntegerField(default=0)  # when it last asked us
    error = models.CharField(max_length=300, blank=True, default="")
    bytes_in = models.BigIntegerField(default=0)
    bytes_out = models.BigIntegerField(default=0)
    counter_in = models.BigIntegerField(default=0)
    counter_out = models.BigIntegerField(default=0)  # no ask of ours has had a greater one
    noted = models.BigIntegerField(default=0)
    announced = models.BigIntegerField(default=0)
    format = models.BigIntegerField(default=1)  # that its messages state: what it can read

    class Meta:
        db_table = "exchange_peer"


class PeerTree(models.Model):
    """How far we are with another tree of a peer than the open one, whose state stands beside the peer."""

    pk = models.CompositePrimaryKey("origin", "tree")
    origin = models.CharField(max_length=32)
    tree = models.CharField(max_length=8)
    taken = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")
    note = models.TextField(blank=True, default="")
    size = models.BigIntegerField(default=0)
    given = models.BigIntegerField(default=0)

    class Meta:
        db_table = "exchange_peer_tree"


class PeerAuthority(models.Model):
    """Which node hosts an authority; `said`: the journal's word of it that was followed last."""

    authority = models.CharField(max_length=32, primary_key=True)
    origin = models.CharField(max_length=32, db_index=True)
    said = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        db_table = "exchange_peer_authority"


class Recipient(models.Model):
    """The newest recipient key of a foreign authority: what keys are wrapped to."""

    authority = models.CharField(max_length=32, primary_key=True)
    key_id = models.BinaryField(max_length=16)
    public = models.BinaryField()
    made = models.BigIntegerField()

    class Meta:
        db_table = "exchange_recipient"


class Released(models.Model):
    """Keys of a compartment that we gave to a foreign reader; `taken` once it confirmed."""

    pk = models.CompositePrimaryKey("authority", "kid")
    authority = models.CharField(max_length=32)
    kid = models.BinaryField(max_length=32)
    compartment = models.CharField(max_length=32, db_index=True)
    given = models.BigIntegerField()
    taken = models.BigIntegerField(null=True)

    class Meta:
        db_table = "exchange_released"


class Offered(models.Model):
    """A compartment that a peer was told of: its older entries are or were filled in."""

    pk = models.CompositePrimaryKey("origin", "compartment")
    origin = models.CharField(max_length=32)
    compartment = models.CharField(max_length=32)
    word = models.BigIntegerField(default=0)  # see `sending/late_readers.py`; 0 once it confirmed

    class Meta:
        db_table = "exchange_offered"


class Farewell(models.Model):
    """An entry (hash, hex) by which an authority of a peer was removed from an operation: the peer was told
    that it may fetch it."""

    pk = models.CompositePrimaryKey("origin", "entry")
    origin = models.CharField(max_length=32)
    entry = models.CharField(max_length=64)
    word = models.BigIntegerField(default=0)  # as in `Offered`: 0 once it confirmed

    class Meta:
        db_table = "exchange_farewell"


class Want(models.Model):
    """Entries below the cursor that are still to be fetched: of a compartment, from an index on."""

    pk = models.CompositePrimaryKey("origin", "compartment")
    origin = models.CharField(max_length=32)
    compartment = models.CharField(max_length=32)
    since = models.BigIntegerField(default=0)
    again = models.BigIntegerField(default=0)  # not before this moment

    class Meta:
        db_table = "exchange_want"


class Unread(models.Model):
    """A device that signed entries of a peer's tree and that nobody has enrolled; `since`: ms, UTC."""

    device = models.CharField(max_length=32, primary_key=True)
    origin = models.CharField(max_length=32)
    since = models.BigIntegerField()

    class Meta:
        db_table = "exchange_unread"


class Succession(models.Model):
    """A device of another node that took one's place by its slip. `id`: both device ids (hex), with a colon.

    What its authority's revocation of the one before ends includes it. `slip` (none of before 0.2): told to
    the node before, where it still asks.
    """

    id = models.CharField(max_length=65, primary_key=True)
    device = models.CharField(max_length=32)
    before = models.CharField(max_length=32)
    authority = models.CharField(max_length=64, db_index=True)
    slip = models.BinaryField(null=True)

    class Meta:
        db_table = "exchange_succession"


class Opening(models.Model):
    """A compartment whose keys are arriving: should this process end before what they open is folded, the
    next one folds it."""

    compartment = models.CharField(max_length=32, primary_key=True)

    class Meta:
        db_table = "exchange_opening"


class Withheld(models.Model):
    """A file of an older database whose ring has newer epochs than the database has removals of readers.

    Who was removed reads the file by this database: no key is given until the removals came back.
    """

    compartment = models.CharField(max_length=32, primary_key=True)
    number = models.IntegerField()  # of the newest epoch, as the ring has it

    class Meta:
        db_table = "exchange_withheld"


class Mailed(models.Model):
    """Where a parcel ended that was sent to a peer without an answer (mail, bundle), and when."""

    pk = models.CompositePrimaryKey("origin", "end")
    origin = models.CharField(max_length=32)
    end = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "exchange_mailed"


class Asked(models.Model):
    """Older entries of a file that a peer asked for in a letter, and gets with our next."""

    pk = models.CompositePrimaryKey("origin", "compartment")
    origin = models.CharField(max_length=32)
    compartment = models.CharField(max_length=32)
    since = models.BigIntegerField()

    class Meta:
        db_table = "exchange_asked"


class Owed(models.Model):
    """What our next letter to a peer confirms and answers, as a packed word."""

    origin = models.CharField(max_length=32, primary_key=True)
    word = models.BinaryField()

    class Meta:
        db_table = "exchange_owed"


class BundleKey(models.Model):
    """The key to which a peer wants its bundles encrypted ('age1...'), as it told itself."""

    origin = models.CharField(max_length=32, primary_key=True)
    key = models.CharField(max_length=80)

    class Meta:
        db_table = "exchange_bundle_key"


class Heard(models.Model):
    """A checkpoint of a node, as a third one saw it: to be compared with what that node shows us."""

    pk = models.CompositePrimaryKey("origin", "size", "root")
    origin = models.CharField(max_length=32)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    via = models.CharField(max_length=32)
    asked = models.IntegerField(default=0)
    right = models.BooleanField(default=False)

    class Meta:
        db_table = "exchange_heard"


class Cosigned(models.Model):
    """Our newest checkpoint that a peer cosigned."""

    origin = models.CharField(max_length=32, primary_key=True)
    size = models.BigIntegerField()
    note = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "exchange_cosigned"


class Alarm(models.Model):
    """Proof that a node, or a device, told two histories, or that an authority spoke of another's thing;
    `settled` when a person closed it."""

    id = models.CharField(max_length=72, primary_key=True)  # device:compartment, node:size, about:entry
    kind = models.CharField(max_length=12)  # node, device, about, impersonated, rounds
    who = models.CharField(max_length=40)
    proof = models.TextField()
    at = models.BigIntegerField()
    settled = models.BigIntegerField(null=True)
    settled_by = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        db_table = "exchange_alarm"


class Settlement(models.Model):
    """A proposal to settle an alarm as it `stands` (a digest), and what became of it (`settling_rules.py`).
    `second` confirmed or refused it, or reviewed what `officer` settled alone; '' while nobody has."""

    id = models.CharField(max_length=32, primary_key=True)
    alarm = models.CharField(max_length=72, db_index=True)
    stands = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    at = models.BigIntegerField()  # ms, UTC, by the node's clock
    ran = models.BigIntegerField()  # ms that the machine had run, since which start `boot` says
    boot = models.CharField(max_length=40)
    state = models.CharField(max_length=12)
    alone = models.CharField(max_length=300, blank=True, default="")  # why one settled it alone
    settled = models.BigIntegerField(null=True)
    second = models.CharField(max_length=32, blank=True, default="")
    verdict = models.CharField(max_length=12, blank=True, default="")
    answer = models.CharField(max_length=300, blank=True, default="")
    answered = models.BigIntegerField(null=True)

    class Meta:
        db_table = "exchange_settlement"


class Joining(models.Model):
    """Our answer to an invitation, sent until the inviter's node has taken it. Authorities that live on one
    node are each invited by the same."""

    invitation = models.CharField(max_length=32, primary_key=True)
    origin = models.CharField(max_length=32, db_index=True)
    answer = models.BinaryField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "exchange_joining"


class Erasure(models.Model):
    """A request to erase what was shared, and each other holder's answer. An answer is a promise."""

    pk = models.CompositePrimaryKey("request", "authority")
    request = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    asking = models.CharField(max_length=32)
    compartments = models.TextField()
    message = models.BinaryField()
    at = models.BigIntegerField()
    sent = models.BigIntegerField(null=True)
    receipt = models.BinaryField(null=True)
    answer = models.CharField(max_length=40, blank=True, default="")
    answered = models.BigIntegerField(null=True)

    class Meta:
        db_table = "exchange_erasure"


class Decision(models.Model):
    """`about`: a node's origin or an alarm's id; `what`: suspended, active, ended, repaired or settled."""

    id = models.CharField(max_length=32, primary_key=True)
    about = models.CharField(max_length=72, db_index=True)
    what = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32)
    at = models.BigIntegerField()

    class Meta:
        db_table = "exchange_decision"


class Failure(models.Model):
    """What failed last with a peer. `origin`: the peer's, or '' for the broker itself; `way` and `code` are
    of `protocol/failure_codes.py`. Gone once something goes well by that way. Moments in ms, UTC."""

    pk = models.CompositePrimaryKey("origin", "way")
    origin = models.CharField(max_length=32, blank=True)
    way = models.CharField(max_length=12)
    code = models.CharField(max_length=16)
    since = models.BigIntegerField()
    at = models.BigIntegerField()
    times = models.BigIntegerField()

    class Meta:
        db_table = "exchange_failure"


class Invitation(models.Model):
    """One invitation: whom it invites, until when, and which node used it. Times in milliseconds, UTC.

    `token` is the public half of the key that is made from the invitation's secret: with it a node checks
    that another holds the secret, and nobody who reads this table can answer an invitation.
    """

    id = models.CharField(max_length=32, primary_key=True)
    operation = models.CharField(max_length=32)
    inviter = models.CharField(max_length=32)
    officer = models.CharField(max_length=32)
    authority = models.CharField(max_length=32, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=64)
    part = models.CharField(max_length=20)
    token = models.BinaryField(max_length=32)
    made = models.BigIntegerField()
    expires = models.BigIntegerField()
    used = models.BigIntegerField(null=True)
    used_by = models.CharField(max_length=32, null=True)  # noqa: DJ001  no node has used it yet
    revoked = models.BigIntegerField(null=True)

    class Meta:
        db_table = "exchange_invitation"
