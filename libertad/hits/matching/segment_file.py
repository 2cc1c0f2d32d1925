"""A segment in one file: its columns as arrays of NumPy's `.npz`, which has a checksum of each.

Written beside and renamed when it is on the disk. A file says by which reading of names it was made
(`reading`); one of another is refused, for what it looks up is not what would be asked for.
"""

from __future__ import annotations

import os
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.facts import Ages
from libertad.hits.matching.nationality_frequencies import Nations
from libertad.hits.matching.packed_texts import Kept, Texts
from libertad.hits.matching.postings import Postings
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.matching.record_table import Frame, Many
from libertad.hits.matching.segment import Segment

ZIP, OLDER = b"PK", b"libertad-hits-"  # how a file begins; until 0.2 it was a format of our own
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
        str(number),
        (Name(name), Name(given=name, family="Peña Rojas")),
        Birth.of_text(born),
        "F",
        (
            ("document", "GY:R0183456"),
            ("phone", "+592 600 1234"),
            ("place", "Georgetown"),
            ("address", "12 Calle Sucre"),
            ("nationality", nationality),
            ("vehicle", "PTT 1234"),
        ),
    )
    for number, (name, born, nationality) in enumerate(
        (
            ("Yulimar de la Peña", "1994-03-12", "venezolana"),
            ("Nguyễn Thị Văn Vân", "3/12/1994", "vn"),
            ("NGUYEN THITHANHNHUNG", "1994", "Vietnam"),
            ("Sunita Das", "1990-01-01", "Indian"),
            ("محمد عبد الرحمن", "1990-01", "سوريا"),
            ("王秀英", "23 de abril de 1990", "中国"),
            ("Chang Hsiu-ying", "", "CN"),
            ("Zhou Muchen", "", ""),
            ("יצחק כהן", "", "IL"),
            ("হোসেন চৌধুরী", "", "BD"),
            ("Abd al-Rahman Salah ad-Din", "", "EG"),
            ("Тетяна Шевченко", "1988-02-29", "UA"),
            ("Ελένη Παπαδοπούλου", "", "GR"),
            ("गीता देवी", "", "IN"),
            ("Jean-Baptiste ST. LOUIS", "", "haïtienne"),
            ("Geeta Ramnarine-Persaud", "", "trinitense"),
            ("김민수", "", "KR"),
            ("สมชาย ใจดี", "", "TH"),
            ("O'Brien, J. R.", "", ""),
            ("Ñañez Mª del Carmen", "", ""),
        )
    )
)
POSTINGS = ("bucket", "some", "tag", "number")
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

    def lexicon(name: str, of: Kept) -> None:
        texts(f"{name}.words", of.words)
        postings(f"{name}.by", of.by)
        arrays[f"{name}.counts"] = of.counts

    frame = segment.frame
    texts("ids", segment.ids)
    lexicon("names", segment.names)
    postings("by", segment.by)
    for kind, values in segment.values.items():
        lexicon(f"value.{kind}", values)
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
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as file:
            np.savez(file, reading=np.array(reading()), **_columns(segment))  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return size


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
            begin = file.read(len(OLDER))
            file.seek(0)
            arrays = dict(np.load(file, allow_pickle=False)) if begin.startswith(ZIP) else {}
    except BadZipFile as why:
        raise Damaged(f"{path}: the file is not whole; {AGAIN}") from why
    except (OSError, ValueError) as why:
        raise Damaged(f"{path}: cannot be read ({type(why).__name__}); {AGAIN}") from why
    if begin == OLDER:
        raise Damaged(f"{path}: an older version of Libertad made this index; {AGAIN}")
    if not arrays:
        raise Damaged(f"{path}: this is no index of hits; make one with libertad hits index.")
    if str(arrays.pop("reading", "")) != reading():
        raise Damaged(f"{path}: another version made this index, which reads names otherwise; {AGAIN}")
    try:
        return _segment(arrays)
    except KeyError as why:
        raise Damaged(f"{path}: another version made this index; {AGAIN}") from why


def _segment(arrays: Arrays) -> Segment:
    column = arrays.__getitem__

    def texts(name: str) -> Texts:
        return Texts(column(f"{name}.blob"), column(f"{name}.start"))

    def postings(name: str) -> Postings:
        return Postings(*(column(f"{name}.{part}") for part in POSTINGS))

    def lexicon(name: str) -> Kept:
        counts = column(f"{name}.counts")
        return Kept(texts(f"{name}.words"), counts, int(counts.sum()), postings(f"{name}.by"))

    def kinds(prefix: str) -> list[Any]:
        return sorted({name.split(".")[1] for name in arrays if name.startswith(prefix + ".")})

    words = column("frame.words")
    frame = Frame(
        [],
        words,
        column("frame.roles"),
        Many(column("frame.names"), np.zeros(0, np.int64)),
        column("frame.earliest"),
        column("frame.latest"),
        column("frame.placeholder"),
        column("frame.sex"),
        {kind: Many(column(f"fact.{kind}.start"), column(f"fact.{kind}.value")) for kind in kinds("fact")},
    )
    return Segment(
        texts("ids"),
        frame,
        lexicon("names"),
        {kind: lexicon(f"value.{kind}") for kind in kinds("value")},
        postings("by"),
        Ages(column("ages")),
        column("first"),
        column("single"),
        column("letters"),
        Nations(*(column(f"nations.{name}") for name in NATIONS)),
    )
