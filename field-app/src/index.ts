/** What the app's screens build on. */

export * as codec from "./codec/index.ts";
export * as forms from "./forms/forms.ts";
export { drawPassphrase } from "./keys/passphrase.ts";
export { COST, MOST_TRIES, NotUnlocked, Vault } from "./keys/vault.ts";
export type { Keys, Sealed, Storage, Tries } from "./keys/vault.ts";
