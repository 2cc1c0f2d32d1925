"""Entries -> read models of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from libertad.figures.models import Release
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs.figures import ReleasePublish


@project(
    Release,
    verbs=("release.publish",),
    key=lambda said: (said.subject,),
    begins=content_of(ReleasePublish),
    own=("release.publish",),
)
def release_row(key: str, said: Sequence[Said]) -> Row:
    """A release is said once and never superseded: the first entry of its id is the release."""
    first = said[0]
    what = cast(ReleasePublish, first.content)
    return Row(
        first.compartment,
        {
            "number": what.release_number,
            "as_of": what.as_of,
            "published_at": first.at,
            "countries": what.countries,
            "potential_victims": what.potential_victims,
            "presumed": what.presumed,
            "confirmed": what.confirmed,
            "arrests": what.arrests,
            "sites": what.sites,
            "hits": what.hits,
            "lines": sorted(msgspec.to_builtins(what.line), key=lambda line: str(line["country"])),
            "by_first_view": what.by_first_view,
            "care": msgspec.to_builtins(what.care) if what.care else {},
            "entry": first.id,
        },
        {"by": what.by, "second_reader": what.second_reader},
    )
