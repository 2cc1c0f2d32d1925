"""What `doctor` says of the host of one-time pages: whether it is named whole, answers, and its clock."""

from __future__ import annotations

from collections.abc import Iterator

SET_UP = "docs/deployment.md, 'A host for one-time pages'"


def host_problems() -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it). A node that names no host and waits for no answer lacks none."""
    from django.conf import settings

    names = ("LIBERTAD_ANSWER_HOST", "LIBERTAD_ANSWER_HOST_KEY")
    missing = [name for name in names if not getattr(settings, name)]
    if len(missing) == 1:
        yield (
            f"the host of one-time pages is named in part: {missing[0]} is not set",
            f"set both, as {SET_UP} says; until then nobody is asked by a page",
        )
    elif missing:
        if _are_waited_for():
            yield (
                "services outside were asked by one-time pages, and no host of such pages is set",
                f"set {' and '.join(names)}, as {SET_UP} says; or call the services back by telephone",
            )
    else:
        yield from _unreached(str(settings.LIBERTAD_ANSWER_HOST))


def _are_waited_for() -> bool:
    """Whether a page that was asked can still be answered, as far as the rings here are open."""
    from libertad.access.sealed import open_columns
    from libertad.care.fold_outside import PASSING
    from libertad.care.outside_models import OpenPage
    from libertad.journal.node import node

    here = node()
    for row in OpenPage.objects.all():
        opened = (open_columns(here, key, OpenPage, str(row.pk), row.sealed) for key in here.rings.open)
        columns = next((columns for columns in opened if columns is not None), None)
        if columns is not None and columns["state"] in ("", *PASSING):
            return True
    return False


def _unreached(address: str) -> Iterator[tuple[str, str]]:
    from libertad.care.page_host import HostFailed, clock_is_off, greet

    try:
        reply = greet()
    except HostFailed as why:
        yield (
            f"the host of one-time pages at {address}: {why}",
            "there: 'libertad answer-page run' and its proxy; here: the address, the key that 'libertad "
            f"answer-page keys' tells there, and whether the host names this node's ({SET_UP})",
        )
        return
    if clock_is_off(reply):
        yield (
            f"the host of one-time pages at {address} takes the time for another than this node",
            "set both clocks (NTP); a page ends by this node's clock whatever the host's shows",
        )
