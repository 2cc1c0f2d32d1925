"""The ring parts on a medium of their own: without them the rest of a backup opens nothing.

A new part is laid beside the old one until the ring copy that it opens stands; then the old one is
overwritten. A cut in between leaves both, and restoring takes the one that fits.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from libertad.journal.backup.pool import Wrong, write_whole
from libertad.journal.ringfile import overwrite, sync_folder
from libertad.journal.safe import mark


def check_disks(home: Path, to: Path, parts_to: Path | None, one_disk: bool) -> list[str]:
    """Refuse a copy and parts on one disk; returns what else is to be known of where they lie."""
    if parts_to is None:
        return []
    if to.stat().st_dev == parts_to.stat().st_dev and not one_disk:
        raise Wrong(
            f"{to} and {parts_to} are on one disk: who takes it has the copy and what opens it. Name a "
            "folder on another medium with --parts-to. Where this machine has one disk only, "
            "--one-disk-opens-all goes on all the same"
        )
    here = [str(path) for path in (to, parts_to) if path.stat().st_dev == home.stat().st_dev]
    if here:
        return [f"{' and '.join(here)}: on the node's own disk. What takes this machine takes that too."]
    return []


def lay(folder: Path, parts: Mapping[str, bytes]) -> None:
    """Lay new parts beside those that are there, durable on return."""
    for authority, part in parts.items():
        if _read(folder / f"{authority}.part") != part:
            write_whole(folder / f"{authority}.part.next", part)
    sync_folder(folder)


def settle(folder: Path, authorities: Iterable[str]) -> None:
    """The new parts in place of the old ones, whose bytes are overwritten; beside each what tells it."""
    for authority in authorities:
        path, fresh = folder / f"{authority}.part", folder / f"{authority}.part.next"
        if fresh.exists():
            if path.exists():
                overwrite(path)
            os.replace(fresh, path)
        hex_mark = mark(path.read_bytes()).hex().encode()  # cut off before this, and of an older version, too
        if _read(_mark_path(path)) != hex_mark:
            write_whole(_mark_path(path), hex_mark)
    sync_folder(folder)


def fitting(folder: Path, marks: Mapping[str, str]) -> tuple[dict[str, bytes], list[str]]:
    """(authority -> the part of this mark, what is missing or does not fit)."""
    fitting_parts: dict[str, bytes] = {}
    wrong: list[str] = []
    for authority, expected_mark in sorted(marks.items()):
        paths = [folder / f"{authority}.part{end}" for end in ("", ".next")]
        parts = {path: part for path in paths if (part := _read(path)) is not None}
        fits = [part for part in parts.values() if mark(part).hex() == expected_mark]
        if fits:
            fitting_parts[authority] = fits[0]
        elif parts:
            wrong.append(_unfit(*next(iter(parts.items()))))
        else:
            wrong.append(f"{authority}.part is missing")
    return fitting_parts, wrong


def _unfit(path: Path, part: bytes) -> str:
    """Why a part is not the one of this copy, and what to do, by the mark that was laid beside it."""
    saved = _read(_mark_path(path))
    apart = "an erasure lies between them: take the parts that were saved with it, or after it"
    if len(part) == 32 and saved == mark(part).hex().encode():
        return f"{path.name} is there and is not of this copy: {apart}"
    take = "take it from another copy of the parts, or from a machine that still runs"
    if len(part) != 32 or saved is not None:
        return f"{path.name} is damaged, its bytes are not those that were saved: {take}"
    return (
        f"{path.name} is there and is not of this copy: it is damaged, or {apart}; if that is not so, {take}"
    )


def _mark_path(path: Path) -> Path:
    """Beside a part: what tells it apart, so that damage is not taken for another part. It opens nothing."""
    return path.with_name(f"{path.name}.mark")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
