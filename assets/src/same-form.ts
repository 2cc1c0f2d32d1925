/** A form that the browser brings back (Back, reload) keeps the id with which it was shown first: sent again,
 *  the node knows it again and saves nothing twice. The id lies in this history entry alone. */
export function sameForm(): void {
  const ids = new Map<string, HTMLInputElement>()
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-unsaved]')) {
    const box = form.querySelector<HTMLInputElement>('input[name="submission"]')
    if (box) ids.set(`${ids.size} ${form.getAttribute('action') ?? ''}`, box)
  }
  if (!ids.size) return
  const [shown] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const kept = (history.state as { submissions?: Record<string, string> } | null)?.submissions
  if (kept && (shown?.type === 'back_forward' || shown?.type === 'reload')) {
    for (const [name, box] of ids) if (kept[name]) box.value = kept[name]
  }
  const now = Object.fromEntries([...ids].map(([name, box]) => [name, box.value]))
  history.replaceState({ ...(history.state ?? {}), submissions: now }, '')
}
