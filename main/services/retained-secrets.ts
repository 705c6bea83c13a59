/** The chain of secrets between this client and each client of a contact (XEP-0116 §4.7.3, profile 7.3, H-9). */
import { toHex } from '../base/bytes.ts';
import { DAY_MS, type Clock } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { Established } from '../protocol/esession/xep0116/established.ts';
import { MOST_SECRETS, type RetainedSecret } from '../protocol/esession/xep0116/retained-secrets.ts';
import type { RetainedSecretStore } from '../stores/retained-secrets.ts';
import { bareOf, resourceOf, type BareJid, type FullJid } from '../wire/jid.ts';

const LIFE_MS = 90 * DAY_MS;

/** The place of one session in its chain. */
export interface ChainLink {
  readonly address: BareJid;
  readonly id: string;
  readonly formerId?: string;
}

export class RetainedSecrets {
  readonly #store: RetainedSecretStore;
  readonly #clock: Clock;
  readonly #random: RandomSource;

  constructor(store: RetainedSecretStore, clock: Clock, random: RandomSource) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  /** What may be offered to, or found for, a contact's client: that client's own first, expired ones removed. */
  candidates(peer: FullJid): readonly RetainedSecret[] {
    const address = bareOf(peer);
    const oldest = this.#clock.now().getTime() - LIFE_MS;
    for (const { id, lastUsedAt } of this.#store.of(address)) {
      if (lastUsedAt.getTime() < oldest) this.#store.remove({ address, id });
    }
    const client = resourceOf(peer);
    const kept = this.#store.of(address);
    return [...kept.filter((one) => one.client === client), ...kept.filter((one) => one.client !== client)].slice(
      0,
      MOST_SECRETS,
    );
  }

  /** Keeps the new secret. The one it follows stays until `proven`: message 4 may have been lost (H-9). */
  extend(peer: FullJid, { secret, former }: NonNullable<Established['retained']>): ChainLink {
    const address = bareOf(peer);
    const now = this.#clock.now();
    const before = this.#store.of(address).find(({ id }) => id === former?.id);
    const id = toHex(this.#random.bytes(16));
    this.#store.put({
      ...{ id, address, secret, createdAt: now, lastUsedAt: now },
      client: resourceOf(peer) ?? '',
      confirmed: before?.confirmed ?? false,
    });
    return { address, id, ...(before === undefined ? {} : { formerId: before.id }) };
  }

  /** A stanza verified under the new keys: both sides have the new secret, and the old one is destroyed. */
  proven({ address, formerId }: ChainLink): void {
    if (formerId !== undefined) this.#store.remove({ address, id: formerId });
  }

  /** Both people compared the spoken code. */
  confirm({ address, id }: ChainLink): void {
    const found = this.#store.of(address).find((one) => one.id === id);
    if (found !== undefined) this.#store.put({ ...found, confirmed: true });
  }

  /** True if both people compared the code somewhere along the chain. */
  isConfirmed({ address, id }: ChainLink): boolean {
    return this.#store.of(address).find((one) => one.id === id)?.confirmed === true;
  }

  /** They did not match, or the key was refused: nothing of that chain is worth anything. */
  forget(address: BareJid): void {
    this.#store.removeAllOf(address);
  }
}
