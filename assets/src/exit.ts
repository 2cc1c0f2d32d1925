// Exit this page: blank at once, then leave. Three presses of Escape within five seconds do the same,
// as in GOV.UK's component, whose words for screen readers the page carries in data-*.
const PRESSES = 3
const WITHIN = 5000

export function exitThisPage(): void {
  const link = document.querySelector<HTMLAnchorElement>('a[data-exit]')
  if (!link) return
  const leave = (): void => {
    document.documentElement.classList.add('blank')
    document.title = ' '
    document.dispatchEvent(new Event('libertad:exit'))
    window.location.replace(link.href)
  }
  link.addEventListener('click', (event) => { event.preventDefault(); leave() })

  const status = document.createElement('span')
  status.setAttribute('role', 'status')
  status.className = 'govuk-visually-hidden'
  link.after(status)
  let count = 0
  let timer = 0
  document.addEventListener('keyup', (event) => {
    if (event.key !== 'Escape') return
    count += 1
    window.clearTimeout(timer)
    if (count >= PRESSES) { leave(); return }
    status.textContent = count === 1 ? link.dataset.two ?? '' : link.dataset.one ?? ''
    timer = window.setTimeout(() => { count = 0; status.textContent = '' }, WITHIN)
  })
  // A page taken back out of the browser's cache must not stay blank for somebody who returns to it.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) document.documentElement.classList.remove('blank')
  })
}
