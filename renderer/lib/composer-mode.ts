/** What the composer offers in each state of the contact (ux.md 3.3). */
import type { ContactState } from '../../preload/contract.ts';

/** `hold` keeps the message here, encrypted at rest; `unencrypted` only where it was chosen for this one message. */
export type ComposerMode = 'send' | 'hold' | 'blocked' | 'unencrypted';

/** @param isUnencrypted - the user chose clear text for this message; it counts in C9 alone. */
export function composerModeOf(state: ContactState | undefined, isUnencrypted: boolean): ComposerMode {
  if (state === 'C8') return 'blocked';
  if (state === 'C9') return isUnencrypted ? 'unencrypted' : 'hold';
  return state === 'C5' || state === 'C6' || state === 'C7' || state === 'C11' ? 'hold' : 'send';
}
