"""A bad link as a process of its own, led by lines on standard input.

    python -m scenarios.bad_network --listen 9000 --target 127.0.0.1:8000 --profile 2g --seed 7

Says {"port": 9000} once it listens, then answers every line with one line of JSON, {"error": ...} if it was
not understood: `cut [reset|blackhole]`, `restore`, `set loss=0.1 bits_per_second=none`, `profile 2g`,
`count`, `stop`. It ends when its input does, so that it never outlives whoever started it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
from dataclasses import asdict
from typing import Any

from scenarios.bad_network.link import Link
from scenarios.bad_network.model import PROFILES


async def obey(link: Link, line: str) -> dict[str, Any]:
    """Do what a line says; the answer. ValueError or TypeError if it was not understood."""
    match line.split():
        case ["cut", *how] if len(how) < 2:
            link.cut(*how)  # type: ignore[arg-type]  # cut refuses other words
        case ["restore"]:
            await link.restore()
        case ["set", *pairs] if pairs:
            named = dict(pair.split("=", 1) for pair in pairs)
            link.set(**{name: None if text == "none" else float(text) for name, text in named.items()})
        case ["profile", name] if name in PROFILES:
            link.set(**asdict(PROFILES[name]))
        case ["count"]:
            return link.counters.as_dict()
        case _:
            raise ValueError(
                "say: cut [reset|blackhole], restore, set NAME=NUMBER, count, stop, "
                f"profile {'|'.join(PROFILES)}"
            )
    return {"ok": True}


async def serve(link: Link) -> None:
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:  # a thread: standard input may be a pipe, a terminal or a file
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.strip())
        loop.call_soon_threadsafe(lines.put_nowait, None)

    async with link:
        print(json.dumps({"port": link.port}), flush=True)
        threading.Thread(target=read, daemon=True).start()
        while (line := await lines.get()) not in (None, "stop"):
            try:
                answer = await obey(link, line)
            except (ValueError, TypeError) as why:
                answer = {"error": str(why)}
            print(json.dumps(answer), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scenarios.bad_network", description="A bad TCP link.")
    parser.add_argument("--listen", type=int, default=0, metavar="PORT", help="0 takes any free one")
    parser.add_argument("--target", required=True, metavar="HOST:PORT")
    parser.add_argument("--profile", choices=PROFILES, default="2g")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    host, _, port = options.target.rpartition(":")
    if not host or not port.isdecimal():
        parser.error("--target: HOST:PORT, such as 127.0.0.1:8000")
    asyncio.run(
        serve(Link(options.listen, (host, int(port)), **asdict(PROFILES[options.profile]), seed=options.seed))
    )


if __name__ == "__main__":
    main()
