"""That a named officer of a team has read what the team is to do."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused


class TeamAcknowledge(Verb, frozen=True, kw_only=True):
    """An officer who is named in a team has read its tasking. `tasking`: the entries that said it."""

    VERB = "team.acknowledge"
    SUBJECT = "team"
    tasking: tuple[str, ...]

    def check(self) -> None:
        if not self.tasking:
            raise Refused("tasking", "is missing; open the tasking again")
