"""What this process remembers of its talk with one peer."""

from __future__ import annotations

from dataclasses import dataclass, field

LONG_AGO = 1  # ms
FIRST = 4  # chunks of attachments in one round trip, until it is known how quick the line is


@dataclass
class Memory:
    """Nothing is lost with it but a repetition."""

    sent: int = 0  # number of the newest word that we sent as the one who answers
    confirm: int = 0  # number of its newest word that we took
    got: list[tuple[str, bytes]] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)
    noted: int = 0
    cosigned: int = 0
    announced: int = 0
    announcing: int = 0
    successions: set[str] = field(default_factory=set)  # of third nodes, that it has
    telling: dict[str, int] = field(default_factory=dict)  # those in each word; the first word's number
    forks: int = 0
    forged: int = 0  # words of theirs, held here, that they were told of
    prove: list[int] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    counter: int = 0
    fresh: bool = True  # attachments may be readable that are not yet asked for
    quiet: bool = False  # the last answer brought nothing new: there is time for attachments
    chunks: int = FIRST  # of attachments, in one round trip
    chunks_again: int = 0  # not before this moment
    missed: dict[str, int] = field(default_factory=dict)  # chunks that it had not; until when
    posted: dict[bytes, int] = field(default_factory=dict)  # names of files whose keys it was asked for; when
    mailed: int = -1  # our cursor of its tree, as our last letter told it; what only grew needs no telling
    unanswered: int = LONG_AGO  # since when we have taken what no letter of ours has told of; 0: nothing
    resends: int = 0  # how often all that had been sent by letter was to be sent again
    pressed: bytes = b""  # what our last letter repeats until the peer confirms it, and when it left
    pressed_at: int = 0
    dirty: bool = True  # it told us something, or a letter to it did not leave, since a round looked at it
    called: bool = False  # it told of keys or files, or somebody wants it to be asked, since we last did
    proven: bool = False  # it confirmed a word of this process: its asks are no copies of older ones

    def delivered(self) -> None:
        """What we told as the one who asks has arrived: the peer answered."""
        self.announced = max(self.announced, self.announcing)
        self.successions |= set(self.telling)

    def forget(self) -> None:
        """What we told may not have arrived: tell it again."""
        self.told.clear()
        self.posted.clear()
        self.pressed = b""
        self.noted = self.cosigned = self.forks = self.forged = 0
