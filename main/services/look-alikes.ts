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
  #known: ReadonlyMap<string, readonly BareJid[]> | undefined;

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
    const [other] = this.likenessesOf(address);
    if (other !== undefined) return { kind: 'looks-like', address: other };
    const kind = disguiseOf(address);
    return kind && { kind };
  }

  /** Our own address and those of the roster that look like this one and are others. */
  likenessesOf(address: BareJid): readonly BareJid[] {
    this.#known ??= this.#gather();
    return (this.#known.get(skeletonOf(address)) ?? []).filter((other) => other !== address);
  }

  #gather(): ReadonlyMap<string, readonly BareJid[]> {
    const own = this.#own();
    const roster = this.#contacts.list().filter(({ inRoster }) => inRoster);
    const addresses = [...(own === undefined ? [] : [own]), ...roster.map(({ address }) => address)];
    return Map.groupBy(addresses, skeletonOf);
  }
}
