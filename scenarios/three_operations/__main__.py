"""Play the three operations and say what they prove.

    python -m scenarios.three_operations [--keep FOLDER]

The exit code is 1 where a proof fails. With --keep the nodes' homes stay, for `libertad doctor`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scenarios.three_operations")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="a new folder for the nodes' homes")
    keep = parser.parse_args().keep
    if keep is not None and keep.exists() and any(keep.iterdir()):
        parser.error(f"{keep} is not empty: name a new folder for the nodes")
    with tempfile.TemporaryDirectory(prefix="libertad-driver-") as scratch:
        os.environ |= {"LIBERTAD_HOME": scratch, "DJANGO_SETTINGS_MODULE": "scenarios.replay.settings"}
        os.environ.pop("LIBERTAD_DATABASE_URL", None)
        import django

        django.setup()
        from scenarios.three_operations import nations, proofs, story

        with nations.running(keep, keep is not None, print) as nodes:
            checks = proofs.proofs(story.play(nodes))
    for check in checks:
        print(f"{'holds' if check.ok else 'FAILS'}  {check.name} ({check.counted} compared)")
        for line in check.wrong:
            print(f"       {line}")
    return 0 if all(check.ok for check in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
