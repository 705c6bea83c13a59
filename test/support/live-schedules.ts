/**
 * Two sides of a live session over two lines that keep their order, doing whatever a seed says: write, re-key, also
 * both at once, lose, repeat, resume, wait, terminate. What must hold is checked after each step.
 */
import { createHash } from 'node:crypto';
import { toHex } from '../../main/base/bytes.ts';
import { toBigInt } from '../../main/crypto/mpi.ts';
import type { ModpEngine } from '../../main/crypto/modp.ts';
import type { RandomSource } from '../../main/crypto/random.ts';
import {
  acceptRekey,
  encryptLive,
  mayRekey,
  openLive,
  prepareRekey,
  wipeLiveSession,
} from '../../main/protocol/esession/xep0200-live.ts';
import type { LiveSession } from '../../main/protocol/esession/xep0200-live.ts';
import { buildTerminationContent, parseEncrypted } from '../../main/protocol/esession/xep0200-stanza.ts';
import { terminationType } from '../../main/protocol/esession/termination.ts';
import type { Element } from '../../main/wire/element.ts';
import { textOf } from '../../main/wire/element.ts';
import { livePair, shortExponents } from './live-pair.ts';
import { body } from './offline-exchange.ts';

interface Sent {
  readonly c: Element;
  readonly text: string;
}

interface Side {
  session: LiveSession;
  /** What it sent and the other side has not taken yet. */
  line: Sent[];
  /** What the other side has taken: a resumed stream may bring it again. */
  taken: Sent[];
  isEnded: boolean;
}

export interface ScheduleResult {
  /** What ended the session, if anything did. */
  readonly end: 'loss' | 'time' | 'termination' | undefined;
  readonly stanzas: number;
  readonly rekeys: number;
  /** Re-keys sent while one of the other side was under way. */
  readonly crossings: number;
  readonly copies: number;
}

/** @throws Error at the first thing that must not be, with the seed */
export async function runSchedule(seed: number, modp: ModpEngine = shortExponents): Promise<ScheduleResult> {
  const schedule = new Schedule(seed, await livePair({ rekeyFrequency: 1 + (seed % 7), modp }), modp);
  return schedule.run();
}

class Schedule {
  readonly #seed: number;
  readonly #sides: readonly [Side, Side];
  readonly #modp: ModpEngine;
  readonly #dice: RandomSource;
  /** Every counter block of every key, of both directions. */
  readonly #used = new Set<string>();
  #elapsedMs = 0;
  #end: ScheduleResult['end'];
  #mayEnd: ScheduleResult['end'];
  #stanzas = 0;
  #rekeys = 0;
  #crossings = 0;
  #copies = 0;

  constructor(seed: number, [one, other]: readonly [LiveSession, LiveSession], modp: ModpEngine) {
    this.#seed = seed;
    const side = (session: LiveSession): Side => ({ session, line: [], taken: [], isEnded: false });
    this.#sides = [side(one), side(other)];
    this.#modp = modp;
    this.#dice = quickRandom(seed);
  }

