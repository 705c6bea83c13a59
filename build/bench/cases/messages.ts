import { sessionOf } from '../../../main/protocol/esession/session.ts';
import type { ReceivingSession, SendingSession } from '../../../main/protocol/esession/session.ts';
import { decryptStanza, encryptStanza, parseEncrypted } from '../../../main/protocol/esession/xep0200-stanza.ts';
import { element, serialize } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import type { BenchCase, BenchEntry } from '../bench-case.ts';
import { decryptPlainly, drawKeys, encryptPlainly, libraryElement } from './plain-letter.ts';
import type { Keys } from './plain-letter.ts';

const MESSAGES = 1_000;
const COUNTER = Buffer.alloc(16, 1);

const BODY = 'The boat leaves at seven; bring the long rope & the lamp. '.repeat(3);

/** A letter of three lines, with everything that goes inside (profile 3.7). */
const CONTENT: readonly Element[] = [
  element('body', NS.client, {}, BODY),
  element('headers', NS.shim, {}, element('header', NS.shim, { name: 'Created' }, '2026-11-22T08:01:00Z')),
  element(
    'addresses',
    NS.addresses,
    {},
    element('address', NS.addresses, { type: 'ofrom', jid: 'bob@example.com' }),
    element('address', NS.addresses, { type: 'to', jid: 'alice@example.org' }),
  ),
  element('origin-id', NS.stanzaIds, { id: '9f2c6f0b1d7e4a5cb3a8e7d6c5b4a392' }),
];
const CONTENT_XML = CONTENT.map((el) => serialize(el, NS.client)).join('');
/** What stands before and after the text of the letter, with the padding behind it. */
const [BEFORE_BODY = '', AFTER_BODY = ''] = CONTENT_XML.padEnd(Math.ceil(CONTENT_XML.length / 64) * 64).split(
  escape(BODY),
);

const LIBRARY_CONTENT = CONTENT.map((el) => libraryElement(el, NS.client));

export const messages: BenchCase = {
  name: 'messages',
  about: 'one letter encrypted, and decrypted, over HMAC, AES-CTR, Base64 and XML of the same octets',
  prepare() {
    const keys = drawKeys();
    return { entries: [encrypting(keys), decrypting(keys)] };
  },
};

const PACE = {
  operations: MESSAGES,
  rounds: 15,
  warmUpRounds: 5,
  quantities: [
    { figure: 'time', as: 'ratio', goal: 1.5 },
    { figure: 'processor', as: 'ratio' },
  ],
} as const;

function encrypting(keys: Keys): BenchEntry {
  return {
    ...PACE,
    name: 'encrypt one letter',
    baseline: {
      name: "HMAC + AES-CTR + Base64 + @xmpp/client's XML of the same octets",
      run: () => repeat(() => encryptPlainly(keys, libraryText())),
    },
    ours: {
      name: 'encryptStanza, serialize',
      run() {
        let session = sessionFor('send', keys);
        repeat(() => {
          const { c, session: next } = encryptStanza(session, CONTENT);
          session = next;
          return serialize(c, NS.client);
        });
      },
    },
    peers: [
      {
        name: 'the same with a text joined from ready parts',
        run: () => repeat(() => encryptPlainly(keys, joinedText())),
      },
    ],
  };
}

function decrypting(keys: Keys): BenchEntry {
  const wire = encryptPlainly(keys, joinedText());
  return {
    ...PACE,
    name: 'decrypt one letter',
    baseline: {
      name: 'HMAC + AES-CTR + Base64 + saxes on the same octets',
      run: () => repeat(() => decryptPlainly(keys, wire)),
    },
    ours: {
      name: 'parseElement, parseEncrypted, decryptStanza',
      run() {
        const session = sessionFor('receive', keys);
        repeat(() => {
          const outcome = decryptStanza(session, parseEncrypted(parseElement(wire)));
          if (outcome.kind !== 'opened') throw new Error(outcome.kind);
          return outcome.content.length;
        });
      },
    },
  };
}

function sessionFor(direction: 'send', keys: Keys): SendingSession;
function sessionFor(direction: 'receive', keys: Keys): ReceivingSession;
function sessionFor(direction: 'send' | 'receive', keys: Keys): SendingSession | ReceivingSession {
  const { cipherKey, macKey } = keys;
  const common = {
    modp: 15,
    cipher: 'aes256-ctr',
    hash: 'sha256',
    counter: new Uint8Array(COUNTER),
    blocks: 0,
  } as const;
  return sessionOf<SendingSession | ReceivingSession>({ ...common, cipherKey, macKey, direction });
}

/** What the library's serialiser writes, of elements that are there already. */
function libraryText(): string {
  return LIBRARY_CONTENT.join('').padEnd(BEFORE_BODY.length + escape(BODY).length + AFTER_BODY.length);
}

/** The least a serialiser can do: escape the one part that changes, and join. */
function joinedText(): string {
  return `${BEFORE_BODY}${escape(BODY)}${AFTER_BODY}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Keeps the results, so that no work is optimised away. */
function repeat(work: () => string | number): void {
  let last: string | number = 0;
  for (let i = 0; i < MESSAGES; i += 1) last = work();
  if (last === 0) throw new Error('no result');
}
