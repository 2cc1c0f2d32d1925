"""Corrections on a page: what stood first, struck, beside what stands now, by whom and why."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.look.page_objects import Link, Moment


@dataclass(frozen=True)
class CorrectionLine:
    """One field of one correction. `before` stays on file; `link` is the entry that corrects it."""

    happened: Moment
    label: str
    before: str
    after: str
    by: str
    why: str
    link: Link | None = None
