"""PDF documents without what their pages do not draw: scripts, actions, embedded files, links, layers, notes
of whoever made them, and what was there before they were changed.

A page's drawing and what it names (fonts, pictures, patterns) are copied into a new document; nothing else
is. What fields and stamps show is kept as a drawing. A PDF is read by a program of many parts, so this runs
in a process of its own, without keys, files or time to lose: `cleaned` in `cleaning.py` starts it.
"""

from __future__ import annotations

import codecs
import io
import resource
import struct
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from libertad.access.clean_pictures import NotAPicture, without_hidden_data

DAMAGED, PROTECTED, FORM = 3, 4, 5  # exit codes
ENCODINGS = ("ascii", "charmap", "cp1252", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le")
MEMORY = 1024 * 1024 * 1024
SECONDS = 30
MOST_BYTES = 64 * 1024 * 1024  # of the copy: a photograph may unpack to more than the node should take
MOST_OBJECTS, MOST_PAGES, DEEPEST = 200_000, 2_000, 60
PAGE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Contents", "/Group")
# What a page or a drawing names, by the kind of thing; below each the keys are names of its maker's choice.
NAMED = frozenset({"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading"})
OWN_KEYS = NAMED | {"/CharProcs", "/Colorants"}
LEFT_OUT = frozenset(
    {
        "/A",
        "/AA",
        "/AF",
        "/Alternates",
        "/Annots",
        "/B",
        "/EF",
        "/F",
        "/FDecodeParms",
        "/FFilter",
        "/JS",
        "/LastModified",
        "/Length",
        "/Measure",
        "/Metadata",
        "/OC",
        "/OPI",
        "/PS",
        "/Parent",
        "/PieceInfo",
        "/PtData",
        "/Ref",
        "/StructParent",
        "/StructParents",
        "/Thumb",
    }
)
DRAWN = frozenset(
    {
        "/Caret",
        "/Circle",
        "/FreeText",
        "/Highlight",
        "/Ink",
        "/Line",
        "/PolyLine",
        "/Polygon",
        "/Square",
        "/Squiggly",
        "/Stamp",
        "/StrikeOut",
        "/Underline",
        "/Widget",
    }
)
HIDDEN, NO_VIEW, PRINTED = 2, 32, 4  # flags of what lies on a page
JPX_KEPT = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})


class NotADocument(ValueError):
    """It is not built as its format says, or beyond what is read. `code`: how the process tells of it."""

    def __init__(self, rule: str, code: int = DAMAGED) -> None:
        super().__init__(rule)
        self.code = code


