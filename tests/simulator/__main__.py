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
    outcome = run(seed, bug, only)
    print("\n".join(outcome.trace))
    print(outcome.wrong or "every invariant holds")
    print(command(outcome, only))
    return int(bool(outcome.wrong))


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
    options = parser.parse_args(argv)
    prepare()
    from tests.simulator.planted import BUGS

    if options.seed is not None:
        only = [int(at) for at in options.only.split(",")] if options.only else None
        return show(options.seed, options.bug, only, options.minimise)
    bugs = [options.bug] if options.bug else list(BUGS) if options.seeds else []
    return table(options.seeds, options.clean, bugs, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
