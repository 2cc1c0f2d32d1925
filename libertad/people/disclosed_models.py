"""What care disclosed of a person to this authority: in a file of its own, all of it sealed."""

from __future__ import annotations

from libertad.journal.models import ReadModel, SealedColumn


class Disclosed(ReadModel):
    """Copies that care gave to one authority; its id is the file's. `stopped_at`: it was withdrawn, and is
    kept for a legal hold alone. `answer`, `arrived_at`, `left_at`: what a service has answered. `sought_at`:
    since when the giver looks for the person."""

    CLOSED = True

    reference = SealedColumn()
    purpose = SealedColumn()
    ground = SealedColumn()
    by_one = SealedColumn(False)
    until = SealedColumn()
    at = SealedColumn(None, moment=True)
    zone = SealedColumn("UTC")
    authority = SealedColumn()
    stopped_at = SealedColumn(None, moment=True)
    answer = SealedColumn()
    answered_at = SealedColumn(None, moment=True)
    arrived_at = SealedColumn(None, moment=True)
    left_at = SealedColumn(None, moment=True)
    left_how = SealedColumn()
    sought_at = SealedColumn(None, moment=True)

    class Meta:
        app_label = "people"
