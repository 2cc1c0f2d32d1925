/** A large file goes to the node in parts before its form is sent, so that a lost line costs one part: what has
 *  arrived is kept, and goes on when the line is back, or when the same file is chosen again. */
import { Upload } from 'tus-js-client'

const WAITS = [0, 1000, 3000]
const LAST_WAIT = 30_000
const WHOLE = 'whole' // it goes with its form
const EDGE = 1024 * 1024

/** What tells this file from others, without its name: '' where the browser computes no digests. */
async function markOf(file: File): Promise<string> {
  if (!crypto.subtle) return ''
  const head = new TextEncoder().encode([file.name, file.size, file.lastModified].join('\n'))
  const edges = new Blob([head, file.slice(0, EDGE), file.slice(-EDGE)])
  const digest = await crypto.subtle.digest('SHA-256', await edges.arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

class Sending {
  private upload?: Upload
  private waits?: ReturnType<typeof setTimeout>
  constructor(
    private readonly form: HTMLFormElement,
    private readonly box: HTMLElement,
    private readonly token: string,
  ) {}

  private show(which: string, sent = 0, size = 0): void {
    const line = this.box.querySelector<HTMLElement>('[data-line]')
    const bar = this.box.querySelector('progress')
    if (!line || !bar) return
    this.box.hidden = false
    const share = size ? Math.floor((100 * sent) / size) : 0
    const words = (this.box.dataset[which] ?? '').replace('{percent}', String(share))
    // Read aloud at each tenth, not at each part.
    if (which !== 'going' || line.dataset.tenth !== String(Math.floor(share / 10))) line.textContent = words
    line.dataset.tenth = which === 'going' ? String(Math.floor(share / 10)) : ''
    if (size) {
      bar.max = size
      bar.value = sent
    }
  }

  /** Begun; or what is said of why not. */
  private async begin(file: File): Promise<{ address?: string; name?: string; said?: string }> {
    const body = new URLSearchParams({ size: String(file.size), mark: await markOf(file) })
    for (const name of ['csrfmiddlewaretoken', 'working_in']) {
      const field = this.form.elements.namedItem(name)
      if (field instanceof HTMLInputElement) body.set(name, field.value)
    }
    let answer: Response
    try {
      answer = await fetch(this.box.dataset.begin ?? '', { method: 'POST', body, redirect: 'manual' })
    } catch {
      return { said: 'lost' }
    }
    if (answer.headers.get('Content-Type')?.startsWith('application/json')) {
      const told = (await answer.json()) as { address?: string; name?: string; error?: string }
      this.box.dataset.refused = told.error ?? ''
      return told.error ? { said: answer.status === 429 ? 'full' : 'refused' } : told
    }
    return { said: answer.status >= 500 ? 'later' : 'gone' }
  }

  /** Whether it goes on by itself after such an answer (0: none came), which is said. */
  private waitsFor(status: number): boolean {
    const waits = status === 0 || status === 409 || status === 429 || status >= 500
    if (waits) this.show(status >= 500 ? 'failed' : 'paused')
    return waits
  }

  /** Try at once, where it waits until the line may be back. */
  again(): void {
    if (this.waits === undefined) return
    clearTimeout(this.waits)
    this.waits = undefined
    this.upload?.start()
  }

  /** The name under which the node has the whole file; '' where it was refused, and that is said. */
  async send(file: File): Promise<string> {
    this.show('going', 0, file.size)
    const begun = await this.begin(file)
    // What one form carries need not wait for room.
    if (begun.said === 'full' && file.size <= Number(this.box.dataset.whole)) return WHOLE
    if (!begun.address || !begun.name) {
      this.show(begun.said === 'full' ? 'refused' : (begun.said ?? 'later'))
      return ''
    }
    const { address, name } = begun
    return await new Promise((done) => {
      const again = (): void => this.again()
      window.addEventListener('online', again)
      const end = (result: string): void => {
        clearTimeout(this.waits)
        window.removeEventListener('online', again)
        done(result)
      }
      this.upload = new Upload(file, {
        uploadUrl: address,
        chunkSize: Number(this.box.dataset.part),
        headers: { 'X-CSRFToken': this.token },
        overridePatchMethod: true,
        retryDelays: WAITS,
        storeFingerprintForResuming: false,
        onProgress: (sent, size) => this.show('going', sent, size),
        onShouldRetry: (why) => this.waitsFor(why.originalResponse?.getStatus() ?? 0),
        onError: (why) => {
          if (!this.waitsFor('originalResponse' in why ? (why.originalResponse?.getStatus() ?? 0) : 0)) {
            this.show('gone')
            return end('')
          }
          this.waits = setTimeout(again, LAST_WAIT)
        },
        onSuccess: () => end(name),
      })
      this.upload.start()
    })
  }
}

function begin(form: HTMLFormElement, box: HTMLElement): void {
  const choice = form.querySelector<HTMLInputElement>('input[type="file"]')
  const name = form.querySelector<HTMLInputElement>('input[name="upload"]')
  const token = form.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')
  const button = form.querySelector<HTMLButtonElement>('.act-line button')
  if (!choice || !name || !token || !button) return
  let under: Sending | undefined
  let whole = false
  choice.addEventListener('change', () => {
    name.value = ''
    whole = false
  })
  form.addEventListener('submit', (event) => {
    const file = choice.files?.[0]
    if (!file || name.value || whole || file.size <= Number(box.dataset.part)) return
    event.preventDefault()
    event.stopPropagation() // it is not sent yet: whoever leaves now is still asked
    if (under) return under.again()
    under = new Sending(form, box, token.value)
    choice.disabled = true
    button.setAttribute('aria-disabled', 'true')
    void under.send(file).then((sent) => {
      under = undefined
      choice.disabled = false
      button.removeAttribute('aria-disabled')
      if (!sent) return
      name.value = sent === WHOLE ? '' : sent
      box.hidden = true
      if (sent === WHOLE) whole = true
      else choice.value = ''
      form.requestSubmit(button)
    })
  })
}

const box = document.querySelector<HTMLElement>('[data-begin]')
const form = box?.closest('form')
if (box && form) begin(form, box)
