/** 'Yes, get help' is chosen: who is told by saving is read aloud, and stands out. */
export function dangerAloud(): void {
  const aloud = document.querySelector<HTMLElement>('[data-danger-aloud]')
  const told = document.querySelector<HTMLElement>('.meet__told')
  if (!aloud || !told) return
  const say = () => {
    const yes = document.querySelector<HTMLInputElement>('input[name="danger"][value="yes"]')?.checked === true
    told.classList.toggle('meet__told--now', yes)
    aloud.textContent = yes ? (aloud.dataset.dangerAloud ?? '') : ''
  }
  document.addEventListener('change', (event) => {
    if ((event.target as HTMLInputElement).name === 'danger') say()
  })
  say()
}
