/** Encryption at rest: who guards the store's keys, and what is derived from them. */

/** What a host offers to guard keys with: the desktop's secret store, or a passphrase. */
export interface KeyProtector {
  /** Written beside each wrapped key, so that a change of backend is noticed (S-063). */
  readonly name: string;
  /** False if what it does protects nothing against whoever can read the profile (S-062). */
  readonly protects: boolean;
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** @throws StoreError `locked` if the key does not come out. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}
