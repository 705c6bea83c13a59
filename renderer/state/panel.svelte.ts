import type { Address } from '../../preload/contract.ts';

/** What stands in the pane on the right. */
export type Panel =
  | { readonly kind: 'none' }
  | { readonly kind: 'message'; readonly id: string }
  | { readonly kind: 'contact'; readonly address: Address }
  | { readonly kind: 'compare'; readonly address: Address }
  | { readonly kind: 'search' }
  | { readonly kind: 'report' }
  | { readonly kind: 'leaving' }
  | { readonly kind: 'account' }
  | { readonly kind: 'notices' };

/** The one pane of details; opening another replaces it. */
export class PanelState {
  current = $state.raw<Panel>({ kind: 'none' });

  readonly isOpen = $derived(this.current.kind !== 'none');

  show(panel: Panel): void {
    this.current = panel;
  }

  close(): void {
    this.current = { kind: 'none' };
  }
}

export const panel = new PanelState();
