"""What `libertad doctor` tells of alarms: that nobody has settled them, or that one person alone did."""

from __future__ import annotations

from collections.abc import Iterator

from libertad.commands import start


def alarms() -> Iterator[tuple[str, str]]:
    """(what is wrong, what mends it). Of an open alarm's authority waits what it says of access, and what
    rests upon it. The demonstration's own alarm belongs to its story."""
    from django.conf import settings

    from libertad.access.queries import authority_names
    from libertad.exchange import queries_held, queries_settling, wording

    told = [] if settings.LIBERTAD_DEMO or start.unapplied() else queries_held.alarms()
    names = authority_names(sorted({key for alarm in told for key in alarm.authorities}))
    parked = queries_held.parked() if told else 0
    consequence = (
        f"; {parked} entries wait for it, and somebody in danger may be among them" if parked else ""
    )
    alone = queries_settling.by_one(told)
    for alarm in told:
        accused = ", ".join(names.get(key, key) for key in alarm.authorities) or alarm.who
        if alarm.settled is None:
            yield (
                f"an alarm is open: {wording.alarm(alarm.kind)}, {accused}{consequence}",
                "telephone that authority on a number that you have from elsewhere, then settle it by two: "
                "'Exchange', 'Alarms', as administrator",
            )
        elif alarm.id in alone:
            yield (
                f"an alarm was settled by one person, and nobody second has reviewed it: {accused}",
                "a second administrator, coordinator, national lead or supervisor reviews it: 'Exchange', "
                "'Alarms'",
            )
