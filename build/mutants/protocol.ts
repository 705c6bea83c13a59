/** What the protocol documents ask of stream, IQs, carbons, archive and presence, each as the edit that would drop it. */
import type { Mutant } from './mutant.ts';

const XMPP = 'main/protocol/xmpp';
const TESTS = 'test/main/protocol/xmpp';
const LEAVING = { file: 'main/services/going-offline.ts', tests: ['test/integration/leaving.test.ts'] };
const ARRIVING = { file: 'main/services/coming-online.ts', tests: ['test/integration/leaving.test.ts'] };
const CAPS = { file: `${XMPP}/xep0115-caps.ts`, tests: [`${TESTS}/xep0115-caps.test.ts`] };

export const PROTOCOL_MUTANTS: readonly Mutant[] = [
  {
    file: `${XMPP}/xep0163-pep.ts`,
    tests: [`${TESTS}/xep0163-pep.test.ts`],
    guard: 'R-218',
    allows: 'publishing to another address than the own',
    from: "const publish = { type: 'set', payload",
    to: "const publish = { type: 'set', to: 'example.com' as BareJid, payload",
  },
  {
    file: `${XMPP}/iq-exchange.ts`,
    tests: [`${TESTS}/iq-exchange.test.ts`],
    guard: 'R-221',
    allows: 'options and keys from another than the one asked',
    from: 'if (pending === undefined || !pending.isFromAsked(from)) {',
    to: 'if (pending === undefined) {',
  },
  {
    ...ARRIVING,
    guard: 'R-238',
    allows: 'presence before the withdrawal',
    from: 'const isWithdrawn = await this.#withdraw(link);',
    to: 'link.send(buildPresence()).catch(() => undefined);\n    const isWithdrawn = await this.#withdraw(link);',
  },
  {
    file: 'main/services/receipts.ts',
    tests: ['test/main/services/receipts.test.ts'],
    guard: 'R-246',
    allows: 'receipts to those who may not see us',
    from: 'if (!this.#contacts.maySeeUs(contact)) return;',
    to: '',
  },
  {
    file: `${XMPP}/xep0198-stream-management.ts`,
    tests: [`${TESTS}/xep0198-stream-management.test.ts`],
    guard: 'R-247',
    allows: 'sending again something else than was sent',
    from: 'return this.#sent.map(({ xml }) => xml);',
    to: 'return this.#sent.map(({ xml }) => xml.replaceAll(\'"\', "\'"));',
  },
  {
    ...LEAVING,
    guard: 'R-248',
    allows: 'leaving before the server has answered',
    from: 'if (record !== undefined) await this.#publish(link, record);',
    to: 'if (record !== undefined) void this.#publish(link, record);',
  },
  {
    file: `${XMPP}/xep0280-carbons.ts`,
    tests: [`${TESTS}/xep0280-carbons.test.ts`],
    guard: 'R-250',
    allows: 'carbon copies from anybody',
    from: "readWrapped(stanza)?.wrapper === 'carbon' && tryParseJid(stanza.attrs['from']) !== account",
    to: "readWrapped(stanza)?.wrapper === 'archive' && tryParseJid(stanza.attrs['from']) !== account",
  },
  {
    file: 'main/wire/offline-message.ts',
    tests: ['test/main/wire/offline-message.test.ts'],
    guard: 'R-251',
    allows: 'letters to be copied',
    from: '    privateHint(),\n',
    to: '',
  },
  {
    file: 'main/wire/message.ts',
    tests: ['test/integration/neighbours.test.ts'],
    guard: 'R-252',
    allows: 'what a carbon carries to be read',
    from: 'content: readContentOf(stanza),',
    to: 'content: readContentOf(elements(elements(elements(stanza)[0] ?? stanza)[0] ?? stanza)[0] ?? stanza),',
  },
  {
    ...CAPS,
    guard: 'R-254',
    allows: 'speaking for another’s client',
    from: ' && verificationString(info) === caps.ver',
    to: '',
  },
  { ...CAPS, guard: 'R-254', allows: 'answers that are built to collide', from: ' && isWellFormed(info)', to: '' },
  {
    ...LEAVING,
    guard: 'R-291',
    allows: 'publishing while another client is there',
    from: ' && !contacts.isOwnAccountElsewhere()',
    to: '',
  },
  {
    ...ARRIVING,
    guard: 'R-301',
    allows: 'a withdrawal that fails to keep the client away',
    from: 'const outcome = await this.#within(withdrawItem(link, NS.offline));',
    to: "const outcome = await this.#within(withdrawItem(link, NS.offline));\n    if (outcome !== 'withdrawn') throw new Error(outcome);",
  },
];