def drawn(content: bytes) -> bytes:
    """A new document of what the pages draw. NotADocument."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotADocument("a password", PROTECTED)
        if "/XFA" in _dictionary(reader.root_object.get("/AcroForm")):
            raise NotADocument("a form that a program draws", FORM)
        return _Copy(reader).document()
    except (NotADocument, MemoryError):
        raise
    except (PyPdfError, NotImplementedError, NotAPicture, RecursionError) as why:
        raise NotADocument(str(why)) from why
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error) as why:
        raise NotADocument(f"it cannot be read ({type(why).__name__})") from why


def _dictionary(item: Any) -> dict[str, Any]:
    """What a reference leads to, where that is a dictionary; else an empty one."""
    plain = item.get_object() if item is not None else None
    return plain if isinstance(plain, dict) else {}


class _Copy:
    """The new document. Objects are copied in the order in which they were first named."""

    def __init__(self, reader: Any) -> None:
        from pypdf import generic

        self.reader, self.kinds = reader, generic
        self.numbers: dict[tuple[int, int, bool], int] = {}
        self.waiting: deque[tuple[int, Any, bool]] = deque()
        self.objects: dict[int, Any] = {}
        self.last = 2  # the catalogue and the list of pages

    def document(self) -> bytes:
        kinds, pages = self.kinds, []
        for count, page in enumerate(self.reader.pages):
            if count >= MOST_PAGES:
                raise NotADocument("more pages than are read")
            pages.append(self._page(page))
        if not pages:
            raise NotADocument("no page")
        listed = kinds.ArrayObject(self._reference(number) for number in pages)
        self.objects[1] = self._make({"/Type": "/Catalog", "/Pages": self._reference(2)})
        self.objects[2] = self._make(
            {
                "/Type": "/Pages",
                "/Kids": listed,
                "/Count": kinds.NumberObject(len(pages)),
            }
        )
        while self.waiting:
            number, item, own_keys = self.waiting.popleft()
            self.objects[number] = self._copied(item, own_keys, 0)
        return b"".join(self._serialized())

    def _page(self, page: Any) -> int:
        number = self._number()
        copy = self._make({"/Type": "/Page", "/Parent": self._reference(2)})
        for key in PAGE:
            if key in page:
                copy[self.kinds.NameObject(key)] = self._copied(page.raw_get(key), False, 0)
        if "/Resources" in page:
            copy[self.kinds.NameObject("/Resources")] = self._resources(page["/Resources"], 0)
        on_it = [self._reference(stamp) for stamp in self._stamps(page)]
        if on_it:
            copy[self.kinds.NameObject("/Annots")] = self.kinds.ArrayObject(on_it)
        self.objects[number] = copy
        return number

    def _stamps(self, page: Any) -> Iterator[int]:
        """What fields, stamps and marks show, each as a drawing that nothing happens with."""
        listed = page.get("/Annots", ())
        for item in listed if isinstance(listed, list) else ():
            mark = _dictionary(item)
            flags = int(mark.get("/F", 0))
            if mark.get("/Subtype") not in DRAWN or flags & (HIDDEN | NO_VIEW):
                continue
            drawing = _drawing(mark)
            if drawing is None:
                if mark["/Subtype"] == "/Widget" and _value(mark):
                    raise NotADocument("a field that a program draws", FORM)
                continue
            number = self._number()
            normal = self._make({"/N": self._copied(drawing, False, 0)})
            self.objects[number] = self._make(
                {
                    "/Type": "/Annot",
                    "/Subtype": "/Stamp",
                    "/F": self.kinds.NumberObject(PRINTED),
                    "/AP": normal,
                    "/Rect": self._copied(mark["/Rect"], False, 0),
                }
            )
            yield number

    def _resources(self, item: Any, depth: int) -> Any:
        """The things that a drawing names, of the kinds that draw."""
        copy = self.kinds.DictionaryObject()
        for kind, resources in _dictionary(item).items():
            if kind in NAMED:
                copy[self.kinds.NameObject(kind)] = self._copied(resources, True, depth + 1)
        return copy

    def _copied(self, item: Any, own_keys: bool, depth: int) -> Any:
        """`own_keys`: a dictionary's keys are names of its maker's choice, and none says what is done."""
        kinds = self.kinds
        if depth > DEEPEST:
            raise NotADocument("too deep")
        if isinstance(item, kinds.IndirectObject):
            return self._copy_reference(item, own_keys)
        if isinstance(item, kinds.StreamObject):
            return self._stream(item, depth)
        if isinstance(item, dict):
            return self._entries(item, kinds.DictionaryObject(), own_keys, depth)
        if isinstance(item, list):
            return kinds.ArrayObject(self._copied(part, False, depth + 1) for part in item)
        return item

    def _copy_reference(self, item: Any, own_keys: bool) -> Any:
        name = (int(item.idnum), int(item.generation), own_keys)
        if name not in self.numbers:
            target = item.get_object()
            if target is None:
                return self.kinds.NullObject()
            self.numbers[name] = self._number()
            self.waiting.append((self.numbers[name], target, own_keys))
        return self._reference(self.numbers[name])

    def _entries(self, item: dict[str, Any], copy: Any, own_keys: bool, depth: int) -> Any:
        for key, value in item.items():
            if not own_keys and key in LEFT_OUT:
                continue
            if key == "/Resources" and not own_keys:
                copy[self.kinds.NameObject(key)] = self._resources(value, depth + 1)
            else:
                below = not own_keys and key in OWN_KEYS
                copy[self.kinds.NameObject(key)] = self._copied(value, below, depth + 1)
        return copy

    def _stream(self, item: Any, depth: int) -> Any:
        """A stream as it lies there, packed; of a photograph what it shows alone."""
        if item.get("/Subtype") == "/PS" or "/F" in item:
            raise NotADocument("a part that is a program, or lies elsewhere")
        copy = self._entries(item, self.kinds.StreamObject(), False, depth)
        copy._data = item._data  # packed: unpacking it to pack it again could fill the memory
        filters = item.get("/Filter", ())
        last = str((filters[-1] if isinstance(filters, list) and filters else filters) or "")
        if last in ("/DCTDecode", "/DCT", "/JPXDecode"):
            picture = self._unpacked(item)
            copy._data = _jpx(picture) if last == "/JPXDecode" else without_hidden_data(picture, "image/jpeg")
            copy[self.kinds.NameObject("/Filter")] = self.kinds.NameObject(last)
            parameters = copy.pop("/DecodeParms", None)
            if isinstance(parameters, list):
                parameters = parameters[-1] if parameters else None
            if isinstance(parameters, dict):
                copy[self.kinds.NameObject("/DecodeParms")] = parameters
        return copy

    def _unpacked(self, item: Any) -> bytes:
        from pypdf.filters import decode_stream_data

        return bytes(decode_stream_data(item))

    def _number(self) -> int:
        self.last += 1
        if self.last > MOST_OBJECTS:
            raise NotADocument("more parts than are read")
        return self.last

    def _reference(self, number: int) -> Any:
        return self.kinds.IndirectObject(number, 0, self.reader)

    def _make(self, values: dict[str, Any]) -> Any:
        name = self.kinds.NameObject
        return self.kinds.DictionaryObject(
            {name(key): name(value) if type(value) is str else value for key, value in values.items()}
        )

    def _serialized(self) -> Iterable[bytes]:
        parts, offsets, at = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], [], 0
        for number in range(1, self.last + 1):
            at += len(parts[-1])
            offsets.append(at)
            buffer = io.BytesIO()
            buffer.write(b"%d 0 obj\n" % number)
            self.objects[number].write_to_stream(buffer)
            buffer.write(b"\nendobj\n")
            parts.append(buffer.getvalue())
        at += len(parts[-1])
        parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (self.last + 1))
        parts.extend(b"%010d 00000 n \n" % offset for offset in offsets)
        parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (self.last + 1, at))
        return parts


def _drawing(mark: dict[str, Any]) -> Any:
    """How a field or a mark looks, of its states the one that it has; None where it has no look."""
    normal = _dictionary(mark.get("/AP")).get("/N")
    look = normal.get_object() if normal is not None else None
    if isinstance(look, dict) and not hasattr(look, "_data"):
        state = mark.get("/AS")
        normal = dict(look.items()).get(state)
        look = normal.get_object() if normal is not None else None
    return normal if hasattr(look, "_data") else None


def _value(field: dict[str, Any]) -> bool:
    """Whether something was typed or chosen in a field, or in the field that it is a part of."""
    for _part in range(DEEPEST):
        if field.get("/V") not in (None, "", "/Off"):
            return True
        field = _dictionary(field.get("/Parent"))
    return False


def _jpx(content: bytes) -> bytes:
    """A JPEG 2000 picture without boxes of notes. NotADocument."""
    if content.startswith(b"\xff\x4f"):
        return content
    boxes, at = [], 0
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, at + 8)
        end = len(content) if length == 0 else at + length
        if (length not in (0,) and length < 8) or end > len(content):
            raise NotADocument("a box longer than its picture")
        if kind in JPX_KEPT:
            boxes.append(content[at:end])
        at = end
    return b"".join(boxes)


def main() -> int:
    """The document from the input to the output; one of the exit codes, with nothing put out."""
    content = sys.stdin.buffer.read()
    # What is needed on the way is read before this process may open no file any more.
    import pypdf.filters
    import pypdf.generic  # noqa: F401

    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    limits = {
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))
    try:
        copy = drawn(content)
    except NotADocument as why:
        return why.code
    if len(copy) > MOST_BYTES:
        return DAMAGED
    sys.stdout.buffer.write(copy)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
