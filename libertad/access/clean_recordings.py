"""Sound and video as a reader gets them: decoded to pictures and samples, and those encoded anew.

Nothing else of the file goes along: place, device, date, titles, covers, subtitles, attached files, what
stands behind its end. Pictures are turned as the device was held. Decoders are programs of many parts in C,
so this runs in a process of its own without keys, files or network (`sandbox.py`): `cleaned` in `cleaning.py`
starts it.
"""

from __future__ import annotations

import importlib
import io
import json
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from libertad.access.sandbox import NotClosedOff, close_off, confine

DAMAGED, TOO_LONG, TOO_LARGE, NO_SANDBOX = 3, 4, 5, 6  # exit codes
SECOND = 1000  # pictures are timed in thousandths
SAMPLES = 48_000  # a second: what Opus has
TURNS = {90: ("transpose=clock",), 180: ("hflip", "vflip"), 270: ("transpose=cclock",)}
LEFT_OUT = frozenset({"av.__main__", "av.datasets"})  # programs, and what fetches
GAP = SAMPLES // 5  # silence that stays one; less is a device's unsteady clock
# The one reader of each kind; none that follows a list or names another file.
READERS: Mapping[str, str] = {
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/AMR": "amr",
    "audio/ogg": "ogg",
    "audio/vnd.wave": "wav",
    **dict.fromkeys(("audio/mp4", "video/mp4", "video/quicktime", "video/3gpp"), "mov"),
    "video/webm": "matroska",
}
PICTURES = frozenset(["h264", "hevc", "mpeg4", "h263", "vp8", "vp9", "libvpx-vp9", "libdav1d", "av1"])
SOUNDS = frozenset(
    [
        "aac",
        "mp3",
        "mp3float",
        "opus",
        "libopus",
        "vorbis",
        "amrnb",
        "amrwb",
        "libopencore_amrnb",
        "libopencore_amrwb",
        "alac",
        "pcm_u8",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_s24le",
        "pcm_s24be",
        "pcm_s32le",
        "pcm_f32le",
        "pcm_alaw",
        "pcm_mulaw",
        "adpcm_ima_wav",
    ]
)


class NotARecording(ValueError):
    """It is not built as its format says, or beyond what is read. `code`: how the process tells of it."""

    def __init__(self, rule: str, code: int = DAMAGED) -> None:
        super().__init__(rule)
        self.code = code


def copied(content: bytes, media: str, limits: Mapping[str, int]) -> bytes:
    """Sound as Opus in Ogg, video as VP8 with Opus in WebM. `limits`: `recordings.yaml`. NotARecording."""
    from av.error import FFmpegError

    try:
        with _open(content, media, limits) as source:
            turn = _turn(source, limits)
        with _open(content, media, limits) as source:
            return _Copy(source, limits, turn).encode()
    except (NotARecording, MemoryError):
        raise
    except (FFmpegError, ValueError, TypeError, OverflowError, ArithmeticError, OSError) as why:
        raise NotARecording(f"it cannot be read ({type(why).__name__})") from why


def _open(content: bytes, media: str, limits: Mapping[str, int]) -> Any:
    """The file to be read, by the one reader of its kind, which opens nothing besides."""
    import av

    options = {
        "protocol_whitelist": "none",
        "codec_whitelist": ",".join(sorted(PICTURES | SOUNDS)),
        "max_streams": str(limits["streams"] + 1),
        "max_pixels": str(limits["pixels"]),
    }
    source = av.open(io.BytesIO(content), format=READERS[media], options=options, metadata_errors="ignore")
    if len(source.streams) > limits["streams"]:
        raise NotARecording("more streams than are read")
    return source


def _first(source: Any, kind: str, limits: Mapping[str, int]) -> Any:
    """The first stream of a kind that is read and no cover; None where there is none. NotARecording."""
    from av.stream import Disposition

    has_unknown = False
    for stream in source.streams:
        context = stream.codec_context
        if stream.type != kind or stream.disposition & Disposition.attached_pic:
            continue
        has_unknown = True
        if context is not None and context.name in (PICTURES if kind == "video" else SOUNDS):
            context.thread_count = 1
            if kind == "video":
                _check_size(context.width, context.height, limits)
                context.options = {"max_pixels": str(limits["pixels"])}
            return stream
    if has_unknown:
        raise NotARecording("pictures or sound that no reader here knows")
    return None


