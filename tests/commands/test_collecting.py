"""Static files: nodes of one installation share them, and start together."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import management

from libertad.commands import running


def test_of_nodes_that_start_together_one_collects(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path / "build" / "static"
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    monkeypatch.setattr(running, "newest_source", lambda: 0.0)
    calls: list[str] = []
    begun = Barrier(4)

    def collected(name: str, **_options: Any) -> None:
        calls.append(name)
        settings.STATIC_ROOT.mkdir(parents=True)  # a second one at the same time would fail here
        (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")

    monkeypatch.setattr(management, "call_command", collected)

    def node() -> None:
        begun.wait()
        running.collect()

    threads = [Thread(target=node) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["collectstatic"]
