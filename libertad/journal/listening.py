"""What a process keeps in memory of a node's files, told what its commits opened and what was erased."""

from __future__ import annotations

from collections.abc import Callable

from libertad.journal.folding import Said
from libertad.journal.node import Node


class Listening:
    """Of one node at a time; `forget` empties what was kept of another one.

    `folded` gets what each commit of this process opened. `erased` gets the files that were erased on this
    node, before the erasure is answered.
    """

    def __init__(
        self,
        forget: Callable[[], object],
        folded: Callable[[list[Said]], None],
        erased: Callable[[frozenset[str]], None] | None = None,
    ) -> None:
        self.forget, self.folded, self.erased = forget, folded, erased
        self.node: Node | None = None

    def attend(self, here: Node) -> None:
        """Listen to this node from now on. Harmless where it does so already."""
        if self.node is here:
            return
        self.forget()
        here.listeners.append(self.folded)
        if self.erased is not None:
            here.erased.append(self.erased)
        self.node = here
