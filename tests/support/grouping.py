"""Which tests run on one worker, one after the other: those of an `xdist_group`, and all of its file.

pytest-xdist 3.8 writes the group into a test's id, which pytest 9.2 takes from elsewhere: the mark alone
keeps nothing together. So the scheduler reads the groups from the files. `test_grouping.py` tells when that
is over.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadGroupScheduling

ROOT = Path(__file__).parents[2]
MARK = re.compile(r'mark\.xdist_group\("(\w+)"\)')


@cache
def group_of(file: str) -> str:
    """The group that a test file names; '' where it names none."""
    path = ROOT / file
    found = MARK.search(path.read_text("utf-8")) if path.is_file() else None
    return found[1] if found else ""


class ByFile(LoadGroupScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0]) or nodeid


def scheduler(config: Any, log: Any) -> ByFile | None:
    """None where another way of sharing tests out was asked for."""
    return ByFile(config, log) if config.getvalue("dist") == "loadgroup" else None
