"""Uploads are taken into memory and nowhere else: Django would put large ones on the disk, unsealed."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

from libertad.vocabulary.verbs.attachments import USUAL_BYTES

WHERE = "/attach/"
ELSEWHERE = 64 * 1024


class InMemory(MemoryFileUploadHandler):
    """Stops reading at the limit; the form that was being sent is told by `request.too_large`."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True
        self.total = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.total += len(raw_data)
        path = self.request.path if self.request is not None else ""
        if self.total > (USUAL_BYTES if path.startswith(WHERE) else ELSEWHERE):
            self.request.too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=True)
        self.file.write(raw_data)
