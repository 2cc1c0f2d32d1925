// Today asks for itself who is in danger, so that nobody has to load the page to learn of it.
const EVERY = 20_000
const GIVES_UP = 30 // failures in a row: whoever comes back loads the page

function names(part: Element): Set<string> {
  return new Set([...part.querySelectorAll('.todo')].map((one) =>
    `${one.querySelector('h3')?.textContent ?? ''} ${one.querySelector('.who-for')?.textContent ?? ''}`.replace(/\s+/g, ' ').trim()))
}

/** Draws the part anew; reads aloud only who was not there before. Leaves it where the keyboard is in it. */
export function dangerNow(): void {
  const part = document.getElementById('danger-now')
  const aloud = document.getElementById('danger-aloud')
  if (!part?.dataset.refresh || !aloud) return
  const address = new URL(part.dataset.refresh, location.href)
  let failed = 0
  const ask = async () => {
    const answer = await fetch(address, { headers: { Accept: 'text/html' }, cache: 'no-store', redirect: 'error' })
    if (!answer.ok) throw new Error(String(answer.status))
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html').body
    const before = names(part)
    const now = names(next)
    const fresh = [...now].filter((name) => !before.has(name))
    if (part.contains(document.activeElement) && !fresh.length && now.size === before.size) return
    part.replaceChildren(...next.childNodes)
    if (fresh.length) aloud.textContent = `${aloud.dataset.words ?? ''} ${fresh.join(', ')}`
  }
  const timer = window.setInterval(() => {
    if (document.visibilityState !== 'visible') return
    ask().then(() => { failed = 0 }, () => {
      failed += 1
      if (failed >= GIVES_UP) window.clearInterval(timer)
    })
  }, EVERY)
}
