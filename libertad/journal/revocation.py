"""What counts of a device that its authority took back: one rule for nodes and evidence packages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Limits = Mapping[str, int]  # by file: the last number that counts there
Recognition = Literal["recognised", "beyond", "by-what-it-enrolled"]


def recognise(number: int, file: str, every: Limits, independent: Limits) -> Recognition:
    """How the entry of this number in this file stands, where its device was taken back.

    `every`: by all revocations; `independent`: by those of devices that the revoked one did not enrol. A file
    that no revocation names recognises nothing. What is beyond by the word alone of a device that the
    revoked one enrolled counts where it was there before that enrolment, which only a node can know.
    """
    if independent and number > independent.get(file, every.get(file, -1)):
        return "beyond"
    return "by-what-it-enrolled" if number > every.get(file, -1) else "recognised"
