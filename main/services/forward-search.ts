/** Looking ahead for the counter of a stanza after others were lost, within bounds of work (profile 6.3, S-034). */
import { searchForward, type EncryptedStanza, type ReceivingSession } from '../protocol/esession/xep0200-stanza.ts';
import type { Letter } from './letter.ts';
import type { LiveSession } from './received-sessions.ts';

/** A stanza that waits for one before it. */
export interface HeldStanza {
  readonly letter: Letter;
  readonly encrypted: EncryptedStanza;
}

const SEARCHED_BLOCKS = 65_536;
/** Tried without a pause: a few milliseconds' work. */
const BLOCKS_AT_ONCE = 2_048;
/** After so many stanzas that were found nowhere, a session's unverifiable ones are refused without a search. */
const MAX_VAIN = 5;

export interface FoundStanza {
  readonly held: HeldStanza;
  /** At the counter where the stanza verifies. */
  readonly session: ReceivingSession;
}

export class ForwardSearch {
  /** Searched for once and found nowhere: what another stanza's counter is does not change that. */
  readonly #vain = new Map<LiveSession, Set<HeldStanza>>();

  /** The held stanza that verifies at the lowest counter ahead; undefined if none does. */
  async nearest(live: LiveSession, held: readonly HeldStanza[]): Promise<FoundStanza | undefined> {
    const vain = this.#vain.get(live) ?? new Set();
    this.#vain.set(live, vain);
    let nearest: FoundStanza | undefined;
    let limit = SEARCHED_BLOCKS;
    for (const candidate of held) {
      if (vain.has(candidate)) continue;
      if (live.stored.state !== 'open' || (vain.size >= MAX_VAIN && nearest === undefined)) return undefined;
      const found = await search(live.stored.session, candidate, limit);
      if (found !== undefined) {
        nearest = { held: candidate, session: found.session };
        limit = found.skippedBlocks - 1;
      } else if (limit === SEARCHED_BLOCKS) {
        vain.add(candidate);
      }
    }
    return nearest;
  }

  forget(): void {
    this.#vain.clear();
  }
}

async function search(
  session: ReceivingSession,
  { encrypted }: HeldStanza,
  limit: number,
): Promise<ReturnType<typeof searchForward>> {
  for (let from = 1; from <= limit; from += BLOCKS_AT_ONCE) {
    const found = searchForward(session, encrypted, Math.min(limit, from + BLOCKS_AT_ONCE - 1), from);
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}
