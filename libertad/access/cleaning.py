"""Pictures and documents as a reader gets them: what they show, and nothing that they do or say besides.

Pictures are read here, in one pass; documents, sound and video in processes of their own
(`clean_documents.py`, `clean_recordings.py`).
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO

from libertad.access import clean_documents, clean_pictures, clean_recordings
from libertad.access.clean_pictures import NotAPicture
from libertad.access.recording_limits import recording_limits
from libertad.vocabulary.codelists import marked

AT_ONCE = threading.BoundedSemaphore(2)  # each may take a gigabyte
SECONDS = 90  # of waiting for a process that has its turn

PICTURE = marked("is damaged, or not built as pictures are: open it, save it anew, and add that")
DOCUMENT = marked("is damaged, or not built as documents are: open it, print it into a new PDF, and add that")
PROTECTED = marked("is protected by a password: save it without one, and add that")
FORM = marked(
    "is a form whose fields only some programs draw: open it, print it into a new PDF, and add that"
)
RECORDING = marked("is damaged, or not built as sound and video are: play it, save it anew, and add that")
LONG = marked("is too long for a copy to be made of it, or shows too much: cut it into parts, and add each")
LARGE = marked("has pictures that are too large for a copy to be made: save it at a lower resolution")
SLOW = marked("takes this node too long to make a copy of: add a shorter part, or at a lower resolution")
BUSY = marked("has to wait, because copies of others are being made just now: try again in a minute")
NO_SANDBOX = marked("cannot be read safely on this node's machine: tell your administrator")
TOLD = {
    clean_recordings.TOO_LONG: LONG,
    clean_recordings.TOO_LARGE: LARGE,
    clean_recordings.NO_SANDBOX: NO_SANDBOX,
    -signal.SIGXCPU: SLOW,
    -signal.SIGKILL: SLOW,
}
TURNS = threading.BoundedSemaphore(recording_limits()["at_once"])
PIECE = 64 * 1024


class NotClean(ValueError):
    """No copy can be made of it that does no more than show. The rule says what to do."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def cleaned(content: bytes, media: str) -> bytes:
    """The content without what it does not show; of other media as it is. NotClean."""
    clean = CLEANED.get(media)
    return content if clean is None else clean(content)


def _picture(media: str) -> Callable[[bytes], bytes]:
    def clean(content: bytes) -> bytes:
        try:
            return clean_pictures.without_hidden_data(content, media)
        except NotAPicture as why:
            raise NotClean(PICTURE) from why

    return clean


def _document(content: bytes) -> bytes:
    command = [sys.executable, "-I", "-m", clean_documents.__name__]
    with AT_ONCE:
        try:
            done = subprocess.run(
                command, input=content, capture_output=True, timeout=SECONDS, env={}, cwd="/", check=False
            )
        except subprocess.TimeoutExpired as why:
            raise NotClean(DOCUMENT) from why
    if done.returncode == 0 and done.stdout:
        return done.stdout
    raise NotClean(
        {clean_documents.PROTECTED: PROTECTED, clean_documents.FORM: FORM}.get(done.returncode, DOCUMENT)
    )


def _recording(media: str) -> Callable[[bytes], bytes]:
    def clean(content: bytes) -> bytes:
        limits = recording_limits()
        if not TURNS.acquire(timeout=limits["turn"]):
            raise NotClean(BUSY)
        try:
            code, copy = _run(content, media, limits)
        finally:
            TURNS.release()
        if code == 0 and copy:
            return copy
        raise NotClean(TOLD.get(code, RECORDING))

    return clean


def _run(content: bytes, media: str, limits: Mapping[str, int]) -> tuple[int, bytes]:
    """(exit code, copy) of the process, which is not trusted: no more is read of it than a copy may have."""
    copy = bytearray()
    with subprocess.Popen(
        _command(media, limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        end = threading.Timer(limits["patience"], process.kill)
        feed = threading.Thread(target=_feed, args=(process.stdin, content), daemon=True)
        end.start()
        feed.start()
        try:
            while piece := process.stdout.read(PIECE):
                copy += piece
                if len(copy) > limits["copy_bytes"]:
                    return clean_recordings.TOO_LONG, b""
            return process.wait(), bytes(copy)
        finally:
            end.cancel()
            process.kill()
            feed.join()


def _command(media: str, limits: Mapping[str, int]) -> list[str]:
    return [sys.executable, "-I", "-m", clean_recordings.__name__, media, json.dumps(dict(limits))]


def _feed(pipe: IO[bytes], content: bytes) -> None:
    with suppress(OSError), pipe:  # the process may be gone
        pipe.write(content)


CLEANED: Mapping[str, Callable[[bytes], bytes]] = {
    **{media: _picture(media) for media in clean_pictures.CLEANED},
    "application/pdf": _document,
    **{media: _recording(media) for media in clean_recordings.READERS},
}
