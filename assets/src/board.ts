// Keeps the board live: its own EventSource, replay by id after a
// cut, the operation's clock. Without it the page shows what the server last drew, and 'Load again'.
type Said = { id: string; html: string }
type ClockReading = { reads: string; rate: number }

const KEEP = 30
const ALOUD_EVERY = 10_000 // ms between two announcements: a screen reader must be able to finish
const SILENT_FOR = 20_000 // ms without even a ping after which the line counts as cut
const byId = (id: string) => document.getElementById(id)
const fill = (words: string | undefined, values: Record<string, string | number>) =>
  (words ?? '').replace(/\{(\w+)\}/g, (_all, key: string) => String(values[key] ?? ''))

function fragment(html: string): DocumentFragment {
  const holder = document.createElement('template')
  holder.innerHTML = html
  return holder.content
}

/** Replaces a part's content; focus stays on the link with the same address. */
function replace(id: string, html: string): void {
  const part = byId(id)
  if (!part) return
  const held = part.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null
  part.replaceChildren(fragment(html))
  if (!held) return
  const again = [...part.querySelectorAll<HTMLElement | SVGElement>('a')].find((a) => a.getAttribute('href') === held)
  again?.focus({ preventScroll: true })
}

// The operation's clock: it read `reads` when this page's monotonic clock stood at `at`.
const clock = byId('clock')
let reads = Date.parse(clock?.dataset.reads ?? '')
let rate = Number(clock?.dataset.rate ?? 1)
let at = performance.now()
const operationNow = () => reads + (performance.now() - at) * rate
const hhmm = (ms: number) => new Date(ms).toISOString().slice(11, 16)

function setClock(reading: ClockReading): void {
  const now = Date.parse(reading.reads)
  if (Number.isNaN(now)) return
  ;[reads, rate, at] = [now, reading.rate, performance.now()]
}

function tick(): void {
  if (!clock || Number.isNaN(reads)) return
  const now = operationNow()
  const local = now + Number(clock.dataset.offset ?? 0) * 60_000
  const put = (id: string, words: string) => {
    const part = byId(id)
    if (part && part.textContent !== words) part.textContent = words
  }
  put('clock-utc', hhmm(now))
  const language = clock.lang === 'en' ? 'en-GB' : clock.lang || 'en-GB'
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const short = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' })
  put('clock-local', day(now) === day(local) ? hhmm(local) : `${short.format(local)} ${hhmm(local)}`)
  const date = new Intl.DateTimeFormat(language, {
    weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC',
  })
  put('clock-date', date.format(now).replace(',', ''))
}

// The line's state, in words.
const live = byId('live')
let heard = 0 // when something last came, 0: never
let cutSince = 0 // the operation's time at which the line was cut, 0: it is not
const wordsPart = byId('live-words')

function say(): void {
  if (!live || !wordsPart) return
  live.classList.toggle('live--on', !cutSince && heard > 0)
  live.classList.toggle('live--cut', cutSince > 0)
  const words = cutSince
    ? fill(live.dataset.cut, { time: hhmm(cutSince) })
    : heard
      ? fill(live.dataset.live, { seconds: Math.round((performance.now() - heard) / 1000) })
      : (live.dataset.connecting ?? '')
  if (wordsPart.textContent !== words) wordsPart.textContent = words
}

function cut(): void {
  if (cutSince) return
  cutSince = operationNow()
  const notice = byId('cut')
  const words = byId('cut-words')
  if (notice && words) {
    notice.hidden = false
    words.textContent = fill(notice.dataset.words, { time: `${hhmm(cutSince)} UTC` })
  }
  say()
}

function alive(): void {
  heard = performance.now()
  if (cutSince) {
    cutSince = 0
    const notice = byId('cut')
    if (notice) notice.hidden = true
  }
  say()
}

// The feed, and what is read aloud of it.
const waiting: string[] = []
let aloudAt = -ALOUD_EVERY

function readAloud(): void {
  const aloud = byId('feed-aloud')
  if (!aloud || !waiting.length || performance.now() - aloudAt < ALOUD_EVERY) return
  aloudAt = performance.now()
  const last = waiting.pop() ?? ''
  const more = waiting.length ? `, ${fill(aloud.dataset.more, { count: waiting.length })}` : ''
  waiting.length = 0
  aloud.textContent = last + more
}

