"""A node that serves while its first authority is founded: no page tells of keys that are locked."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from libertad.journal.rings import Rings
from libertad.web import middleware


def test_a_page_asked_meanwhile_is_not_told_that_the_node_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings = Rings(tmp_path)
    monkeypatch.setattr(middleware, "node", lambda: SimpleNamespace(rings=rings))
    founding, asked = threading.Event(), threading.Event()
    write_part, authorities = rings._write_part, rings.authorities

    def stalled(authority: str) -> None:
        founding.set()
        assert asked.wait(30)
        write_part(authority)

    def listed() -> list[str]:
        asked.set()
        return authorities()

    monkeypatch.setattr(rings, "_write_part", stalled)
    monkeypatch.setattr(rings, "authorities", listed)
    founder = threading.Thread(target=rings.create, args=("0" * 32,))
    founder.start()
    assert founding.wait(30)
    locked_meanwhile = middleware.all_locked()
    founder.join(30)
    assert not locked_meanwhile and not middleware.all_locked()
    rings.open.clear()
    assert middleware.all_locked(), "locked after all, once it has a ring that is not open"
    rings.close()
