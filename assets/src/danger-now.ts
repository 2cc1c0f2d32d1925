// Today asks for itself who is in danger, so that nobody has to load the page to learn of it.
const EVERY = 20_000
const GIVES_UP = 30 // failures in a row: whoever comes back loads the page

/** By danger (its entry, else its words) what is read aloud of it: two of one team are two. */
function alarms(part: Element): Map<string, string> {
  const known = new Map<string, string>()
  for (const todo of part.querySelectorAll<HTMLElement>('.todo')) {
    const text = ['h3', '.who-for', '.what p'].map((part) => todo.querySelector(part)?.textContent ?? '').join(' ')
    const words = text.replace(/\s+/g, ' ').trim()
    for (const ring of todo.dataset.rings?.split(' ') ?? [words]) known.set(ring, words)
  }
  return known
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
    const before = alarms(part)
    const now = alarms(next)
    const fresh = [...new Set([...now].filter(([ring]) => !before.has(ring)).map(([, words]) => words))]
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
