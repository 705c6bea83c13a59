/** The guards of the stream afterwards (S-090 to S-106, L-006, L-007, L-043), each as the edit that would switch it off. */
import type { Mutant } from './mutant.ts';

const XMPP = 'main/protocol/xmpp';
const TESTS = 'test/main/protocol/xmpp';
const LOGIN = { file: `${XMPP}/client-link.ts`, tests: [`${TESTS}/hostile-login.test.ts`] };
const IQS = {
  file: `${XMPP}/iq-exchange.ts`,
  tests: [`${TESTS}/iq-exchange.test.ts`, `${TESTS}/hostile-stream.test.ts`],
};
const TRAFFIC = { file: 'main/services/link-traffic.ts', tests: ['test/main/services/link-traffic.test.ts'] };
const READER = { file: 'main/wire/xml-parser.ts', tests: [`${TESTS}/hostile-stream.test.ts`] };
const STREAM = { file: 'main/wire/xml-stream.ts', tests: ['test/main/wire/xml-stream.test.ts'] };
const TREE = { file: 'main/wire/xml-tree.ts', tests: ['test/main/wire/xml-stream.test.ts'] };
const BOUNDARY = { file: `${XMPP}/decoded-socket.ts`, tests: [`${TESTS}/decoded-socket.test.ts`] };
const DECODED = {
  file: `${XMPP}/decoded-socket.ts`,
  tests: [`${TESTS}/hostile-stream.test.ts`, `${TESTS}/client-link.test.ts`],
};
const BOUNCES = ['test/integration/neighbours.test.ts'];
const INCOMING = { file: 'main/services/incoming.ts', tests: ['test/main/services/incoming.test.ts'] };

