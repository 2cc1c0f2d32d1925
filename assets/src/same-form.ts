/** A form that the browser brings back (Back, reload) keeps the id with which it was shown first: sent again,
 *  the node knows it again and saves nothing twice. What was typed where browsers keep no words (`autocomplete`
 *  off: dates, marks) and what a moment showed is put back too, or the form that comes back would be another
 *  one. Id and words lie in this history entry alone; passwords and codes in none. */
type Kept = { submissions?: Record<string, string>; typed?: Record<string, Record<string, string>> }
const SECRET = /password|code|secret|passphrase/

const state = (): Kept => (history.state as Kept | null) ?? {}

const unkept = (form: HTMLFormElement): HTMLInputElement[] =>
  [...form.querySelectorAll<HTMLInputElement>('input[autocomplete="off"]')].filter(
    (box) => box.name !== '' && !SECRET.test(box.name) && ['text', 'search', 'tel', 'number'].includes(box.type),
  )

export function sameForm(): void {
  const forms = new Map<string, [HTMLFormElement, HTMLInputElement]>()
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-unsaved]')) {
    const box = form.querySelector<HTMLInputElement>('input[name="submission"]')
    if (box) forms.set(`${forms.size} ${form.getAttribute('action') ?? ''}`, [form, box])
  }
  if (!forms.size) return
  const [shown] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const { submissions, typed } = state()
  if (shown?.type === 'back_forward' || shown?.type === 'reload') {
    for (const [name, [form, box]] of forms) {
      if (!submissions?.[name]) continue
      box.value = submissions[name]
      const words = typed?.[name] ?? {}
      for (const one of unkept(form)) one.value = words[one.name] ?? one.value
    }
  }
  const now = Object.fromEntries([...forms].map(([name, [, box]]) => [name, box.value]))
  history.replaceState({ ...state(), submissions: now }, '')
  for (const [name, [form]] of forms) {
    form.addEventListener('submit', () => {
      const words = Object.fromEntries(unkept(form).map((box) => [box.name, box.value]))
      history.replaceState({ ...state(), typed: { ...state().typed, [name]: words } }, '')
    })
  }
}
