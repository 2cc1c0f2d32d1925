/** A form is sent only once the node has answered a small question: without a network the browser would put its
 *  own error page in the form's place, and what was typed would be gone. The page says that nothing was saved. */
const PATIENCE = 10_000

const answered = async (): Promise<boolean> => {
  const small = document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href
  if (!small) return true
  if (!navigator.onLine) return false
  try {
    await fetch(small, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) })
    return true
  } catch {
    return false
  }
}

function tell(form: HTMLFormElement, which: 'no-network' | 'network-back'): void {
  const words = document.querySelector<HTMLTemplateElement>(`template#${which}`)
  const line = (words?.content.firstElementChild as HTMLElement | null)?.cloneNode(true) as HTMLElement | undefined
  if (!line) return
  form.querySelector('.network-line')?.remove()
  const act = form.querySelector('.act-line') ?? form.querySelector('button:not([type="button"])')
  if (act) act.before(line)
  else form.append(line)
  if (which === 'no-network') line.focus()
}

export function noNetwork(): void {
  const asking = new WeakSet<HTMLFormElement>()
  const reached = new WeakSet<HTMLFormElement>()
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target as HTMLFormElement
      if (form.method !== 'post' || !form.matches('[data-unsaved]') || reached.delete(form)) return
      // Nobody else hears of it: for them it is sent once the node has answered.
      event.preventDefault()
      event.stopImmediatePropagation()
      if (asking.has(form)) return
      const button = event.submitter
      asking.add(form)
      void answered().then((there) => {
        asking.delete(form)
        if (!there) return tell(form, 'no-network')
        form.querySelector('.network-line')?.remove()
        reached.add(form)
        form.requestSubmit(button instanceof HTMLElement && button.isConnected ? button : null)
        reached.delete(form)
      })
    },
    { capture: true },
  )
  window.addEventListener('online', () => {
    for (const line of document.querySelectorAll('.network-line')) {
      const form = line.closest('form')
      if (form) tell(form, 'network-back')
    }
  })
}
