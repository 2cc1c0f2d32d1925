"""Acts of custody that their officers' passkeys may confirm."""

from __future__ import annotations

from libertad.access.passkey_models import Signed


class SignedCustody(Signed):
    """As `Signed`; its subject is the exhibit."""
