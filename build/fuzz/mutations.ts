/** What becomes of well made XML in the hands of somebody who means harm, or of chance. */
import { BETWEEN, CORPUS } from './corpus.ts';

/** Numbers that a seed decides: the same seed, the same stream. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** @returns a whole number from 0 to below `limit`. */
  below(limit: number): number {
    // xorshift32
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }
}

const VALUES = [
  ...[
    '',
    ' ',
    '@',
    '/',
    '@/x',
    '/x',
    'a@',
    '@b',
    'a@b@c',
    'alice@example.org',
    'ALICE@EXAMPLE.ORG/x',
    'аlice@example.org',
  ],
  ...[
    '-1',
    '0',
    '4294967295',
    '4294967296',
    '1e9',
    'NaN',
    'true',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
  ],
  ...[
    '9999-99-99T99:99:99Z',
    '0000-00-00T00:00:00Z',
    '2026-11-22T07:20:35+99:99',
    '=',
    '====',
    'AAAA',
    'a'.repeat(3_000),
  ],
  ...[
    '&#xD;&#xA;',
    '&#x1F600;',
    '\u202e\u200b',
    'urn:xmpp:mam:2',
    'jabber:client',
    'message',
    '&lt;',
    '&amp;amp;',
    'it&apos;s',
  ],
];

const CHILDREN = [
  '<a/>',
  '<body>again</body>',
  `<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'/>`,
  `<x xmlns='jabber:x:data'/>`,
  `<error/>`,
  `<thread>t2</thread>`,
  `<delay xmlns='urn:xmpp:delay' stamp='never'/>`,
  `<oversized xmlns='https://nightlatch.im/oversized'/>`,
  '<![CDATA[<body>]]>',
  'text',
];

type Mutation = (xml: string, dice: Dice) => string;

/** These leave XML well-formed nearly always: what they make is read to its end. */
const WELL_FORMED: readonly Mutation[] = [
  (xml) => xml,
  (xml, dice) => xml.replace(nth(/(?<!xmlns)='[^']*'/g, xml, dice), () => `='${dice.one(VALUES)}'`),
  (xml, dice) => xml.replace(nth(/>[^<>]+</g, xml, dice), () => `>${dice.one(VALUES)}<`),
  (xml, dice) => xml.replace(nth(/ [a-z:]+='[^']*'/g, xml, dice), ''),
  (xml, dice) => insertAt(xml, behindTag(xml, dice), dice.one(CHILDREN)),
  (xml, dice) => insertAt(xml, behindTag(xml, dice), dice.one(CORPUS)),
  (xml, dice) => insertAt(xml, behindTag(xml, dice), nested(dice.below(80))),
  (xml, dice) =>
    insertAt(xml, behindTag(xml, dice), '<i/>'.repeat(dice.below(300) === 0 ? dice.below(3_000) : dice.below(20))),
  (xml, dice) => insertAt(xml, behindTag(xml, dice), dice.one(['x', 'é', '𝄞', '\r\n', '&gt;']).repeat(size(dice))),
  (xml, dice) => xml.replace(/^<[a-z]+/, (name) => `${name} ${attributes(dice)}`),
  (xml, dice) => xml.replace(/^<([a-z]+)(.*)<\/\1>$/s, (_all, _name, rest: string) => renamed(rest, dice)),
];

/** These break it as likely as not: the stream ends, and the next one begins. */
const BREAKING: readonly Mutation[] = [
  (xml, dice) =>
    insertAt(
      xml,
      dice.below(xml.length),
      dice.one(['<', '>', '&', "'", '<!--', ']]>', '<?x', '<!DOCTYPE', '\0', '&nbsp;', '&#0;']),
    ),
  (xml, dice) => xml.slice(0, dice.below(xml.length)) + xml.slice(dice.below(xml.length)),
  (xml, dice) => insertAt(xml, dice.below(xml.length), xml.slice(dice.below(xml.length))),
  (xml, dice) => insertAt(xml, dice.below(xml.length), dice.one(CORPUS)),
  (xml, dice) => xml.replace(nth(/xmlns='[^']*'/g, xml, dice), `xmlns='${dice.one(VALUES)}'`),
  (xml, dice) => insertAt(xml, dice.below(xml.length), '</stream:stream>'),
  () => `<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
];

/** One in so many stanzas gets a breaking mutation: connecting again costs as much as thousands of stanzas. */
const BREAK_ONE_IN = 5_000;

/** The next thing the server says; what it is follows from the dice alone. */
export function nextStanza(dice: Dice): Buffer {
  if (dice.below(50) === 0) return Buffer.from(dice.one(BETWEEN));
  let xml = dice.one(CORPUS);
  for (let times = dice.below(4); times > 0; times -= 1) xml = dice.one(WELL_FORMED)(xml, dice);
  if (dice.below(BREAK_ONE_IN) !== 0) return Buffer.from(xml);
  const octets = Buffer.from(dice.one(BREAKING)(xml, dice));
  if (dice.below(3) === 0 && octets.length > 0) octets[dice.below(octets.length)] = dice.below(256);
  return octets;
}

/** Mostly a few, seldom more than the limits. */
function size(dice: Dice): number {
  return dice.below(3_000) === 0 ? dice.below(300_000) : dice.below(200);
}

/** A place behind a tag, inside the element; none in one without content. */
function behindTag(xml: string, dice: Dice): number | undefined {
  const places = [...xml.matchAll(/[^/?]>(?=.)/gs)].map(({ index }) => index + 2);
  return places.length === 0 ? undefined : dice.one(places);
}

function nth(pattern: RegExp, xml: string, dice: Dice): string {
  const found = xml.match(pattern);
  return found === null ? '\uffff' : dice.one(found);
}

function insertAt(xml: string, at: number | undefined, what: string): string {
  return at === undefined ? xml : xml.slice(0, at) + what + xml.slice(at);
}

function nested(depth: number): string {
  return '<n>'.repeat(depth) + '</n>'.repeat(depth);
}

/** Under names that none of the others has. */
function attributes(dice: Dice): string {
  const tag = dice.below(1_000_000);
  return Array.from({ length: dice.below(10) === 0 ? 70 : 3 }, (_none, at) => `x${tag}_${at}='y'`).join(' ');
}

function renamed(rest: string, dice: Dice): string {
  const name = dice.one(['message', 'presence', 'iq']);
  return `<${name}${rest}</${name}>`;
}
