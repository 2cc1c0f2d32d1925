"""`python -m tests.simulator --seeds 200`: the table of docs/simulator.md.

--clean N       also N seeds without a bug
--bug NAME      only this planted bug
--seed N        run one seed and print its trace; with --minimise first take away the steps it fails without
--only 3,5      only these steps of the seed
--jobs N        processes (2)
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tests.simulator.tables import prepare, table


def show(seed: int, bug: str, only: list[int] | None, minimise: bool) -> int:
    from tests.simulator.running import command, minimised, run

    if minimise:
        only = minimised(seed, bug)
    found = run(seed, bug, only)
    print("\n".join(found.trace))
    print(found.wrong or "every invariant holds")
    print(command(found, only))
    return int(bool(found.wrong))


def main(argv: Any = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--clean", type=int, default=0)
    parser.add_argument("--bug", default="")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only")
    parser.add_argument("--minimise", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    told = parser.parse_args(argv)
    prepare()
    from tests.simulator.planted import BUGS

    if told.seed is not None:
        only = [int(at) for at in told.only.split(",")] if told.only else None
        return show(told.seed, told.bug, only, told.minimise)
    bugs = [told.bug] if told.bug else list(BUGS) if told.seeds else []
    return table(told.seeds, told.clean, bugs, told.jobs)


if __name__ == "__main__":
    sys.exit(main())
