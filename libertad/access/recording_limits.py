"""What is taken of sound and video, and how much work a copy may be. `recordings.yaml` has the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from libertad.vocabulary import yamlfile

FILE = Path(__file__).with_name("recordings.yaml")
# By name, the largest that each may be: proxies wait 300 seconds, and a node has memory for other things.
MOST = {
    "video_seconds": 600,
    "sound_seconds": 4 * 3600,
    "pixels": 8192 * 4320,
    "streams": 64,
    "long": 1920,
    "short": 1088,
    "rate": 60,
    "picture_bits": 8_000_000,
    "channel_bits": 256_000,
    "copy_bytes": 256 * 1024 * 1024,
    "memory": 4 * 1024 * 1024 * 1024,
    "work": 1200,
    "patience": 280,
    "turn": 60,
    "at_once": 4,
}


def read(path: Path) -> Mapping[str, int]:
    """The limits of a file. Raises ValueError, which names what is wrong in it."""
    return yamlfile.numbers(path, MOST)


@cache
def recording_limits() -> Mapping[str, int]:
    """The limits that hold here."""
    return read(FILE)
