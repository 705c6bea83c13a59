import type { Address, XmppLink } from '../../preload/contract.ts';

/** What stands over the whole window. */
export type Dialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'add'; readonly address?: Address }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'xmpp'; readonly link: XmppLink }
  | { readonly kind: 'keys' }
  | { readonly kind: 'settings'; readonly page?: string };

/** The one dialog: opening another replaces it. */
export class DialogsState {
  current = $state.raw<Dialog>({ kind: 'none' });

  readonly isOpen = $derived(this.current.kind !== 'none');

  show(dialog: Dialog): void {
    this.current = dialog;
  }

  close(): void {
    this.current = { kind: 'none' };
  }
}

export const dialogs = new DialogsState();
