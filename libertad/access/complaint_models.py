"""Complaints about staff: each in a file of its own, which its authority alone holds. All of it is sealed."""

from __future__ import annotations

from libertad.journal.models import ReadModel, SealedColumn


class ComplaintRow(ReadModel):
    """A complaint as it stands (`complaints.Complaint`); its id is its file's. `words`: what was said, in
    order. `looked`: by officer when the page was opened last, in ms."""

    CLOSED = True

    complaint = SealedColumn()
    recorder = SealedColumn()
    recorded = SealedColumn(None, moment=True)
    officers = SealedColumn(())
    safe = SealedColumn()
    reference = SealedColumn()
    taken_by = SealedColumn()
    answered = SealedColumn(None, moment=True)
    closing = SealedColumn()
    closed_by = SealedColumn()
    outcome = SealedColumn()
    read_by = SealedColumn()
    over = SealedColumn(False)
    unnamed = SealedColumn(False)

    class Meta:
        db_table = "access_complaint"