export const STREAM_MUTANTS: readonly Mutant[] = [
  {
    ...IQS,
    guard: 'S-090',
    allows: 'anybody to answer',
    from: 'if (pending === undefined || !pending.isFromAsked(from)) {',
    to: 'if (pending === undefined) {',
  },
  {
    ...IQS,
    guard: 'S-090',
    allows: 'ids that can be guessed',
    from: 'const id = toHex(this.#random.bytes(16));',
    to: 'const id = String(this.#pending.size);',
  },
  {
    ...TRAFFIC,
    guard: 'S-090',
    allows: 'roster pushes by anybody',
    from: 'if (!isOwn) {',
    to: 'if (isOwn === undefined) {',
  },
  {
    ...TRAFFIC,
    file: 'main/services/contacts.ts',
    guard: 'S-090',
    allows: 'presence of those who were not asked for it',
    from: '(contact === undefined || !this.receivesPresence(bare))',
    to: 'contact === undefined',
  },
  {
    file: `${XMPP}/xep0280-carbons.ts`,
    tests: [`${TESTS}/xep0280-carbons.test.ts`],
    guard: 'S-090',
    allows: 'carbon copies from anybody',
    from: "readWrapped(stanza)?.wrapper === 'carbon' && tryParseJid(stanza.attrs['from']) !== account",
    to: "readWrapped(stanza)?.wrapper === 'archive' && tryParseJid(stanza.attrs['from']) !== account",
  },
  {
    file: 'main/wire/xep0203-delay.ts',
    tests: ['test/main/wire/xep0203-delay.test.ts'],
    guard: 'R-236',
    allows: 'delay stamps by anybody',
    from: 'return jid === own || jid === domainOf(own);',
    to: 'return true;',
  },
  {
    file: 'main/wire/jid.ts',
    tests: ['test/main/wire/jid.test.ts'],
    guard: 'S-091',
    allows: 'addresses that differ in case to differ',
    from: 'const local = mapWidth(text).toLowerCase()',
    to: 'const local = mapWidth(text)',
  },
  {
    file: 'main/wire/jid.ts',
    tests: ['test/main/wire/jid.test.ts'],
    guard: 'S-091',
    allows: 'malformed addresses to throw',
    from: 'if (error instanceof WireError) return undefined;',
    to: '',
  },
  {
    file: 'main/services/look-alikes.ts',
    tests: ['test/main/services/look-alikes.test.ts'],
    guard: 'S-091',
    allows: 'an address that looks like a known one to go unmarked',
    from: "if (other !== undefined) return { kind: 'looks-like', address: other.address };",
    to: '',
  },
  {
    file: 'main/services/look-alikes.ts',
    tests: ['test/main/services/look-alikes.test.ts'],
    guard: 'S-091',
    allows: 'mixed scripts to go unmarked',
    from: 'const kind = disguiseOf(address);',
    to: 'const kind: Disguise | undefined = undefined;',
  },
  {
    ...TRAFFIC,
    guard: 'S-092',
    allows: 'strangers to ask',
    from: 'if (!isOwn && !this.#contacts.maySeeUs(bareOf(from))) {',
    to: 'if (!isOwn && from === undefined) {',
  },
  {
    file: `${XMPP}/pep-node.ts`,
    tests: [`${TESTS}/pep-node.test.ts`],
    guard: 'S-093',
    allows: 'a node that is not as wanted',
    from: "return missing.length === 0 ? { kind: 'ready' }",
    to: "return missing.length < 9 ? { kind: 'ready' }",
  },
  {
    file: `${XMPP}/xep0163-pep.ts`,
    tests: [`${TESTS}/xep0163-pep.test.ts`],
    guard: 'S-094',
    allows: 'an item that stays to be called withdrawn',
    from: "left.items.some(holdsSomething) ? 'still-there' : 'withdrawn'",
    to: "left.items.length > 99 ? 'still-there' : 'withdrawn'",
  },
  ...['doctype', 'comment', 'processinginstruction'].map((event): Mutant => {
    const said = { doctype: 'a DOCTYPE', comment: 'a comment', processinginstruction: 'a processing instruction' }[
      event
    ];
    return {
      ...READER,
      tests: [...READER.tests, ...STREAM.tests],
      guard: 'S-100',
      allows: said ?? '',
      from: `this.#sax.on('${event}', () => refuse('${said ?? ''}'));`,
      to: '',
    };
  }),
  {
    ...READER,
    guard: 'S-100',
    allows: 'whatever is not well-formed',
    from: 'throw notWellFormed(error.message, error);',
    to: 'void error;',
  },
  {
    ...STREAM,
    tests: ['test/main/wire/xml-stream.test.ts', `${TESTS}/client-link.test.ts`],
    guard: 'S-100',
    allows: 'stanzas outside jabber:client',
    from: 'return ns === NS.client || !STANZA_NAME.test(name);',
    to: "return ns !== '' || name !== '';",
  },
  {
    ...BOUNDARY,
    guard: 'S-101',
    allows: 'what is thrown while reading to end the process',
    from: "this.destroy(error instanceof Error ? error : new Error('a listener failed'));",
    to: 'throw error;',
  },
  {
    ...BOUNDARY,
    guard: 'S-101',
    allows: 'a server that goes on behind the end to keep the connection',
    from: 'setTimeout(() => this.#tls.destroy(), LINGER_MS)',
    to: 'setTimeout(() => undefined, LINGER_MS)',
  },
  {
    ...DECODED,
    file: `${XMPP}/link.ts`,
    guard: 'S-101',
    allows: 'a silent server to be waited for',
    from: 'answerMs: 60_000',
    to: 'answerMs: 6_000_000',
  },
  {
    ...DECODED,
    guard: 'S-102',
    allows: 'what is no UTF-8',
    from: "new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })",
    to: "new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })",
  },
  {
    ...DECODED,
    guard: 'S-102',
    allows: 'characters to be cut between reads',
    from: 'this.#decoder.decode(octets, { stream: true })',
    to: "octets.toString('utf8')",
  },
  ...(
    [
      ['octets: 256 * 1024', 'octets: 1024 * 1024', 'a stanza of any size'],
      ['depth: 64,', 'depth: 6_400,', 'any depth'],
      ['elements: 2_048', 'elements: 2_048_000', 'any number of elements'],
      ['attributes: 64,', 'attributes: 6_400,', 'any number of attributes'],
      ['attributeOctets: 8 * 1024', 'attributeOctets: 800 * 1024', 'attributes of any size'],
      ['textOctets: 192 * 1024', 'textOctets: 1920 * 1024', 'text of any size'],
    ] as const
  ).map(([from, to, allows]): Mutant => ({
    ...TREE,
    tests: ['test/main/wire/limits.test.ts'],
    ...{ guard: 'S-103', allows, from, to },
  })),
  {
    ...TREE,
    guard: 'S-103',
    allows: 'the search for a stanza’s end to go on for ever',
    from: '{ octets: 4 * STANZA_LIMITS.octets,',
    to: '{ octets: 4_000 * STANZA_LIMITS.octets,',
  },
  {
    ...STREAM,
    guard: 'S-103',
    allows: 'a stanza past a limit to be handed on',
    from: "kind: this.#builder.isSkipping ? 'skipped' : 'element'",
    to: "kind: this.#builder.isSkipping ? 'element' : 'element'",
  },
  {
    ...LOGIN,
    tests: [`${TESTS}/hostile-stream.test.ts`],
    guard: 'S-103',
    allows: 'more than 16 KiB before login',
    from: 'this.#isProven ? STANZA_LIMITS : LIMITS_BEFORE_LOGIN',
    to: 'STANZA_LIMITS',
  },
  {
    file: 'main/wire/element.ts',
    tests: ['test/main/wire/element.test.ts'],
    guard: 'S-104',
    allows: 'children of any namespace',
    from: "for (const node of parent.children) if (typeof node !== 'string' && node.name === name && node.ns === ns) return node;",
    to: "for (const node of parent.children) if (typeof node !== 'string' && node.name === name && ns !== '') return node;",
  },
  {
    file: 'main/wire/element.ts',
    tests: ['test/main/wire/xml-parser.test.ts', 'test/main/wire/element.test.ts'],
    guard: 'S-105',
    allows: 'characters that XML cannot carry',
    from: 'if (!isXmlText(text)) throw new TypeError(',
    to: "if (text === '\\u0000never') throw new TypeError(",
  },
  {
    ...INCOMING,
    guard: 'S-106',
    allows: 'any number of stanzas to wait in memory',
    from: 'this.#parts.holdBack(isTooMuch);',
    to: '',
  },
  {
    ...INCOMING,
    guard: 'S-106',
    allows: 'an opening to wait for an answer that is held back with the rest',
    from: 'const isTooMuch = !this.#isLate && waiting >',
    to: 'const isTooMuch = waiting >',
  },
  {
    file: 'main/services/opening-queue.ts',
    tests: ['test/main/services/opening-queue.test.ts'],
    guard: 'S-106',
    allows: 'all that is journalled to be in memory as well',
    from: 'Math.max(0, MOST_IN_MEMORY - this.#entries.length)',
    to: 'entries.length',
  },
  {
    ...BOUNDARY,
    guard: 'S-106',
    allows: 'reading while held back',
    from: 'this.#isHeldBack = true;\n    this.#tls.pause();',
    to: '',
  },
  {
    ...BOUNDARY,
    guard: 'S-106',
    allows: 'answers that nobody reads to pile up',
    from: 'if (this.#tls.writableLength > MOST_UNSENT) this.#waitForReader();',
    to: '',
  },
  {
    file: `${XMPP}/session-connection.ts`,
    tests: [`${TESTS}/stream-link.test.ts`],
    guard: 'S-106',
    allows: 'answers that nobody acknowledges to pile up',
    from: 'if (this.#parts.session.unacknowledgedCount >= MOST_UNACKNOWLEDGED) {',
    to: 'if (this.#parts.session.unacknowledgedCount < 0) {',
  },
  {
    file: `${XMPP}/xep0313-archive.ts`,
    tests: ['test/main/services/link-traffic.test.ts'],
    guard: 'S-090',
    allows: 'archive results by anybody',
    from: 'if (from !== undefined && tryParseJid(from) !== own) return undefined;',
    to: '',
  },
  {
    file: `${XMPP}/xep0313-archive.ts`,
    tests: ['test/main/services/link-traffic.test.ts'],
    guard: 'S-090',
    allows: 'archive results that nobody asked for',
    from: '|| wrapped.archive?.queryId !== queryId) return undefined;',
    to: ') return undefined;',
  },
  {
    file: `${XMPP}/decoded-socket.ts`,
    tests: [`${TESTS}/decoded-socket.test.ts`],
    guard: 'S-103',
    allows: 'a flood to keep everything else waiting',
    from: 'this.#giveWay(since);',
    to: 'void since;',
  },
  {
    file: `${XMPP}/xep0198-stream-management.ts`,
    tests: [`${TESTS}/xep0198-stream-management.test.ts`],
    guard: 'L-006',
    allows: 'acknowledging what arrived, not what is handled',
    from: 'const [number, connection] = [this.#received, this.#connection];',
    to: 'const [number, connection] = [this.#received, this.#connection];\n    this.#markHandled(number);',
  },
  {
    ...INCOMING,
    guard: 'L-006',
    allows: 'acknowledging before it is durable',
    from: 'const kept = stores.transaction(() => {\n      batch.commit(addReceived);\n      return this.#arrivals.keepTaken(stores.journal);\n    });',
    to: 'const rests = this.#arrivals.keepTaken(stores.journal)();\n    const kept = () => rests;\n    stores.transaction(() => batch.commit(addReceived));',
  },
  {
    ...INCOMING,
    guard: 'L-007',
    allows: 'what belongs together to be written apart',
    from: 'const kept = stores.transaction(() => {\n      batch.commit(addReceived);\n      return this.#arrivals.keepTaken(stores.journal);\n    });',
    to: 'batch.commit(addReceived);\n    const kept = stores.transaction(() => this.#arrivals.keepTaken(stores.journal));',
  },
  {
    file: 'main/services/letter-reader.ts',
    tests: BOUNCES,
    guard: 'L-043',
    allows: 'what the server gives back to count as sent',
    from: 'this.#bounce(message, batch);',
    to: '',
  },
  {
    file: 'main/services/outgoing-rows.ts',
    tests: BOUNCES,
    guard: 'L-043',
    allows: 'what came back to be shown without the reason',
    from: 'settled: true, facts: bouncedFacts(message.facts) });',
    to: 'settled: true });',
  },
  {
    file: 'main/services/returned-letters.ts',
    tests: BOUNCES,
    guard: 'L-043',
    allows: 'what cannot be read without the letter that came back to count as sent',
    from: 'isOpening ? session.messageIds : [id]',
    to: '[id]',
  },
];
