"""`make package`: a wheel with the built assets inside, twice to the same bytes; and the wheels it needs.

`python -m tools.package --to build/package` builds it twice, each in a folder of its own, and writes no wheel
whose bytes differ. `--needs` puts every wheel that a node of this Python and machine needs beside it,
each by its hash (requirements/run.txt), and a requirements.txt that names them all, the node's own too, by
their hashes: a machine without a network installs from that folder alone, and by that file nothing else that
lies in it. Wheels that were in the folder before are deleted.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = Path("libertad/web/static/libertad")
SUMS, LIST = "SHA256SUMS", "requirements.txt"
TOP = ("pyproject.toml", "README.md", "LICENSE", "manage.py", "requirements/run.in")


class Differs(RuntimeError):
    """Two builds of one tree that are not the same bytes, or a tree that cannot be built."""


def tracked() -> list[Path]:
    """What of the tree goes into the package, as git knows it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "libertad", "scenarios", *TOP],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def built() -> list[Path]:
    """The built assets; Differs where they were not built."""
    paths = [path.relative_to(ROOT) for path in sorted((ROOT / STATIC).rglob("*")) if path.is_file()]
    if not any(path.suffix == ".css" for path in paths):
        raise Differs("the assets are not built: make assets")
    return paths


def moment() -> str:
    """When the tree was committed, in seconds since 1970: what everything in the wheel is dated with."""
    process = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return process.stdout.strip()


def lay(folder: Path) -> None:
    """The tree as it is packed, in a folder of its own, with the modes of a checkout."""
    for path in (*tracked(), *built()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
        target.chmod(0o644)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)


def build(folder: Path) -> Path:
    """Build the wheel in this folder; where it lies."""
    tree, wheels, home = folder / "tree", folder / "wheel", folder / "home"
    tree.mkdir(parents=True)
    lay(tree)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SOURCE_DATE_EPOCH": moment(),
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "LIBERTAD_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "libertad.web.settings.demo",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], tree, environment)
    (tree / "build" / "static").rename(tree / "libertad" / "web" / "collected")
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "--wheel-dir",
            str(wheels),
            ".",
        ],
        tree,
        environment,
    )
    (wheel,) = wheels.glob("libertad-*.whl")
    return wheel


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Differs(f"{' '.join(command[:4])}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def twice(to: Path) -> Path:
    """Build it twice and put it there; Differs where the second has other bytes."""
    with tempfile.TemporaryDirectory() as first_folder, tempfile.TemporaryDirectory() as second_folder:
        first, second = build(Path(first_folder) / "a"), build(Path(second_folder) / "another place")
        if first.read_bytes() != second.read_bytes():
            raise Differs(f"two builds of {first.name} differ: it is not to be given to anybody")
        to.mkdir(parents=True, exist_ok=True)
        for old in (*to.glob("*.whl"), to / LIST, to / SUMS):
            old.unlink(missing_ok=True)
        target = to / first.name
        shutil.copyfile(first, target)
    write_sums(to)
    return target


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_sums(to: Path) -> None:
    """SHA256SUMS of the wheels and the list of them, as sha256sum reads it."""
    paths = [*sorted(to.glob("*.whl")), *([to / LIST] if (to / LIST).exists() else [])]
    (to / SUMS).write_text("".join(f"{digest(path)}  {path.name}\n" for path in paths))


def own_requirement(wheel: Path) -> str:
    """The line of a requirements file that takes this wheel of Libertad and no other."""
    return f"libertad=={wheel.name.split('-')[1]} --hash=sha256:{digest(wheel)}\n"


def needs(to: Path) -> int:
    """Every wheel that the node needs here, by its hash; returns how many lie there.

    requirements.txt takes those and the node's own, which `twice` put there, and no other.
    """
    (own,) = to.glob("libertad-*.whl")
    needed = ROOT / "requirements" / "run.txt"
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--dest",
            str(to),
            "-r",
            str(needed),
        ],
        ROOT,
        dict(os.environ),
    )
    (to / LIST).write_text(own_requirement(own) + needed.read_text("utf-8"))
    write_sums(to)
    return len(list(to.glob("*.whl")))


def main() -> None:
    parser = argparse.ArgumentParser(description="A wheel of Libertad with the built assets inside.")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "package")
    parser.add_argument("--needs", action="store_true", help="every wheel that it needs as well")
    options = parser.parse_args()
    try:
        print(twice(options.to))
        if options.needs:
            print(f"{needs(options.to)} wheels in {options.to}")
    except Differs as why:
        sys.exit(str(why))


if __name__ == "__main__":
    main()
