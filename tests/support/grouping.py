"""How tests are shared out to workers.

Those of an `xdist_group`, and all of its file, run on one worker, one after the other; so do those of a file
with a fixture for all of them, which is then made once.

pytest-xdist 3.8 writes the group into a test's id, which pytest 9.2 takes from elsewhere: the mark alone
keeps nothing together. So the scheduler reads the groups from the files. `test_grouping.py` tells when that
is over.

A worker that dies (a bus error, say) fails the test it was at, and another takes over the rest. pytest-xdist
3.8 hands out its finished tests again and the one that killed it as well, and lets a new worker that was
given a single test wait for a second one for ever: the run hangs.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadGroupScheduling

ROOT = Path(__file__).parents[2]
OWN = '@pytest.fixture(scope="module"'
MARK = re.compile(r'mark\.xdist_group\("(\w+)"\)')


@cache
def group_of(file: str) -> str:
    """The group that a test file names, or the file itself if it has a fixture of its own for the module;
    else ''."""
    path = ROOT / file
    text = path.read_text("utf-8") if path.is_file() else ""
    match = MARK.search(text)
    return match[1] if match else file if OWN in text else ""


class ByFile(LoadGroupScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0]) or nodeid

    def remove_node(self, node: Any) -> str | None:
        """The test at which a worker died (None: it had none left); what it had not done is open again."""
        units = self.assigned_work.pop(node)
        open_ids = [nodeid for unit in units.values() for nodeid, done in unit.items() if not done]
        if not open_ids:
            return None
        for unit in units.values():
            unit.pop(open_ids[0], None)
        self.workqueue.update({scope: unit for scope, unit in units.items() if not all(unit.values())})
        for worker in self.assigned_work:
            self._reschedule(worker)
        return open_ids[0]

    def _reschedule(self, node: Any) -> None:
        """A worker runs a test when it knows the next one, or that there is none."""
        if node not in self.registered_collections:
            return  # it has only just started
        super()._reschedule(node)
        while not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)


def scheduler(config: Any, log: Any) -> ByFile | None:
    """None where another way of sharing tests out was asked for."""
    return ByFile(config, log) if config.getvalue("dist") == "loadgroup" else None
