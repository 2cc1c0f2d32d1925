"""On Today: what came from a phone after its end, for who may release it, until that is decided."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.field.queries import waiting_phones
from libertad.web.todo_item import Waiting


def reports_of_ended_phones(actor: Actor) -> Iterator[Waiting]:
    """One for each phone: honest reports do not lie here for ever."""
    for phone in waiting_phones(actor) if may_open(actor, "phone-waiting") else []:
        yield Waiting(
            _("Reports of an ended phone wait: %(code)s") % {"code": phone.code},
            ngettext(
                "%(count)d entry of %(name)s's phone came after its end.",
                "%(count)d entries of %(name)s's phone came after its end.",
                phone.waits,
            )
            % {"count": phone.waits, "name": phone.officer_name},
            reverse("phone-waiting", args=[phone.device]),
            _("Read and decide"),
            rank=-0.7,
        )
