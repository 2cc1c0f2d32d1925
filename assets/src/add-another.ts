// 'Add another' over a Django formset: the empty form waits in a <template>, TOTAL_FORMS counts.
// Without this script the page offers spare rows and a button that asks the server for more.
export function addAnother(): void {
  for (const set of document.querySelectorAll<HTMLElement>('[data-add-another]')) {
    const prefix = set.dataset.addAnother ?? 'form'
    const total = set.querySelector<HTMLInputElement>(`[name="${prefix}-TOTAL_FORMS"]`)
    const blank = set.querySelector('template')
    const rows = set.querySelector<HTMLElement>('[data-rows]')
    const button = set.querySelector<HTMLButtonElement>('button[data-add]')
    if (!total || !blank || !rows || !button) continue
    button.addEventListener('click', (event) => {
      event.preventDefault()
      const number = total.value
      const holder = document.createElement('template')
      holder.innerHTML = blank.innerHTML.replaceAll('__prefix__', number)
      rows.append(holder.content)
      total.value = String(Number(number) + 1)
      rows.lastElementChild?.querySelector<HTMLElement>('input, select, textarea')?.focus()
    })
    // A row taken away is emptied and marked, never renumbered: what the server counts stays true.
    rows.addEventListener('click', (event) => {
      const remove = (event.target as Element).closest('button[data-remove]')
      const row = remove?.closest<HTMLElement>('.rows-item')
      if (!row) return
      event.preventDefault()
      for (const input of row.querySelectorAll<HTMLInputElement>('input, select, textarea')) {
        if (input.name.endsWith('-DELETE')) input.checked = true
        else input.value = ''
      }
      row.hidden = true
      button.focus()
    })
  }
}
