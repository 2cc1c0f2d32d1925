"""Figures: releases. A release keeps its own snapshot; what changed since is shown, not rewritten."""

from __future__ import annotations

from datetime import datetime

from libertad.vocabulary.body import Verb


class ReleasePublish(Verb, frozen=True, kw_only=True):
    """The published sentence's numbers, as of a moment, with who signs and who read it second."""

    VERB = "release.publish"
    SUBJECT = "release"
    as_of: datetime
    countries: int
    potential_victims: int
    presumed: int
    confirmed: int
    arrests: int
    sites: int
    hits: int
    second_reader: str = ""
