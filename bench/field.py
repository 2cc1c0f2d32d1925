"""The field app on a slow phone: Chromium with its processor slowed six times. `libertad bench field`.

`--meetings` people (40) are met without a network, each save timed from the touch to the word that it is
kept; beside it, in the same page, as many bytes go into a bare IndexedDB with a strict commit. Handed over by
a link of 50 kbit/s, reports first. Then the app is filled to `--entries` (5,000) and opened without a
network. `--no-full` leaves that out.
"""

from __future__ import annotations

import argparse
import gzip
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright

from bench.node import operation
from bench.report import line, percentile, show

SLOW = 6
SAVE_MS, OPEN_S, HAND_OVER_S, FIRST_LOAD_KB = 60.0, 2.0, 30.0, 150.0
ASKED = "the bound asked for"
# A person is met by touches within the page, so that only the app's own time is measured.
MEET = """
async (name) => {
  const until = async (find) => {
    for (;;) {
      const there = find()
      if (there) return there
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  }
  const all = () => [...document.querySelectorAll('button')]
  const button = (words) => all().find((one) => one.textContent.includes(words))
  ;(await until(() => button('Meet a person'))).click()
  const box = await until(() => document.querySelector('#name'))
  box.value = name
  box.dispatchEvent(new Event('input', { bubbles: true }))
  for (const group of ['danger', 'age']) document.querySelector(`#${group} label`).click()
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  const begun = performance.now()
  button('Save on this phone').click()
  await until(() => /Saved on this phone as/.test(document.querySelector('[role=status]')?.textContent ?? ''))
  return performance.now() - begun
}
"""
BARE = """
async ([times, size]) => {
  const open = indexedDB.open('bare', 1)
  open.onupgradeneeded = () => open.result.createObjectStore('entry', { autoIncrement: true })
  const db = await new Promise((resolve, reject) => {
    open.onsuccess = () => resolve(open.result)
    open.onerror = () => reject(open.error)
  })
  const spent = []
  for (let n = 0; n < times; n++) {
    const begun = performance.now()
    const change = db.transaction('entry', 'readwrite', { durability: 'strict' })
    change.objectStore('entry').add(crypto.getRandomValues(new Uint8Array(size)))
    await new Promise((resolve) => { change.oncomplete = resolve })
    spent.push(performance.now() - begun)
  }
  db.close()
  return spent
}
"""
BYTES = 4_000  # of a person met, about: docs/field.md


def first_load() -> float:
    """Kilobytes, compressed, of all that the first visit fetches."""
    from libertad.field.app_files import APP

    kept = [path for path in APP.rglob("*") if path.suffix in (".js", ".css", ".html", ".woff2")]
    page = (APP / "index.html").read_text()
    wanted = [path for path in kept if path.name == "index.html" or path.name in page]
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in wanted) / 1000


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--meetings", type=int, default=40)
    options.add_argument("--entries", type=int, default=5_000)
    options.add_argument("--no-full", action="store_true")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    rows: list[dict[str, Any]] = []
    with operation() as bench, tempfile.TemporaryDirectory() as folder:
        from libertad.field import codes
        from libertad.journal.node import close_node
        from scenarios.bad_network.process import LinkProcess
        from tests.support.daybook import Daybook
        from tests.support.serving import server

        code = codes.give(bench.world.actors["administrator"], bench.officer.officer, 14)[0]
        close_node()
        with (
            server(bench.home) as there,
            LinkProcess(there.removeprefix("http://"), profile="free", seed=1) as link,
            sync_playwright() as playwright,
        ):
            app = Daybook(playwright.chromium, Path(folder), f"http://127.0.0.1:{link.port}")
            app.launch()
            app.enrol(code)
            cdp = app.page.context.new_cdp_session(app.page)
            app.page.context.set_offline(True)
            cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
            saved = [app.page.evaluate(MEET, f"Person {n}") for n in range(chosen.meetings)]
            bare = app.page.evaluate(BARE, [chosen.meetings, BYTES])
            rows += [
                line("a save that is kept, p95", percentile(saved, 0.95), SAVE_MS, ASKED, "ms"),
                line(
                    "the same beside a bare strict commit, p95",
                    percentile(saved, 0.95),
                    percentile(bare, 0.95),
                    "IndexedDB alone",
                    "ms",
                ),
            ]
            cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})
            kept = app.unsent()
            link.set(bits_per_second=50_000, one_way_delay_s=0.3)
            app.page.context.set_offline(False)
            begun = time.perf_counter()
            app.hand_over()
            expect(app.page.locator(".band")).to_contain_text("All handed over")
            name = f"{chosen.meetings} people, {kept} entries, at 50 kbit/s"
            rows.append(line(name, time.perf_counter() - begun, HAND_OVER_S, ASKED, "s"))
            if not chosen.no_full:
                app.page.context.set_offline(True)
                number = 0
                while app.unsent() < chosen.entries:
                    app.page.evaluate(MEET, f"Another {number}")
                    number += 1
                cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
                begun = time.perf_counter()
                app.page.reload()
                expect(app.page.locator(".band")).to_contain_text(re.compile("not yet handed over"))
                opened = time.perf_counter() - begun
                rows.append(line(f"opens with {chosen.entries:,} held", opened, OPEN_S, ASKED, "s"))
            app.kill()
        rows.append(line("first load, compressed", first_load(), FIRST_LOAD_KB, ASKED, "kB"))
    show(rows)


if __name__ == "__main__":
    main()
