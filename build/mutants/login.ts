/** The guards of connecting and logging in (S-080 to S-089), each as the edit that would switch it off. */
import type { Mutant } from './mutant.ts';

const XMPP = 'main/protocol/xmpp';
const TESTS = 'test/main/protocol/xmpp';
const STARTTLS = { file: `${XMPP}/starttls.ts`, tests: [`${TESTS}/protected-socket.test.ts`] };
const SOCKET = { file: `${XMPP}/protected-socket.ts`, tests: [`${TESTS}/hostile-network.test.ts`] };
const TARGETS = { file: `${XMPP}/server-targets.ts`, tests: [`${TESTS}/hostile-network.test.ts`] };
const LOGIN = { file: `${XMPP}/client-link.ts`, tests: [`${TESTS}/hostile-login.test.ts`] };
const SASL = { file: `${XMPP}/sasl-mechanisms.ts`, tests: [`${TESTS}/hostile-login.test.ts`] };
const SETUP = { file: `${XMPP}/session-setup.ts`, tests: [`${TESTS}/client-link.test.ts`] };

export const LOGIN_MUTANTS: readonly Mutant[] = [
  {
    ...STARTTLS,
    guard: 'S-080',
    allows: 'going on where STARTTLS is not offered',
    from: "if (!isFeatures || child(received, 'starttls', NS_TLS) === undefined) {",
    to: 'if (!isFeatures) {',
  },
  {
    ...STARTTLS,
    guard: 'S-080',
    allows: 'taking any answer for consent',
    from: "else if (received.name === 'proceed' && received.ns === NS_TLS) this.#outcome = 'agreed';",
    to: "else if (received.name !== '') this.#outcome = 'agreed';",
  },
  {
    ...STARTTLS,
    guard: 'S-081',
    allows: 'octets in clear behind the consent',
    from: "if (this.#outcome === 'agreed') return { reason: 'something follows the consent in clear' };",
    to: "if (this.#outcome === 'agreed') return 'agreed';",
  },
  {
    ...SOCKET,
    guard: 'S-082',
    allows: 'the next target after a failed handshake',
    from: 'else return await protect(tcp, target, route, signal);',
    to: 'else try { return await protect(tcp, target, route, signal); } catch (error) { failures.push(toLinkError(error)); }',
  },
  {
    ...SOCKET,
    guard: 'S-083',
    allows: 'any authority',
    from: 'rejectUnauthorized: true,',
    to: 'rejectUnauthorized: false,',
  },
  {
    ...SOCKET,
    guard: 'S-083',
    allows: 'a certificate for any name',
    from: '(_name, certificate) => checkDomain(domain, certificate)',
    to: '() => undefined',
  },
  {
    ...SOCKET,
    guard: 'S-083',
    allows: 'a name in the subject alone',
    from: 'if (certificate.subjectaltname === undefined) return',
    to: 'if (certificate === undefined) return',
  },
  {
    ...SOCKET,
    guard: 'S-083',
    allows: 'TLS 1.1',
    from: "minVersion: 'TLSv1.2' }",
    to: "minVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }",
  },
  {
    ...SOCKET,
    guard: 'S-083',
    allows: 'a greeting without the name',
    from: '...(isIP(domain) === 0 && { servername: domain }),',
    to: '',
  },
  {
    ...SOCKET,
    guard: 'S-083',
    allows: 'a greeting without the protocol',
    from: "...(target.directTls && { ALPNProtocols: ['xmpp-client'] }),",
    to: '',
  },
  {
    ...LOGIN,
    guard: 'S-084',
    allows: 'redirects without end',
    from: 'followed === MOST_REDIRECTS',
    to: 'followed === 20',
  },
  {
    ...LOGIN,
    guard: 'S-084',
    allows: 'no redirect at all',
    from: '!(error instanceof SeeOtherHost)',
    to: 'error instanceof Error',
  },
  { ...TARGETS, guard: 'S-085', allows: 'any number of targets', from: 'MAX_TARGETS = 10', to: 'MAX_TARGETS = 100' },
  {
    ...TARGETS,
    guard: 'S-085',
    allows: 'asking where the domain said no',
    from: "if (targets.length === 0) throw new LinkError('server-not-found', 'the domain offers no XMPP service');",
    to: 'if (targets.length === 0) targets.push({ host, port: DEFAULT_PORT, directTls: false });',
  },
  {
    ...SASL,
    guard: 'S-086',
    allows: 'a weaker mechanism than the last time',
    from: 'if (isWeaker(chosen.name, offer.least)) throw',
    to: 'if (isWeaker(chosen.name, undefined)) throw',
  },
  {
    file: `${XMPP}/stream-link.ts`,
    tests: [`${TESTS}/stream-link.test.ts`],
    guard: 'S-086',
    allows: 'a weaker mechanism when the stream is opened again',
    from: 'this.#floor = { leastMechanism: loggedIn.mechanism };',
    to: '',
  },
  {
    file: 'main/services/login-strength.ts',
    tests: ['test/main/hosts/reconnecting.test.ts'],
    guard: 'S-086',
    allows: 'a weaker mechanism after a restart',
    from: 'return { ...account, lastServerScramUsed: mechanism };',
    to: 'return undefined;',
  },
  {
    ...LOGIN,
    guard: 'S-087',
    allows: 'success without the server’s proof',
    from: ".toString('latin1')) !== true) {",
    to: ".toString('latin1')) === undefined) {",
  },
  {
    ...SASL,
    guard: 'S-087',
    allows: 'any signature as a last challenge',
    from: 'else if (!this.isProven(octets)) throw unproven();',
    to: 'else this.#isProven = true;',
  },
  {
    ...SASL,
    guard: 'S-087',
    allows: 'a nonce that is not ours',
    from: 'const isOurs = nonce.startsWith(ownNonce) && nonce.length > ownNonce.length;',
    to: 'const isOurs = nonce !== ownNonce;',
  },
  {
    ...SASL,
    guard: 'S-087',
    allows: 'no channel binding where both can',
    from: 'return !isBound || (offer.binding',
    to: 'return !isBound && (offer.binding',
  },
  {
    ...SASL,
    guard: 'S-087',
    allows: 'a stripped offer of channel binding to go unnoticed',
    from: "binding !== undefined && offersNone ? 'y,,' : 'n,,'",
    to: "binding !== undefined && offersNone ? 'n,,' : 'n,,'",
  },
  {
    ...SETUP,
    guard: 'S-088',
    allows: 'another account’s address at bind',
    from: '|| bareOf(jid) !== this.#request.account)',
    to: ')',
  },
  {
    ...SETUP,
    guard: 'S-089',
    allows: 'compression',
    from: 'const { former } = request;',
    to: "const { former } = request;\n    write(element('compress', 'http://jabber.org/protocol/compress'));",
  },
  {
    ...SETUP,
    file: `${XMPP}/client-link.ts`,
    guard: 'S-089',
    allows: 'the library to see what else the server offers',
    from: "announce.emit('element', xml('stream:features', { 'xmlns:stream': NS.stream }, list));",
    to: `const inline = xml('inline', {}, xml('fast', { xmlns: 'urn:xmpp:fast:0' }, xml('mechanism', {}, 'HT-SHA-256-NONE')));
    const profile = xml('authentication', { xmlns: 'urn:xmpp:sasl:2' }, xml('mechanism', {}, chosen.name), inline);
    announce.emit('element', xml('stream:features', { 'xmlns:stream': NS.stream }, list, profile));`,
  },
];
