"""The seam between the replay and whatever carries entries between its nodes.

`Carriage` is all that the replay asks of an exchange; the driver calls it, from one thread at a time unless
said otherwise. `scenarios.replay.courier` is a stand-in that copies over the driver's own pipes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from scenarios.replay.hosts import Host

# Faults that only a real exchange can answer; a carriage lists those that it can.
REVOKE = "revoke"
THIEF = "thief"
LINKS = "links"


class Carriage(Protocol):
    """Who carries. `can`: which of REVOKE, THIEF and LINKS it supports; what it cannot is not played, and the
    report says so."""

    can: frozenset[str]

    def start(self, hosts: Sequence[Host]) -> None:
        """All hosts are up and hold nothing. Begin to carry, and go on until `stop`."""

    def started(self, host: Host) -> None:
        """This host's process has just started or started again, and nobody asks it yet: begin its exchange
        loop. Called from whichever thread started it."""

    def join(self, inviter: Host, invited: Host, authority: str) -> None:
        """The lead on `inviter` has said authority.invite: make `invited` a peer of it and of all that are in
        the operation, and release the operation's key to `authority`. May return before it has arrived."""

    def founded(self) -> None:
        """Everybody is founded and has joined: return when all know what they need of all."""

    def cut(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        """Nothing gets through between these, either way, until `heal`."""

    def heal(self, pairs: Iterable[tuple[Host, Host]]) -> None: ...

    def slow(self, pairs: Iterable[tuple[Host, Host]], profile: str) -> None:
        """A profile of `scenarios.bad_network.PROFILES`: '2g' or 'free'."""

    def restored(self, host: Host) -> None:
        """An older copy of its database was put back and accepted (new device keys, new node key). Make the
        others know both, and let it get back what it had given away."""

    def renew(self, host: Host) -> str:
        """A stolen home: the host, just started and asked by nobody yet, gets a new node key and new devices.
        Returns the text that says which."""

    def revoke(self, host: Host, keys: str) -> None:
        """The lead says which keys are the host's now, and its authorities revoke the old devices (at their
        last known entries)."""

    def thief(self, host: Host, copy: Host) -> None:
        """`copy` is a process on a stolen copy of `host`'s home: let it give what it has to the peers, in the
        name of `host`. Returns when they have taken or refused it."""

    def quiet(self) -> bool:
        """Nothing is under way and nothing is left to carry between any two nodes that may talk."""

    def stop(self) -> None: ...
