"""What is looked for in memory is as the journal is at that moment, and nothing of it outlives its keys."""

from __future__ import annotations

import os
from typing import Any

import pytest

from libertad.access import catalogs
from libertad.access.models import Compartment, Reader
from libertad.journal import reading
from libertad.journal.models import Held
from libertad.journal.node import node
from libertad.journal.ringfile import Locked
from libertad.journal.rings import Rings
from libertad.operations.actions.correct_site import correct_site
from libertad.web import finding
from tests.operations.making import a_site
from tests.support.elsewhere import elsewhere
from tests.support.sealed import believe
from tests.support.world import World

SITE = "site"


def search_sites(world: World, words: str, role: str = "officer") -> list[str]:
    groups = finding.search(world.actor(role), words)
    return [hit.id for hit in groups[SITE].first] if SITE in groups else []


def index_of(world: World, role: str = "officer") -> catalogs.Index:
    return catalogs._indexes[world.actor(role).authority, world.operation, "operations.Site"]


def test_what_is_said_here_and_by_another_process_is_found_at_once(world: World) -> None:
    assert search_sites(world, "falls") == []
    site = a_site(world)
    assert search_sites(world, "falls") == search_sites(world, "gy-01") == [site]
    values = {"site": site, "name": "Sawmill by the ferry", "reasons": "Written down wrongly."}
    elsewhere(world, "officer", correct_site, **values)
    assert search_sites(world, "falls") == [] and search_sites(world, "sawmil fery") == [site]
    catalogs.forget()  # a start
    assert search_sites(world, "sawmill") == [site]


def folded(world: World) -> None:
    """Entries that were here before are folded by this process: their key came, or they are believed now."""
    entries = [entry for _idx, entry in reading.open_entries(node(), reading.stored(node().sql()))]
    node().writer.submit(lambda tx: tx.appended.extend(entries))


def key_came(world: World) -> None:
    """Another process takes a key of the country's file."""
    (place,) = set(index_of(world).by_place) | {place_of(world)}
    other_rings = Rings(world.home)
    other_rings.unlock_all()
    other_rings.add([world.authorities["police"]], bytes.fromhex(place), os.urandom(32), 1)
    other_rings.commit()
    other_rings.close()


def judged(world: World) -> None:
    believe(Held.objects.create(idx=1, reason="unknown", since=1))


def place_of(world: World) -> str:
    return str(Compartment.objects.get(kind="police", about=f"{world.operation}:GY").pk)


@pytest.mark.parametrize("how", [folded, key_came, judged])
def test_what_is_folded_or_judged_without_a_new_entry_is_found(world: World, how: Any) -> None:
    site = a_site(world)
    assert search_sites(world, "falls") == [site]
    index_of(world).drop(site)  # as it was before
    index_of(world).again.clear()
    assert search_sites(world, "falls") == []
    how(world)
    assert search_sites(world, "falls") == [site]


def test_whose_readers_changed_is_looked_at_again(world: World) -> None:
    """Of a file whose reader goes all rows go, and not those alone of which somebody speaks since."""
    site, place = a_site(world), place_of(world)
    assert search_sites(world, "falls") == [site]
    name = f"{place}:{world.authorities['police']}"
    Reader.objects.get(pk=name).delete()
    index_of(world).heard.files.add(place)
    assert search_sites(world, "falls") == [] and not index_of(world).places


def of_police(world: World) -> str:
    """All that is in memory of the police authority."""
    indexes = {
        name: index for name, index in catalogs._indexes.items() if name[0] == world.authorities["police"]
    }
    return str(indexes)


def test_of_erased_files_and_locked_rings_nothing_stays_in_memory(world: World) -> None:
    a_site(world), a_site(world, name="Sawmill by the ferry")
    finding.keep()
    assert "falls" in str(catalogs._indexes) and search_sites(world, "ferry")
    for forget in node().erased:
        forget(frozenset([place_of(world)]))
    assert not any(word in str(index_of(world)) for word in ("falls", "ferry", "river"))
    catalogs.forget()
    finding.keep()
    assert "falls" in str(catalogs._indexes)
    with node().rings.lock:
        ring = node().rings.open.pop(world.authorities["police"])
    try:
        finding.keep()
        assert "falls" not in of_police(world)
        with pytest.raises(Locked):
            search_sites(world, "falls")
        assert "falls" not in of_police(world)
    finally:
        node().rings.open[world.authorities["police"]] = ring