  async run(): Promise<ScheduleResult> {
    for (let step = 0; step < 60 && this.#end === undefined; step += 1) await this.#step();
    if (this.#end === undefined) await this.#finish();
    const [end, stanzas, rekeys] = [this.#end, this.#stanzas, this.#rekeys];
    return { end, stanzas, rekeys, crossings: this.#crossings, copies: this.#copies };
  }

  async #step(): Promise<void> {
    const at = this.#roll(2) as 0 | 1;
    const kind = this.#roll(100);
    if (kind < 42) await this.#write(at, body(`text ${this.#stanzas}`));
    else if (kind < 86) await this.#deliver(at);
    else if (kind < 90) this.#repeat(at);
    else if (kind < 94) this.#resume(at);
    else if (kind < 97) this.#wait();
    else if (kind < 98) this.#lose(at);
    else if (this.#roll(4) === 0) await this.#terminate(at);
  }

  /** A text, or with some luck a re-key: alone or together with it. */
  async #write(at: 0 | 1, content: Element): Promise<void> {
    const side = this.#sides[at];
    if (side.isEnded) return;
    const withRekey = mayRekey(side.session) && this.#roll(2) === 0;
    const rekey = withRekey ? await prepareRekey(side.session, this.#dice, this.#modp) : undefined;
    const isBare = rekey !== undefined && this.#roll(4) === 0;
    this.#note(side.session);
    const before = side.session;
    const { c, session } = encryptLive(side.session, isBare ? undefined : [content], {
      elapsedMs: this.#elapsedMs,
      ...(rekey === undefined ? {} : { rekey }),
    });
    this.#noteBlocks(before, session);
    side.session = session;
    side.line.push({ c, text: isBare ? '' : textOf(content) });
    this.#stanzas += 1;
    if (rekey === undefined) return;
    this.#rekeys += 1;
    if (this.#sides[1 - at]?.line.some(({ c: other }) => parseEncrypted(other).hasKey) === true) this.#crossings += 1;
  }

  async #deliver(at: 0 | 1): Promise<void> {
    const [from, to] = [this.#sides[at], this.#sides[(1 - at) as 0 | 1]];
    const sent = from.line.shift();
    if (sent === undefined || to.isEnded) return;
    const encrypted = parseEncrypted(sent.c);
    const outcome = openLive(to.session, encrypted, this.#elapsedMs);
    if (outcome.kind === 'mismatch') {
      if (this.#mayEnd === undefined) throw this.#broken('a stanza in order does not open');
      this.#endBoth(this.#mayEnd);
      return;
    }
    if (outcome.kind !== 'opened') throw this.#broken(outcome.kind);
    const text = outcome.content.map(textOf).join('');
    const type = terminationType(outcome.content);
    if (type === undefined && text !== sent.text) throw this.#broken(`"${sent.text}" became "${text}"`);
    from.taken.push(sent);
    const next =
      outcome.session.pendingKey === undefined ? outcome.session : await acceptRekey(outcome.session, this.#modp);
    if (next === undefined) throw this.#broken('an honest re-key is refused');
    to.session = next;
    if (type !== undefined) this.#endBoth('termination');
  }

  /** A copy changes nothing, whatever came in between. */
  #repeat(at: 0 | 1): void {
    const [from, to] = [this.#sides[at], this.#sides[(1 - at) as 0 | 1]];
    const copy = from.taken[this.#roll(Math.max(1, from.taken.length))];
    if (copy === undefined || to.isEnded) return;
    this.#copies += 1;
    const outcome = openLive(to.session, parseEncrypted(copy.c), this.#elapsedMs);
    if (outcome.kind !== 'mismatch') throw this.#broken('a copy opens');
  }

  /** A stream that is taken up again brings everything not acknowledged once more, in order (XEP-0198). */
  #resume(at: 0 | 1): void {
    for (let copies = this.#roll(4); copies > 0; copies -= 1) this.#repeat(at);
  }

  #wait(): void {
    const isLong = this.#roll(2) === 0;
    this.#elapsedMs += isLong ? 61_000 : 2_000;
    // What is under way under keys that a newer set has outlived cannot be read any more.
    const isUnderWay = this.#sides.some(({ line }) => line.length > 0);
    if (isLong && isUnderWay) this.#mayEnd ??= 'time';
  }

  #lose(at: 0 | 1): void {
    if (this.#sides[at].line.shift() !== undefined) this.#mayEnd = 'loss';
  }

  async #terminate(at: 0 | 1): Promise<void> {
    const [content] = buildTerminationContent();
    if (content !== undefined) await this.#write(at, content);
  }

  /** Everything arrives, and both sides can still talk: they are equal. */
  async #finish(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      for (const at of [0, 1] as const) {
        while (this.#sides[at].line.length > 0 && !this.#sides[at === 0 ? 1 : 0].isEnded) await this.#deliver(at);
        await this.#write(at, body(`last ${round}`));
      }
    }
    for (const at of [0, 1] as const)
      while (this.#sides[at].line.length > 0 && this.#end === undefined) await this.#deliver(at);
    if (this.#end === undefined && this.#sides.some(({ session }) => session.sets.length > 3)) {
      throw this.#broken('sets pile up');
    }
  }

  #endBoth(end: NonNullable<ScheduleResult['end']>): void {
    this.#end = end;
    for (const side of this.#sides) {
      side.isEnded = true;
      wipeLiveSession(side.session);
    }
  }

  /** The state that is about to be used must not have been used before. */
  #note({ sendCipherKey }: LiveSession): void {
    if (sendCipherKey.every((octet) => octet === 0)) throw this.#broken('a key of zeros would be used');
  }

  #noteBlocks(before: LiveSession, after: LiveSession): void {
    const first = toBigInt(before.sendCounter);
    const end = toBigInt(after.sendCounter);
    // A re-key has erased the former key by now: its MAC key, published later, names it as well.
    const key = this.#keyName(before);
    for (let counter = first; counter < end; counter += 1n) {
      const block = `${key} ${counter.toString(16)}`;
      if (this.#used.has(block)) throw this.#broken('a counter is used twice under one key');
      this.#used.add(block);
    }
  }

  #keyName({ sendMacKey }: LiveSession): string {
    return toHex(sendMacKey);
  }

  #roll(sides: number): number {
    const [high = 0, low = 0] = this.#dice.bytes(2);
    return (high * 256 + low) % sides;
  }

  #broken(what: string): Error {
    return new Error(`seed ${this.#seed}: ${what}`);
  }
}

/** As `seededRandom`, without its copying: ten thousand schedules draw a lot. */
function quickRandom(seed: number): RandomSource {
  let count = 0;
  return {
    bytes: (length) => {
      const parts: Buffer[] = [];
      for (let have = 0; have < length; have += 32) {
        parts.push(createHash('sha256').update(`${seed} ${count}`).digest());
        count += 1;
      }
      return new Uint8Array(Buffer.concat(parts).subarray(0, length));
    },
  };
}
