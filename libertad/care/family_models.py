"""Who decides beside a child, and who belongs to a person; in the person's care compartment."""

from __future__ import annotations

from libertad.journal.models import ReadModel


class Family(ReadModel):
    """Of one person; its id is the person's. All of it is sealed (`guardians`, `relatives`)."""

    CLOSED = True

    class Meta:
        app_label = "care"
