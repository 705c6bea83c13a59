/** What arrives for live sessions: their stanzas, the forms that make them, and errors about either (profile 7). */
import { toHex } from '../base/bytes.ts';
import { MINUTE_MS, type Clock } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import { buildUnsupportedAnswer, terminationType } from '../protocol/esession/termination.ts';
import { buildTerminationContent, parseEncrypted, type EncryptedStanza } from '../protocol/esession/xep0200-stanza.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { Element } from '../wire/element.ts';
import { resourceOf, type BareJid, type FullJid } from '../wire/jid.ts';
import type { InboundMessage } from '../wire/message.ts';
import { buildNegotiationError, type FormHolder } from '../wire/xep0155-negotiation.ts';
import type { Batch } from './batch.ts';
import type { Contacts } from './contacts.ts';
import type { Letter } from './letter.ts';
import type { LiveChannel } from './live-channel.ts';
import type { LiveNegotiations } from './live-negotiations.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { RetainedSecrets } from './retained-secrets.ts';

/** What becomes of a stanza that was opened. */
export interface LiveSink {
  /** The journal's entry needs nothing more. */
  liveDone(letter: Letter, batch: Batch): void;
  liveOpened(channel: LiveChannel, letter: Letter, content: readonly Element[], batch: Batch): void;
  /** One or more stanzas of the session cannot be read. */
  liveBroken(channel: LiveChannel, batch: Batch): void;
}

export interface LiveReadingParts {
  readonly sessions: LiveSessions;
  readonly negotiations: LiveNegotiations;
  readonly retained: RetainedSecrets;
  readonly contacts: Contacts;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly sink: LiveSink;
  readonly link: () => Link | undefined;
  /** Something of a contact was opened and is durable: a receipt may be owed. */
  readonly received: (address: BareJid) => void;
}

/** An unknown session is answered with a request, but not again and again (profile 7.7). */
const ONCE_PER_MS = MINUTE_MS;

export class LiveReading {
  readonly #parts: LiveReadingParts;
  readonly #asked = new Map<BareJid, number>();
  readonly #proven = new WeakSet<LiveChannel>();

  constructor(parts: LiveReadingParts) {
    this.#parts = parts;
  }

  /** True if the stanza is part of a live session or its making: `take` deals with it. */
  isLive({ from, thread, initForm, isForLive }: Letter): boolean {
    if (initForm !== undefined) return initForm.attrs['type'] === 'result';
    return isForLive || this.#parts.sessions.find(from, thread) !== undefined;
  }

  async take(letter: Letter, batch: Batch): Promise<void> {
    const { from, thread, initForm, c } = letter;
    if (initForm !== undefined) await this.#negotiate(letter, 'init', initForm);
    const channel = this.#parts.sessions.find(from, thread);
    if (channel !== undefined && c !== undefined) return this.#open(channel, letter, c, batch);
    this.#parts.sink.liveDone(letter, batch);
    if (initForm === undefined) this.#unknown(letter, batch);
  }

  /** A form in a `<feature/>`. */
  negotiation(message: InboundMessage, from: FullJid, form: Element): Promise<void> {
    const { thread, id, delays } = message;
    const isDelayed = delays.length > 0;
    return this.#parts.negotiations.receive({ from, thread, id, holder: 'feature', form, isDelayed });
  }

  /** An error about a negotiation or a session. @returns false if it is about neither */
  failed(from: FullJid, thread: string | undefined, condition: string): boolean {
    const { sessions, negotiations } = this.#parts;
    if (negotiations.failed(from, thread, condition)) return true;
    const channel = sessions.find(from, thread);
    // What was under way when it ended goes again anyway.
    if (channel === undefined) return sessions.isOver(from, thread);
    sessions.erase(channel);
    return true;
  }

  /** What was read is not durable: the sessions are ahead of the store. */
  rollBack(): void {
    this.#parts.sessions.eraseAll();
  }

  #negotiate({ from, thread, entry }: Letter, holder: FormHolder, form: Element): Promise<void> {
    const id = entry.stanza.attrs['id'];
    return this.#parts.negotiations.receive({ from, thread, id, holder, form, isDelayed: false });
  }

  async #open(channel: LiveChannel, letter: Letter, c: Element, batch: Batch): Promise<void> {
    const { sessions, sink, clock } = this.#parts;
    const encrypted = parse(c);
    const outcome = encrypted && (await channel.open(encrypted, clock.elapsedMs()));
    sink.liveDone(letter, batch);
    if (outcome?.kind === 'copy') return;
    if (outcome?.kind !== 'opened') {
      this.#broken(channel, letter, batch);
      return;
    }
    this.#markProven(channel);
    const type = terminationType(outcome.content);
    if (type === undefined) {
      this.#answerUnsupported(channel, outcome.content, batch);
      sink.liveOpened(channel, letter, outcome.content, batch);
      batch.afterwards(() => {
        this.#parts.received(channel.address);
      });
      return;
    }
    batch.afterwards(() => {
      // a termination is acknowledged; an acknowledgement ends it.
      if (type === 'submit' && sessions.get(channel.address) === channel)
        this.#send(channel, buildTerminationContent('result'));
      sessions.erase(channel);
    });
  }

  /** the session ends; the other side is told nothing but that. */
  #broken(channel: LiveChannel, { from }: Letter, batch: Batch): void {
    const { sessions, sink, link, random } = this.#parts;
    sink.liveBroken(channel, batch);
    batch.afterwards(() => {
      const fault = { condition: 'not-acceptable', fields: [] } as const;
      const id = toHex(random.bytes(16));
      link()
        ?.send(buildNegotiationError(from, id, channel.thread, fault))
        .catch(() => undefined);
      sessions.erase(channel);
    });
  }

  /** only now is it certain that the other side has the new secret. */
  #markProven(channel: LiveChannel): void {
    const chain = this.#parts.sessions.chainOf(channel);
    if (chain === undefined || this.#proven.has(channel)) return;
    this.#proven.add(channel);
    this.#parts.retained.proven(chain);
  }

  #answerUnsupported(channel: LiveChannel, content: readonly Element[], batch: Batch): void {
    const answer = buildUnsupportedAnswer(content);
    if (answer === undefined) return;
    batch.afterwards(() => {
      this.#send(channel, answer);
    });
  }

  #send(channel: LiveChannel, content: readonly Element[]): void {
    if (!channel.canWrite) return;
    const id = toHex(this.#parts.random.bytes(16));
    const stanza = channel.next(id, content, false, this.#parts.clock.elapsedMs());
    this.#parts
      .link()
      ?.send(stanza)
      .catch(() => undefined);
  }

  /** A stanza of a session that is not known any more: a new one is asked for, and no error says why. */
  #unknown({ contact, from, to }: Letter, batch: Batch): void {
    const { contacts, negotiations, clock } = this.#parts;
    // Servers hand on to us what was meant for another client of ours that is gone.
    if (!contacts.isThisClient(to)) return;
    const now = clock.elapsedMs();
    const last = this.#asked.get(contact);
    if (last !== undefined && now - last < ONCE_PER_MS) return;
    const resource = resourceOf(from);
    if (resource === undefined || !contacts.resources(contact).includes(resource) || !contacts.maySeeUs(contact))
      return;
    this.#asked.set(contact, now);
    batch.afterwards(() => {
      void negotiations.negotiate(contact, resource);
    });
  }
}

function parse(c: Element): EncryptedStanza | undefined {
  try {
    return parseEncrypted(c);
  } catch (error) {
    if (error instanceof ESessionError) return undefined;
    throw error;
  }
}
