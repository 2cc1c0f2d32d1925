"""A segment in one file: a line of JSON that says what follows, then the columns as they lie in memory.

Written beside and renamed when it is on the disk, so a file that is there is whole; its length is checked all
the same. The columns are mapped, not read: an index of millions is there at once. A file says by which
reading of names it was made (`reading`); one of another is refused, for what it looks up is not what would be
asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.facts import Ages
from libertad.hits.matching.frame import Frame, Many
from libertad.hits.matching.nations import Nations
from libertad.hits.matching.postings import Postings
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.matching.segment import Segment
from libertad.hits.matching.stored import Kept, Texts

MAGIC = b"libertad-hits-3\n"
OLDER = b"libertad-hits-"
AGAIN = "make it again with libertad hits index."
# Of the data these say how common or how likely something is, which is looked up when an index is asked.
ASKED = (
    "calibration.csv",
    "calibration-link.csv",
    "frequency-family.csv",
    "frequency-given.csv",
    "sources.yaml",
)
# Names, numbers and births of every kind that is read by a rule of its own.
SAMPLES = tuple(
    Record(
        str(number), (Name(name), Name(given=name, family="Peña Rojas")), Birth.of_text(born), "F",
        (("document", "GY:R0183456"), ("phone", "+592 600 1234"), ("place", "Georgetown"),
         ("address", "12 Calle Sucre"), ("nationality", nationality), ("vehicle", "PTT 1234")),
    )
    for number, (name, born, nationality) in enumerate(
        (
            ("Yulimar de la Peña", "1994-03-12", "venezolana"), ("Nguyễn Thị Văn Vân", "3/12/1994", "vn"),
            ("NGUYEN THITHANHNHUNG", "1994", "Vietnam"), ("Sunita Das", "1990-01-01", "Indian"),
            ("محمد عبد الرحمن", "1990-01", "سوريا"), ("王秀英", "23 de abril de 1990", "中国"),
            ("Chang Hsiu-ying", "", "CN"), ("Zhou Muchen", "", ""),
            ("יצחק כהן", "", "IL"), ("হোসেন চৌধুরী", "", "BD"),
            ("Abd al-Rahman Salah ad-Din", "", "EG"),
            ("Тетяна Шевченко", "1988-02-29", "UA"), ("Ελένη Παπαδοπούλου", "", "GR"), ("गीता देवी", "", "IN"),
            ("Jean-Baptiste ST. LOUIS", "", "haïtienne"), ("Geeta Ramnarine-Persaud", "", "trinitense"),
            ("김민수", "", "KR"), ("สมชาย ใจดี", "", "TH"), ("O'Brien, J. R.", "", ""),
            ("Ñañez Mª del Carmen", "", ""),
        )
    )
)  # fmt: skip
POSTINGS = ("bucket", "some", "tag", "number")
ALIGN = 64
NATIONS = ("start", "word", "count", "total")
Arrays = dict[str, NDArray[Any]]


class Damaged(ValueError):
    """The file is no index, or not whole; says what to do."""


@cache
def reading() -> str:
    """By which rules names, numbers and births are read here: a digest of the lists that are read by, and of
    an index of `SAMPLES`."""
    digest = blake2b(digest_size=16)
    for path in sorted(FOLDER.iterdir()):
        if path.is_file() and path.name not in ASKED:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for name, array in sorted(_columns(Segment.of(SAMPLES)).items()):
        if name == "letters":  # how common, not how read
            continue
        digest.update(
            f"{name} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes()
        )
    return digest.hexdigest()


def _columns(segment: Segment) -> Arrays:
    arrays: Arrays = {}

    def texts(name: str, of: Texts) -> None:
        arrays[f"{name}.blob"], arrays[f"{name}.start"] = of.blob, of.start

    def postings(name: str, of: Postings) -> None:
        for part in POSTINGS:
            arrays[f"{name}.{part}"] = getattr(of, part)

    def kept(name: str, of: Kept) -> None:
        texts(f"{name}.words", of.words)
        postings(f"{name}.by", of.by)
        arrays[f"{name}.counts"] = of.counts

    frame = segment.frame
    texts("ids", segment.ids)
    kept("names", segment.names)
    postings("by", segment.by)
    for kind, values in segment.values.items():
        kept(f"value.{kind}", values)
    for kind, ragged in frame.facts.items():
        arrays[f"fact.{kind}.start"], arrays[f"fact.{kind}.value"] = ragged.start, ragged.value
    for name in ("words", "roles", "earliest", "latest", "placeholder", "sex"):
        arrays[f"frame.{name}"] = getattr(frame, name)
    arrays["frame.names"] = frame.names.start
    for name in NATIONS:
        arrays[f"nations.{name}"] = getattr(segment.nations, name)
    arrays |= {"ages": segment.ages.share, "first": segment.first, "single": segment.single}
    return arrays | {"letters": segment.letters}


def write(path: Path, segment: Segment) -> int:
    """Write the index to `path`, durably; returns its size in bytes. Raises OSError, and leaves nothing."""
    arrays = _columns(segment)
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, list(array.shape), at)
        at += -(-array.nbytes // ALIGN) * ALIGN
    head = msgspec.json.encode({"columns": places, "size": at, "reading": reading()})
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as file:
            file.write(MAGIC + head + b"\n")
            file.write(b"\0" * (-file.tell() % ALIGN))
            start = file.tell()
            for name, array in arrays.items():
                file.seek(start + places[name][2])
                file.write(np.ascontiguousarray(array).data)
            file.truncate(start + at)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return start + at


def refuse_added(path: Path) -> None:
    """Raise `Damaged` where files lie beside an index to which an older version added records."""
    for name in (f"{path.name}.1", f"{path.name}.1.log"):
        if (added := path.with_name(name)).exists():
            raise Damaged(
                f"{added}: an older version added records to this index, which are not asked any more; "
                "move it away, and make the index again of all its tables."
            )


def read(path: Path) -> Segment:
    """The index of a file. Raises `Damaged`."""
    refuse_added(path)
    try:
        with path.open("rb") as file:
            if (first := file.readline(len(MAGIC))) != MAGIC:
                if first.startswith(OLDER):
                    raise Damaged(
                        f"{path}: an older version of Libertad made this index, or a newer; {AGAIN}"
                    )
                raise Damaged(f"{path}: this is no index of hits; make one with libertad hits index.")
            head = msgspec.json.decode(file.readline())
            start = -(-file.tell() // ALIGN) * ALIGN
        if path.stat().st_size != start + head["size"]:
            raise Damaged(f"{path}: the file is not whole; make it again with libertad hits index.")
    except (OSError, msgspec.DecodeError) as why:
        raise Damaged(f"{path}: cannot be read ({type(why).__name__}); make it again.") from why
    if head.get("reading") != reading():
        raise Damaged(f"{path}: another version made this index, which reads names otherwise; {AGAIN}")
    whole = np.memmap(path, np.uint8, "r", offset=start) if head["size"] else np.zeros(0, np.uint8)

    def column(name: str) -> NDArray[Any]:
        kind, shape, at = head["columns"][name]
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        array: NDArray[Any] = np.asarray(whole[at : at + size]).view(kind).reshape(shape)
        return array

    try:
        return _segment(column, list(head["columns"]))
    except KeyError as why:
        raise Damaged(
            f"{path}: another version made this index; make it again with libertad hits index."
        ) from why


def _segment(column: Callable[[str], NDArray[Any]], names: list[str]) -> Segment:
    def texts(name: str) -> Texts:
        return Texts(column(f"{name}.blob"), column(f"{name}.start"))

    def postings(name: str) -> Postings:
        return Postings(*(column(f"{name}.{part}") for part in POSTINGS))

    def kept(name: str) -> Kept:
        counts = column(f"{name}.counts")
        return Kept(texts(f"{name}.words"), counts, int(counts.sum()), postings(f"{name}.by"))

    def kinds(prefix: str) -> list[Any]:
        return sorted({name.split(".")[1] for name in names if name.startswith(prefix + ".")})

    words = column("frame.words")
    frame = Frame(
        [], words, column("frame.roles"), Many(column("frame.names"), np.zeros(0, np.int64)),
        column("frame.earliest"), column("frame.latest"), column("frame.placeholder"), column("frame.sex"),
        {kind: Many(column(f"fact.{kind}.start"), column(f"fact.{kind}.value")) for kind in kinds("fact")},
    )  # fmt: skip
    return Segment(
        texts("ids"), frame, kept("names"), {kind: kept(f"value.{kind}") for kind in kinds("value")},
        postings("by"), Ages(column("ages")), column("first"), column("single"), column("letters"),
        Nations(*(column(f"nations.{name}") for name in NATIONS)),
    )  # fmt: skip
