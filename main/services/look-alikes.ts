/** Which addresses look like another one that is known here (S-091): our own, or one of the roster. */
import type { ContactStore } from '../stores/contacts.ts';
import type { BareJid } from '../wire/jid.ts';
import { disguiseOf, skeletonOf } from '../wire/look-alike.ts';
import type { Disguise } from '../wire/look-alike.ts';
import type { Announcer, ServiceEvents } from './events.ts';

/** Why an address must be read letter by letter. */
export type AddressDoubt = { readonly kind: Disguise } | { readonly kind: 'looks-like'; readonly address: BareJid };

export class LookAlikes {
  readonly #contacts: Pick<ContactStore, 'list'>;
  readonly #own: () => BareJid | undefined;
  /** By what they look like; made when it is asked for, and forgotten when the roster changes. */
  #known: ReadonlyMap<string, readonly Known[]> | undefined;

  constructor(
    contacts: Pick<ContactStore, 'list'>,
    own: () => BareJid | undefined,
    announcer: Announcer<ServiceEvents>,
  ) {
    this.#contacts = contacts;
    this.#own = own;
    for (const event of ['contactChanged', 'contactRemoved', 'accountChanged'] as const) {
      announcer.on(event, () => {
        this.#known = undefined;
      });
    }
  }

  /** @returns undefined for an address that looks like nobody else's and is what it looks like. */
  doubtOf(address: BareJid): AddressDoubt | undefined {
    const other = this.#like(address).find(({ isTrusted }) => isTrusted);
    if (other !== undefined) return { kind: 'looks-like', address: other.address };
    const kind = disguiseOf(address);
    return kind && { kind };
  }

  /** Every address known here that looks like this one and is another; of a mere request, too. */
  likenessesOf(address: BareJid): readonly BareJid[] {
    return this.#like(address).map((known) => known.address);
  }

  #like(address: BareJid): readonly Known[] {
    this.#known ??= this.#gather();
    return (this.#known.get(skeletonOf(address)) ?? []).filter((known) => known.address !== address);
  }

  #gather(): ReadonlyMap<string, readonly Known[]> {
    const own = this.#own();
    const known = this.#contacts.list().map(({ address, inRoster }): Known => ({ address, isTrusted: inRoster }));
    if (own !== undefined) known.unshift({ address: own, isTrusted: true });
    return Map.groupBy(known, (one) => skeletonOf(one.address));
  }
}

interface Known {
  readonly address: BareJid;
  /** Our own or of the roster: what looks like it is doubtful. */
  readonly isTrusted: boolean;
}
