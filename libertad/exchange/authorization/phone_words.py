"""What an officer's phone says: judged before all else that is asked of its entry, and each time anew."""

from __future__ import annotations

from typing import cast

from libertad.access.about_phones import beyond, phone_of
from libertad.access.claims import Verdict
from libertad.access.phone_limits import Phone
from libertad.exchange.authorization.suspended_words import SuspendedMembers
from libertad.journal.folding import Said


class Phones(SuspendedMembers):
    """Grounds that know which devices are phones."""

    def beyond_its_phone(self, entry: Said, device: str) -> Verdict | None:
        """Why the device (hex) may not say an entry, where it is a phone.

        Of each entry: a verdict that is remembered for its officer and verb is not one about its clock, and
        an authority's node, which may say the same at any time, has none to share with its phones.
        """
        phone = self._phone(device, entry.authority)
        return beyond(entry, phone, self) if phone is not None else None

    def _phone(self, device: str, authority: str) -> Phone | None:
        return cast(
            "Phone | None",
            self.remembered(("phone", device, authority), lambda: phone_of(device, authority, self)),
        )
