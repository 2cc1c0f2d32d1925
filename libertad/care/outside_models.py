"""Services outside Libertad, and the one-time pages by which they were asked. All of it is sealed."""

from __future__ import annotations

from django.db import models

from libertad.journal.models import ReadModel, SealedColumn


class OutsideService(ReadModel):
    """A service in the list of one care authority; its id is the subject's.

    `name`, `telephone`, `services`: as a second officer confirmed them, '' before that. `proposed`: what
    waits for one (entry, officer, ms, zone, name, telephone, services, checked_with), None for nothing.
    """

    CLOSED = True

    name = SealedColumn()
    telephone = SealedColumn()
    services = SealedColumn(())
    confirmed_by = SealedColumn()
    confirmed_at = SealedColumn(None, moment=True)
    ended = SealedColumn(False)
    zone = SealedColumn("UTC")
    proposed = SealedColumn(None)


class Paged(ReadModel):
    """A one-time page; its id is the subject's. `state`: '' until the host has it, then as `page-states`.

    `recalled_at`: when an officer took it back, or null. `settled`: a caseworker dealt with what came of it.
    """

    CLOSED = True

    person = models.CharField(max_length=32, db_index=True)
    at = SealedColumn(None, moment=True)
    zone = SealedColumn()
    officer = SealedColumn()
    referral = SealedColumn()
    service = SealedColumn()
    page = SealedColumn()
    ends = SealedColumn(None, moment=True)
    state = SealedColumn()
    state_at = SealedColumn(None, moment=True)
    openings = SealedColumn(0)
    opened_at = SealedColumn(None, moment=True)
    recalled_at = SealedColumn(None, moment=True)
    settled = SealedColumn(False)

    class Meta:
        abstract = True


class AskedPage(Paged):
    """Every page that was asked, as the referral shows it."""


class OpenPage(Paged):
    """A page of which something is still to be done, by the node or by a caseworker: gone once nothing is.

    Its words hold what the host is given as well.
    """