def _check_size(width: int, height: int, limits: Mapping[str, int]) -> None:
    if width * height > limits["pixels"]:
        raise NotARecording("a picture larger than is read", TOO_LARGE)


def _turn(source: Any, limits: Mapping[str, int]) -> int:
    """By how much its pictures are turned to the right to stand upright: 0, 90, 180 or 270."""
    pictures = _first(source, "video", limits)
    for kind, frame in _frames(source, [pictures] if pictures else []):
        turn = -frame.rotation % 360
        return turn if kind == "video" and turn in TURNS else 0
    return 0


def _frames(source: Any, streams: list[Any]) -> Iterator[tuple[str, Any]]:
    """(kind, picture or samples); a packet that cannot be read is left out, and what stands behind a cut."""
    from av.error import FFmpegError

    packets = source.demux(*streams) if streams else iter(())
    while True:
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):
            return
        try:
            frames = packet.decode()
        except FFmpegError:
            continue
        for frame in frames:
            yield packet.stream.type, frame


def _start(stream: Any) -> float:
    start, base = stream.start_time, stream.time_base
    return float(start * base) if start is not None and base else 0.0


class _Copy:
    """The new recording, as its pictures and samples come."""

    def __init__(self, source: Any, limits: Mapping[str, int], turn: int) -> None:
        import av

        self.source, self.limits = source, limits
        pictures, sounds = (_first(source, kind, limits) for kind in ("video", "audio"))
        self.streams = [stream for stream in (pictures, sounds) if stream is not None]
        if not self.streams:
            raise NotARecording("neither pictures nor sound")
        self.seconds = limits["sound_seconds" if pictures is None else "video_seconds"]
        self.begin = min(_start(stream) for stream in self.streams)
        self.content = io.BytesIO()
        self.sink = av.open(
            self.content, "w", format="ogg" if pictures is None else "webm", options={"fflags": "+bitexact"}
        )
        # Both are made before the first byte: a head names all of its streams.
        self.pictures = None if pictures is None else _Pictures(self.sink, pictures, limits, turn)
        self.sounds = None if sounds is None else _Sounds(self.sink, sounds, limits)

    def encode(self) -> bytes:
        unread = {stream.type for stream in self.streams}
        for kind, frame in _frames(self.source, self.streams):
            unread.discard(kind)
            at = self._elapsed(frame)
            if kind == "video" and self.pictures:
                _check_size(frame.width, frame.height, self.limits)
                self._write(self.pictures.encode(frame, at))
            elif kind == "audio" and self.sounds:
                self._write(self.sounds.encode(frame, at))
                self._check_time(self.sounds.at / SAMPLES)
        if unread:
            raise NotARecording("nothing of its pictures or of its sound can be read")
        for encoder in (self.pictures, self.sounds):
            self._write(encoder.flush() if encoder else ())
        self.sink.close()
        return self.content.getvalue()

    def _elapsed(self, frame: Any) -> float | None:
        """Seconds since it began, where it says."""
        if frame.time is None:
            return None
        at = float(frame.time) - self.begin
        self._check_time(at)
        return at

    def _check_time(self, at: float) -> None:
        if at > self.seconds:
            raise NotARecording("longer than is read", TOO_LONG)

    def _write(self, packets: Any) -> None:
        for packet in packets:
            self.sink.mux(packet)
        if self.content.tell() > self.limits["copy_bytes"]:
            raise NotARecording("a copy larger than is kept", TOO_LONG)


