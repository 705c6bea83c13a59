/**
 * A line that fails on purpose, between the library and the link's interface, since TLS forbids a proxy to touch
 * stanzas. Only letters, that is messages with a `<c/>`, are touched on their way in.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Link, LinkFactory, LinkHandlers } from '../../main/protocol/xmpp/link.ts';
import { child, isElement, serialize, textOf, type Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';

/** What may happen to one letter. */
export type LetterFault =
  /** It never arrives, though the server was told that it did. */
  | 'lost'
  /** It arrives twice in a row. */
  | 'doubled'
  /** It arrives after the one behind it. */
  | 'swapped'
  /** One character of its sealed content is another one. */
  | 'damaged'
  /** Behind it comes its opening once more, with another identity: the same d and N_B, another first stanza. */
  | 'forged';

export interface LineFaults {
  /** What happens to the n-th letter of this run, counted from 1; the ends of sessions do not count. */
  readonly letters?: Readonly<Record<string, LetterFault>>;
  /** The letters are counted for each sender alone. */
  readonly countEachSender?: true;
  /** A file to which every letter is added as it came from the server, one a line. */
  readonly keepIn?: string;
  /** Such a file of an earlier run: all of it arrives once more, right behind initial presence. */
  readonly replay?: string;
}

/** Puts the faults between a factory's links and their users. The count of letters goes on over reconnections. */
export function faultyLine(faults: LineFaults): (factory: LinkFactory) => LinkFactory {
  const counts = new Map<string, number>();
  return (factory) => (options, handlers) => {
    const line = new Line(faults, handlers, counts);
    const link = factory(options, { ...handlers, stanza: (stanza, handled) => line.take(stanza, handled) });
    return replayingAfterPresence(link, faults, handlers);
  };
}

interface Arrival {
  readonly stanza: Element;
  readonly handled: () => void;
}

class Line {
  readonly #faults: LineFaults;
  readonly #handlers: LinkHandlers;
  readonly #counts: Map<string, number>;
  #swapped: Arrival | undefined;

  constructor(faults: LineFaults, handlers: LinkHandlers, counts: Map<string, number>) {
    this.#faults = faults;
    this.#handlers = handlers;
    this.#counts = counts;
  }

  take(stanza: Element, handled: () => void): void {
    if (!isLetter(stanza)) return this.#handlers.stanza(stanza, handled);
    if (this.#faults.keepIn !== undefined) appendFileSync(this.#faults.keepIn, `${asOneLine(stanza)}\n`);
    if (!isWritten(stanza)) return this.#handlers.stanza(stanza, handled);
    const fault = this.#faults.letters?.[this.#next(stanza)];
    if (fault === 'swapped') this.#swapped = { stanza, handled };
    else this.#deliver(fault, { stanza, handled });
  }

  #next(stanza: Element): number {
    const sender = this.#faults.countEachSender === true ? (stanza.attrs['from'] ?? '') : '';
    const count = (this.#counts.get(sender) ?? 0) + 1;
    this.#counts.set(sender, count);
    return count;
  }

  #deliver(fault: Exclude<LetterFault, 'swapped'> | undefined, { stanza, handled }: Arrival): void {
    if (fault === 'lost') handled();
    else this.#handlers.stanza(fault === 'damaged' ? damaged(stanza) : stanza, handled);
    if (fault === 'doubled') this.#handlers.stanza(stanza, () => undefined);
    if (fault === 'forged') this.#handlers.stanza(forged(stanza), () => undefined);
    const waiting = this.#swapped;
    this.#swapped = undefined;
    if (waiting !== undefined) this.#handlers.stanza(waiting.stanza, waiting.handled);
  }
}

export function isLetter(stanza: Element): boolean {
  return stanza.name === 'message' && child(stanza, 'c', NS.encrypted) !== undefined;
}

/** What a person wrote has the constant fallback text beside it; the end of a session has not (profile 3.7). */
export function isWritten(letter: Element): boolean {
  return child(letter, 'body', NS.client) !== undefined;
}

function replayingAfterPresence(link: Link, { replay }: LineFaults, handlers: LinkHandlers): Link {
  if (replay === undefined) return link;
  const send = link.send.bind(link);
  link.send = (stanza) => {
    const sent = send(stanza);
    if (stanza.name === 'presence' && stanza.attrs['type'] === undefined) {
      for (const letter of keptIn(replay)) handlers.stanza(letter, () => undefined);
    }
    return sent;
  };
  return link;
}

/** The letters of a `keepIn` file, in order. */
export function keptIn(file: string): readonly Element[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => parseElement(JSON.parse(line) as string));
}

function asOneLine(stanza: Element): string {
  return JSON.stringify(serialize(stanza));
}

/** Another character in the first text of that name. */
function damaged(stanza: Element): Element {
  return withText(stanza, (el) => el.name === 'data' && el.ns === NS.encrypted);
}

function forged(stanza: Element): Element {
  let isIdentity = false;
  return withText(stanza, (el) => {
    if (el.name === 'field') isIdentity = el.attrs['var'] === 'identity';
    return isIdentity && el.name === 'value';
  });
}

/** The stanza with one Base64 character changed in every element that fits. */
function withText(el: Element, fits: (el: Element) => boolean): Element {
  if (fits(el)) return { ...el, children: [otherBase64(textOf(el))] };
  return { ...el, children: el.children.map((node) => (isElement(node) ? withText(node, fits) : node)) };
}

function otherBase64(text: string): string {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}
