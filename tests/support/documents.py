"""PDF documents by hand: which objects are in them is known."""

from __future__ import annotations

from collections.abc import Mapping


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """A document of these objects, by their numbers; 1 is its catalogue."""
    content, offsets = b"%PDF-1.7\n", {}
    for number, text in objects.items():
        offsets[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    last = max(objects) + 1
    rows = (
        b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
        for number in range(1, last)
    )
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (last, b"".join(rows))
    return (
        content
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            last,
            trailer,
            len(content),
        )
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def page(drawing: bytes = b"0 0 m 99 99 l S", entries: bytes = b"", **more: bytes) -> dict[int, bytes]:
    """The objects of a document of one page: `entries` of the page, `catalogue` of the document."""
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % more.get("catalogue", b""),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 200 200] >>",
        3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s >>" % entries,
        4: stream(drawing),
    }