/** Read aloud at once when somebody more, or somebody else, is in danger; never again at each drawing. */
let dangers = inDanger()
let rung = rings()

function inDanger(): string {
  const shown = document.querySelectorAll('#people-in-danger strong, .overdue__team:has(.urgent-red) strong')
  return [...shown].map((one) => one.textContent ?? '').join(', ')
}

/** The entries of the teams' open dangers: another one of the same team is told as well. */
function rings(): string[] {
  return [...document.querySelectorAll<HTMLElement>('#overdue [data-rings]')].flatMap((one) => one.dataset.rings?.split(' ') ?? [])
}

function dangerAloud(): void {
  const now = inDanger()
  const ringing = rings()
  const aloud = byId('danger-aloud')
  const another = ringing.some((ring) => !rung.includes(ring))
  if (aloud && (another || now !== dangers)) {
    const words = now ? `${aloud.dataset.words ?? ''} ${now}` : ''
    // The same words are read aloud again only where they were away.
    if (aloud.textContent === words) {
      aloud.textContent = ''
      window.setTimeout(() => { aloud.textContent = words }, 100)
    } else aloud.textContent = words
  }
  dangers = now
  rung = ringing
}

function feed(said: Said): void {
  const list = byId('feed')
  if (!list || list.querySelector(`[data-id="${CSS.escape(said.id)}"]`)) return // a replay
  const item = fragment(said.html).firstElementChild
  if (!item) return
  item.classList.add('said--new')
  list.prepend(item)
  while (list.children.length > KEEP) list.lastElementChild?.remove()
  const none = byId('feed-none')
  if (none) none.hidden = true
  waiting.push((item.querySelector('.said__what')?.textContent ?? '').replace(/\s+/g, ' ').trim())
  readAloud()
}

/** Opens the stream after `cursor`. A line that was closed for good is opened anew, ever more slowly. */
function connect(address: string, cursor: string, wait = 1000): void {
  const url = new URL(address, location.href)
  if (cursor) url.searchParams.set('after', cursor)
  const source = new EventSource(url)
  let last = cursor
  let lines = 0
  const on = (type: string, apply: (data: string) => void) =>
    source.addEventListener(type, (event: MessageEvent<string>) => {
      if (event.lastEventId) last = event.lastEventId
      lines += 1
      alive()
      try { apply(event.data) } catch (problem) { console.error(type, problem) }
    })
  source.addEventListener('open', alive)
  on('feed', (data) => feed(JSON.parse(data) as Said))
  for (const part of ['counters', 'map', 'overdue', 'days']) {
    on(part, (html) => {
      replace(part, html)
      if (part === 'overdue') dangerAloud()
    })
  }
  on('clock', (data) => setClock(JSON.parse(data) as ClockReading))
  on('ping', () => {})
  // The line cannot go on from here (too much was missed, or whoever was signed in no longer is): the page
  // is asked for anew, which also says so. Never in a tight circle.
  source.addEventListener('reload', () => {
    source.close()
    window.clearInterval(watch)
    cut()
    window.setTimeout(() => location.reload(), performance.now() < 3000 ? 5000 : 0)
  })
  const again = () => {
    source.close()
    window.clearInterval(watch)
    cut()
    window.setTimeout(() => connect(address, last, lines ? 1000 : Math.min(wait * 2, 15_000)), wait)
  }
  source.addEventListener('error', () => {
    cut()
    // 2: the browser gave up (an answer that was no stream, such as a gateway's error).
    if (source.readyState === 2) again()
  })
  const watch = window.setInterval(() => {
    if (source.readyState === 1 && heard && performance.now() - heard > SILENT_FOR) again()
  }, 5000)
}

tick()
window.setInterval(() => { tick(); readAloud(); if (heard || cutSince) say() }, 1000)
const address = document.body.dataset.live
if (address) {
  if (wordsPart && live) wordsPart.textContent = live.dataset.connecting ?? ''
  connect(address, document.body.dataset.cursor ?? '')
}