class _Pictures:
    """Pictures in VP8: upright, with square pixels, and no larger or more of them than are watched."""

    def __init__(self, sink: Any, source: Any, limits: Mapping[str, int], turn: int) -> None:
        self.source, self.limits, self.turn = source, limits, turn
        self.stream = sink.add_stream("libvpx", rate=limits["rate"])
        context = self.stream.codec_context
        context.time_base = Fraction(1, SECOND)
        context.bit_rate, context.thread_count, context.pix_fmt = limits["picture_bits"], 1, "yuv420p"
        context.options = {
            "deadline": "realtime",
            "cpu-used": "8",
            "lag-in-frames": "0",
            "flags": "+bitexact",
            **dict.fromkeys(("minrate", "maxrate", "bufsize"), str(limits["picture_bits"])),
        }
        self.last = -SECOND
        self.graph: Any = None
        self.built_for: tuple[int, int, str] | None = None
        self.size = self._size(source.codec_context)
        context.width, context.height = self.size

    def _size(self, context: Any) -> tuple[int, int]:
        """As it is watched: at most `long` by `short`, whichever way, in even numbers."""
        shape = context.sample_aspect_ratio
        wide = context.width * (float(shape) if shape and 0.1 < shape < 10 else 1.0)
        width, height = (wide, context.height) if self.turn % 180 == 0 else (context.height, wide)
        scale = min(
            1.0,
            self.limits["long"] / max(width, height, 1),
            self.limits["short"] / max(min(width, height), 1),
        )
        return max(16, round(width * scale / 2) * 2), max(16, round(height * scale / 2) * 2)

    def encode(self, frame: Any, at: float | None) -> Any:
        pts = self.last + SECOND // self.limits["rate"] if at is None else int(at * SECOND)
        if pts - self.last < 0.9 * SECOND / self.limits["rate"]:
            return ()
        if self.built_for != (frame.width, frame.height, frame.format.name):
            self._build(frame)
        self.graph.push(frame)
        picture = self.graph.pull()
        picture.pts, picture.time_base, self.last = pts, Fraction(1, SECOND), pts
        picture.duration = SECOND // self.limits["rate"]
        picture.pict_type = 0  # as this encoder will have it
        return self.stream.encode(picture)

    def _build(self, frame: Any) -> None:
        from av.filter import Graph

        graph, (width, height) = Graph(), self.size
        graph.threads = 1
        before = (width, height) if self.turn % 180 == 0 else (height, width)
        steps = [
            graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=self.source.time_base or Fraction(1, SECOND),
            ),
            graph.add("scale", f"{before[0]}:{before[1]}:flags=bilinear"),
            graph.add("format", "yuv420p"),
        ]
        for step in TURNS.get(self.turn, ()):
            name, _, value = step.partition("=")
            steps.append(graph.add(name, value or None))
        steps.append(graph.add("buffersink"))
        graph.link_nodes(*steps).configure()
        self.graph, self.built_for = graph, (frame.width, frame.height, frame.format.name)

    def flush(self) -> Any:
        return self.stream.encode(None)


class _Sounds:
    """Sound in Opus, of one channel or two."""

    def __init__(self, sink: Any, source: Any, limits: Mapping[str, int]) -> None:
        context = source.codec_context
        self.layout = "mono" if context.channels == 1 else "stereo"
        self.stream = sink.add_stream("libopus", rate=SAMPLES, layout=self.layout)
        own = self.stream.codec_context
        own.bit_rate = limits["channel_bits"] * (1 if self.layout == "mono" else 2)
        own.options = {"compression_level": "5", "flags": "+bitexact"}
        own.format = "s16"
        self.at = 0  # samples so far
        self.resampler: Any = None
        self.built_for: tuple[int, str, str] | None = None

    def encode(self, frame: Any, at: float | None) -> Iterator[Any]:
        from av.audio.resampler import AudioResampler

        kind = (frame.sample_rate, frame.format.name, frame.layout.name)
        if kind != self.built_for:
            if self.resampler is not None:
                yield from self._encoded(self.resampler.resample(None))
            self.resampler = AudioResampler(format="s16", layout=self.layout, rate=SAMPLES)
            self.built_for = kind
        if at is not None and int(at * SAMPLES) - self.at > GAP:
            self.at = int(at * SAMPLES)
        frame.pts = None
        yield from self._encoded(self.resampler.resample(frame))

    def _encoded(self, frames: Any) -> Iterator[Any]:
        for frame in frames:
            frame.pts, frame.time_base = self.at, Fraction(1, SAMPLES)
            self.at += frame.samples
            yield from self.stream.encode(frame)

    def flush(self) -> Iterator[Any]:
        if self.resampler is not None:
            yield from self._encoded(self.resampler.resample(None))
        yield from self.stream.encode(None)


def main() -> int:
    """The copy from the input to the output; one of the exit codes, with nothing put out."""
    media, limits = sys.argv[1], json.loads(sys.argv[2])
    content = sys.stdin.buffer.read()
    # All of it is read before this process may open no file any more.
    import av

    for module in pkgutil.walk_packages(av.__path__, "av."):
        if module.name not in LEFT_OUT:
            importlib.import_module(module.name)
    av.logging.set_level(None)
    confine(limits["memory"], limits["work"])
    try:
        close_off()
        copy = copied(content, media, limits)
    except NotClosedOff:
        return NO_SANDBOX
    except NotARecording as why:
        return why.code
    sys.stdout.buffer.write(copy)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
