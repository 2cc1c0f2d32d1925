"""What a TCP sender sees of a bad link, for bytes that have left TCP already.

A proxy holds a stream, not packets: it cannot drop anything. So a loss is modelled by what it costs.

- **Rate.** Each way has one transmitter that all connections of the link share, segment by segment in turn.
  A segment (at most 1,400 bytes of payload) occupies it for its bits. Headers and acknowledgements are free.
- **Delay.** A segment arrives one way's delay after it left. A new connection costs one round trip first.
- **Loss.** Each transmission is lost with the same chance. It has occupied the transmitter all the same. A
  lost segment is sent again when three later ones of its connection have arrived and the word of it has come
  back (fast retransmit: about one round trip), else after a time-out of max(1 s, two round trips) that
  doubles with each further loss of the same segment. What follows it arrives, waits, and is handed over in
  order (head-of-line blocking).
- **Window.** 64 KB a connection and way may wait or be under way; then its sender is not read from.
- **Not modelled**: the congestion window. At 50 kbit/s, 600 ms and 5% Mathis' bound (1.22 segments a round
  trip by the square root of the loss) lies at 102 kbit/s and ten segments of initial window fill the link
  twice, so the rate is what binds. On a fast and lossy link the model is kinder than TCP.

The fate of a transmission is a hash of seed, connection, way, position in the stream and attempt: the same
bytes in the same segments meet the same fate, whatever the other connections do.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

SEGMENT = 1400  # bytes of payload
BUFFER = (
    64 * 1024
)  # a connection's window: bytes one way, waiting or under way, before its sender has to wait
LONGEST = 60.0  # seconds; a time-out does not grow beyond it


@dataclass(frozen=True)
class Conditions:
    """Of one link, the same both ways. `bits_per_second` None is no limit. ValueError says what is wrong."""

    bits_per_second: float | None = None
    one_way_delay_s: float = 0.0
    loss: float = 0.0

    def __post_init__(self) -> None:
        if self.bits_per_second is not None and self.bits_per_second <= 0:
            raise ValueError("bits_per_second: more than 0, or none for no limit; cut() stops a link")
        if self.one_way_delay_s < 0:
            raise ValueError("one_way_delay_s: 0 or more seconds")
        if not 0 <= self.loss < 1:
            raise ValueError("loss: a share from 0 to below 1; cut() stops a link")

    @property
    def round_trip(self) -> float:
        return 2 * self.one_way_delay_s

    @property
    def free(self) -> bool:
        """Nothing is held back: bytes go through as they come."""
        return self.bits_per_second is None and not self.one_way_delay_s and not self.loss

    def sending(self, size: int) -> float:
        """Seconds that these bytes occupy the transmitter."""
        return 0.0 if self.bits_per_second is None else size * 8 / self.bits_per_second

    def timeout(self, losses: int) -> float:
        """Seconds after which a segment lost this often is sent again."""
        return min(LONGEST, max(1.0, 2 * self.round_trip) * 2.0 ** (losses - 1))


PROFILES = {
    "free": Conditions(),
    "2g": Conditions(50_000, 0.3, 0.05),
    "3g": Conditions(1_000_000, 0.1, 0.01),
    "satellite": Conditions(512_000, 0.35, 0.02),
}


def fate(seed: int, *names: object) -> float:
    """A number in [0, 1) that belongs to this seed and these names, now and in any process."""
    seeded_name = ":".join(map(str, (seed, *names))).encode()
    return int.from_bytes(hashlib.blake2b(seeded_name, digest_size=8).digest(), "big") / 2**64


@dataclass
class Count:
    """One way of a link, in bytes of payload but for `lost`, in segments."""

    arrived: int = 0
    sent: int = 0  # with what was sent again
    lost: int = 0


@dataclass(eq=False, slots=True)
class Segment:
    flow: Flow
    at: int
    data: bytes
    last: bool
    losses: int = 0
    behind: int = 0  # later segments that arrived while this one was missing
    arrived: bool = False
    timer: asyncio.TimerHandle | None = None


@dataclass(eq=False)
class Flow:
    """One way of one connection. `deliver` gets its bytes in order, `ended` is called after the last of them,
    `room` when a sender that was told to wait may go on."""

    number: int
    deliver: Callable[[bytes], None]
    ended: Callable[[], None]
    room: Callable[[], None]
    opened: bool = False
    ending: bool = False
    dead: bool = False
    at: int = 0  # bytes that have left for the first time
    handed: int = 0  # bytes that were delivered
    waiting: bytearray = field(default_factory=bytearray)
    flying: deque[Segment] = field(default_factory=deque)

    @property
    def full(self) -> bool:
        return self.at - self.handed + len(self.waiting) >= BUFFER


class Way:
    """One way of a link: the transmitter, and all that is under way behind it."""

    def __init__(self, name: str, seed: int, conditions: Conditions, loop: asyncio.AbstractEventLoop) -> None:
        self.name = name
        self.conditions = conditions
        self.count = Count()
        self._seed = seed
        self._loop = loop
        self._turn: deque[Flow] = deque()
        self._again: deque[Segment] = deque()
        self._busy = False
        self._free_at = 0.0

    def offer(self, flow: Flow, data: bytes) -> None:
        """Take bytes of this flow to be carried. Until it is opened they wait."""
        if self.conditions.free and flow.opened and not flow.waiting and not flow.flying:
            self.count.sent += len(data)
            self.count.arrived += len(data)
            flow.deliver(data)
            return
        flow.waiting += data
        self._queue(flow)

    def open(self, flow: Flow) -> None:
        """The connection stands: what waits may go."""
        flow.opened = True
        self._queue(flow)

    def end(self, flow: Flow) -> None:
        """No more bytes will come; `ended` is called after the last one has arrived."""
        flow.ending = True
        self._queue(flow)

    def forget(self, flow: Flow) -> None:
        """Drop all that is under way of this flow, silently."""
        flow.dead = True
        flow.waiting.clear()
        for segment in flow.flying:
            if segment.timer is not None:
                segment.timer.cancel()
        flow.flying.clear()

    def _queue(self, flow: Flow) -> None:
        if flow.opened and not flow.dead and flow not in self._turn and (flow.waiting or flow.ending):
            self._turn.append(flow)
        self._wake()

    def _wake(self) -> None:
        if not self._busy:
            self._transmit(self._loop.time())

    def _next(self) -> Segment | None:
        """What was lost goes first, as TCP does; then the connections in turn."""
        while self._again:
            segment = self._again.popleft()
            if not segment.flow.dead:
                return segment
        while self._turn:
            flow = self._turn.popleft()
            if flow.dead:
                continue
            data = bytes(flow.waiting[:SEGMENT])
            del flow.waiting[:SEGMENT]
            last = flow.ending and not flow.waiting
            segment = Segment(flow, flow.at, data, last)
            flow.at += len(data)
            flow.flying.append(segment)
            if flow.waiting:
                self._turn.append(flow)
            return segment
        return None

    def _transmit(self, start: float) -> None:
        """Begin with the next segment at `start`: as planned, so that late timers do not add up."""
        segment = self._next()
        self._busy = segment is not None
        if segment is not None:
            self._free_at = start + self.conditions.sending(len(segment.data))
            self._loop.call_at(self._free_at, self._segment_sent, segment)

    def _segment_sent(self, segment: Segment) -> None:
        self.count.sent += len(segment.data)
        if not segment.flow.dead:
            if self._lost(segment):
                self.count.lost += 1
                segment.losses += 1
                self._plan(segment, self._free_at + self.conditions.timeout(segment.losses))
            else:
                at = self._free_at + self.conditions.one_way_delay_s
                self._loop.call_at(at, self._arrive, segment)
        self._transmit(self._free_at)

    def _lost(self, segment: Segment) -> bool:
        name = (segment.flow.number, self.name, segment.at, segment.last and not segment.data, segment.losses)
        return fate(self._seed, *name) < self.conditions.loss

    def _plan(self, segment: Segment, when: float) -> None:
        if segment.timer is not None:
            segment.timer.cancel()
        segment.timer = self._loop.call_at(when, self._resend, segment)

    def _resend(self, segment: Segment) -> None:
        segment.timer = None
        self._again.append(segment)
        self._wake()

    def _arrive(self, segment: Segment) -> None:
        flow = segment.flow
        if flow.dead:
            return
        segment.arrived = True
        for earlier in flow.flying:
            if earlier is segment:
                break
            earlier.behind += 1
            if earlier.behind == 3 and earlier.losses == 1 and earlier.timer is not None:
                heard_at = self._loop.time() + self.conditions.one_way_delay_s
                if heard_at < earlier.timer.when():
                    self._plan(earlier, heard_at)
        while not flow.dead and flow.flying and flow.flying[0].arrived:
            first = flow.flying.popleft()
            self.count.arrived += len(first.data)
            flow.handed += len(first.data)
            if first.data:
                flow.deliver(first.data)
            if first.last and not flow.dead:
                flow.ended()
        if not flow.dead and not flow.full:
            flow.room()
