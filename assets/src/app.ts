// Makes pages quicker and safer; every page works without it.
import { addAnother } from './add-another'
import { dangerAloud } from './danger'
import { dangerNow } from './danger-now'
import { exitThisPage } from './exit'
import { findOption } from './find-option'
import { noNetwork } from './no-network'
import { sameForm } from './same-form'

function readersZone(): void {
  const format = (zone?: string) => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone })
  for (const clock of document.querySelectorAll<HTMLTimeElement>('time[data-here]')) {
    const at = new Date(clock.dateTime)
    if (Number.isNaN(at.getTime())) continue
    const minutes = -at.getTimezoneOffset()
    const hours = Math.trunc(Math.abs(minutes) / 60)
    const rest = Math.abs(minutes) % 60
    const offset = minutes === 0 ? 'UTC' : `UTC${minutes < 0 ? '-' : '+'}${hours}${rest ? ':' + String(rest).padStart(2, '0') : ''}`
    clock.textContent = `${format().format(at)} ${clock.dataset.here} (${offset})`
  }
}

/** A form that was changed and not sent asks before the page goes. */
function unsavedForms(): void {
  let changed = false
  document.addEventListener('input', (event) => {
    const form = (event.target as Element).closest?.('form[data-unsaved]')
    if (form) changed = true
  })
  document.addEventListener('submit', () => { changed = false })
  document.addEventListener('libertad:exit', () => { changed = false })
  window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault() })
}

function errorSummary(): void {
  const summary = document.querySelector<HTMLElement>('.govuk-error-summary')
  if (!summary) return
  summary.focus()
  summary.addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a')
    const field = link && document.getElementById(link.hash.slice(1))
    if (!field) return
    event.preventDefault()
    field.scrollIntoView({ block: 'center' })
    field.focus({ preventScroll: true })
  })
}

/** One press is one act: a second press within two seconds is not sent. */
function pressOnce(): void {
  const pressed = new WeakMap<EventTarget, number>()
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement
    const now = Date.now()
    if (form.method === 'post' && now - (pressed.get(form) ?? 0) < 2000) event.preventDefault()
    else pressed.set(form, now)
  })
}

/** A filter that is chosen sends its form, so that the address always says what is shown. By keyboard each arrow
 *  is a change: then its button sends it, and nobody is taken away on the way to what they wanted. */
function filters(): void {
  let typed = false
  document.addEventListener('keydown', (event) => (typed = (event.target as Element).matches('select')))
  document.addEventListener('pointerdown', () => (typed = false))
  document.addEventListener('change', (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>('form[data-filters]')
    if (form && !typed && (event.target as Element).matches('select')) form.requestSubmit()
  })
}

noNetwork()
sameForm()
exitThisPage()
addAnother()
dangerAloud()
dangerNow()
findOption()
readersZone()
unsavedForms()
errorSummary()
pressOnce()
filters()
