"""Pictures and documents as a reader gets them: what they show, and nothing that they do or say besides.

Pictures are read here, in one pass; documents in a process of their own (`clean_documents.py`).
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping

from libertad.access import clean_documents, clean_pictures
from libertad.access.clean_pictures import NotAPicture
from libertad.vocabulary.codelists import marked

AT_ONCE = threading.BoundedSemaphore(2)  # each may take a gigabyte
SECONDS = 90  # of waiting for a process that has its turn

PICTURE = marked("is damaged, or not built as pictures are: open it, save it anew, and add that")
DOCUMENT = marked("is damaged, or not built as documents are: open it, print it into a new PDF, and add that")
PROTECTED = marked("is protected by a password: save it without one, and add that")
FORM = marked(
    "is a form whose fields only some programs draw: open it, print it into a new PDF, and add that"
)


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


CLEANED: Mapping[str, Callable[[bytes], bytes]] = {
    **{media: _picture(media) for media in clean_pictures.CLEANED},
    "application/pdf": _document,
}
