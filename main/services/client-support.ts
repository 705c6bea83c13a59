/** Which of a contact's clients can hold a live session: asked by service discovery, kept while they are there. */
import { SECOND_MS } from '../base/time.ts';
import { fetchDiscoInfo } from '../protocol/xmpp/xep0030-disco.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import { withResource, type BareJid, type FullJid } from '../wire/jid.ts';
import { NS } from '../wire/namespaces.ts';
import type { Timers } from '../base/time.ts';

const LONGEST_MS = 5 * SECOND_MS;
/** What a client must announce (profile 7.1). */
const NEEDED: readonly string[] = [NS.esession, NS.ssn, NS.featureNeg, NS.encrypted];

export class ClientSupport {
  readonly #timers: Timers;
  readonly #known = new Map<FullJid, boolean>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The client is gone, or came anew: what it can do is asked again. */
  forget(address: BareJid, resource: string): void {
    this.#known.delete(withResource(address, resource));
  }

  forgetAll(): void {
    this.#known.clear();
  }

  /** True if one of these clients is known to hold live sessions. */
  isKnown(address: BareJid, resources: readonly string[]): boolean {
    return resources.some((resource) => this.#known.get(withResource(address, resource)) === true);
  }

  /**
   * The first of a contact's clients that can hold a live session; the newest is tried first.
   *
   * @returns undefined if none says so. Discovery goes in clear, outside every session.
   */
  async find(link: Link, address: BareJid, resources: readonly string[]): Promise<FullJid | undefined> {
    for (const resource of resources.toReversed()) {
      const client = withResource(address, resource);
      if (this.#known.get(client) ?? (await this.#ask(link, client))) return client;
    }
    return undefined;
  }

  async #ask(link: Link, client: FullJid): Promise<boolean> {
    const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#timers.after(LONGEST_MS, () => {
      resolve(undefined);
    });
    const asked = fetchDiscoInfo(link, client).then(
      ({ features }) => NEEDED.every((feature) => features.includes(feature)),
      () => undefined,
    );
    const answer = await Promise.race([asked, tooLate]).finally(cancel);
    if (answer !== undefined) this.#known.set(client, answer);
    return answer === true;
  }
}
