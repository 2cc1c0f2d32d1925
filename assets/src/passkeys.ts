/** A form with `data-passkey` ("create" or "get") asks the browser for a passkey when it is sent, and goes with
 *  what that answered; a button with `data-passkey-skip` sends it without. Where there are no passkeys, what to do instead stays on the page as the node wrote it. */
type Options = { challenge: string; user?: { id: string }; excludeCredentials?: Listed[]; allowCredentials?: Listed[] }
type Listed = { id: string; type: PublicKeyCredentialType }

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0))
}

function signs(buffer: ArrayBuffer | null): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)))
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

const listed = (keys: Listed[] = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }))

async function ask(kind: string, options: Options): Promise<PublicKeyCredential> {
  const challenge = bytes(options.challenge)
  const publicKey = kind === 'create'
    ? { ...options, challenge, user: { ...options.user, id: bytes(options.user?.id ?? '') },
        excludeCredentials: listed(options.excludeCredentials) }
    : { ...options, challenge, allowCredentials: listed(options.allowCredentials) }
  const answer = kind === 'create'
    ? await navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions })
    : await navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions })
  return answer as PublicKeyCredential
}

function written(key: PublicKeyCredential): string {
  const response: Record<string, string> = {}
  for (const part of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature']) {
    const value = (key.response as unknown as Record<string, ArrayBuffer | undefined>)[part]
    if (value) response[part] = signs(value)
  }
  return JSON.stringify({ id: key.id, rawId: signs(key.rawId), type: key.type, response, clientExtensionResults: {} })
}

function begin(form: HTMLFormElement): void {
  const failed = form.querySelector<HTMLElement>('[data-passkey-failed]')
  const box = form.querySelector<HTMLInputElement>('input[name="credential"]')
  if (!failed || !box || !window.PublicKeyCredential || !navigator.credentials) return
  for (const part of form.querySelectorAll<HTMLElement>('[data-passkey-with]')) part.hidden = false
  for (const part of form.querySelectorAll<HTMLElement>('[data-passkey-without]')) part.hidden = true
  let busy = false
  form.addEventListener('submit', async (event) => {
    if ((event as SubmitEvent).submitter?.hasAttribute('data-passkey-skip')) return
    event.preventDefault()
    if (busy) return
    busy = true
    failed.textContent = ''
    try {
      box.value = written(await ask(form.dataset.passkey ?? '', JSON.parse(form.dataset.options ?? '{}') as Options))
      form.submit()
    } catch (why) {
      busy = false
      const known = why instanceof DOMException && why.name === 'InvalidStateError'
      failed.textContent = (known ? failed.dataset.known : failed.dataset.nothing) ?? ''
    }
  })
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) begin(form)
// A page that the browser keeps holds a challenge that is used up: it is asked for anew.
window.addEventListener('pageshow', (event) => { if (event.persisted && document.querySelector('form[data-passkey]')) location.reload() })
