// A field that narrows a long list of boxes to tick. What is ticked always stays in sight; without this script
// the whole list scrolls.
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

export function findOption(): void {
  for (const list of document.querySelectorAll<HTMLElement>('[data-find]')) {
    const items = [...list.querySelectorAll<HTMLElement>('.govuk-checkboxes__item, .govuk-radios__item')]
    const label = document.createElement('label')
    const input = document.createElement('input')
    const status = document.createElement('p')
    label.className = 'govuk-label'
    label.textContent = list.dataset.find ?? ''
    label.htmlFor = input.id = `${items[0]?.querySelector('input')?.id ?? 'options'}-find`
    input.type = 'search'
    input.className = 'govuk-input'
    input.autocomplete = 'off'
    status.className = 'second'
    status.setAttribute('role', 'status')
    const narrow = () => {
      const wanted = plain(input.value.trim())
      let shown = 0
      for (const item of items) {
        const ticked = item.querySelector('input')?.checked ?? false
        item.hidden = !ticked && !plain(item.textContent ?? '').includes(wanted)
        if (!item.hidden) shown += 1
      }
      status.textContent = wanted ? `${shown} ${list.dataset.shown ?? ''}` : ''
    }
    input.addEventListener('input', narrow)
    // The key that sends a form elsewhere would send it half filled in.
    input.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault() })
    list.before(label, input, status)
  }
}
