/**
 * What no sign-in can do without, on a bare socket: the handshake, PBKDF2 with the server's count, and the questions that
 * a messenger asks until it is there, each with its answer awaited. Nothing is parsed, kept or told.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as startTls, createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { NS } from '../../../main/wire/namespaces.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import type { Figures } from '../bench-case.ts';
import { Dialogue } from './dialogue.ts';

const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const FORM_OCTETS = 3_500;
const FEATURES = /<\/stream:features>/;

export class BareSignIn {
  readonly #server: TestServer;
  readonly #account: { readonly name: string; readonly password: string };
  readonly #context: SecureContext;

  constructor(server: TestServer, account: { readonly name: string; readonly password: string }) {
    this.#server = server;
    this.#account = account;
    this.#context = createSecureContext({ ca: readFileSync(server.caFile, 'utf8'), minVersion: 'TLSv1.2' });
  }

  /** @returns the parts, and their sum as `time`, in ms. Behind that it leaves, unmeasured. */
  async run(): Promise<Figures> {
    const started = performance.now();
    const tcp = connect({ host: '127.0.0.1', port: this.#server.port, noDelay: true });
    await this.#askForTls(tcp);
    const agreed = performance.now();
    const tls = startTls({ socket: tcp, secureContext: this.#context, servername: this.#server.domain });
    await once(tls, 'secureConnect');
    const handshake = performance.now() - agreed;
    const talk = new Dialogue(tls);
    const derivation = await this.#logIn(talk);
    await this.#comeOnline(talk);
    const time = performance.now() - started;
    await this.#leave(talk);
    tls.end('</stream:stream>');
    await once(tls, 'close');
    return { time, handshake, PBKDF2: derivation, 'round trips': time - handshake - derivation };
  }

  async #askForTls(tcp: Socket): Promise<void> {
    const talk = new Dialogue(tcp);
    await talk.ask(this.#header(), FEATURES);
    await talk.ask(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`, /<proceed/);
    talk.stop();
  }

  /** SCRAM-SHA-1 (RFC 5802), which is what the server's default is. @returns ms spent in PBKDF2 */
  async #logIn(talk: Dialogue): Promise<number> {
    await talk.ask(this.#header(), FEATURES);
    const first = `n=${this.#account.name},r=${randomBytes(18).toString('base64')}`;
    const auth = `<auth xmlns='${NS_SASL}' mechanism='SCRAM-SHA-1'>${encode(`n,,${first}`)}</auth>`;
    const challenge = decode(contentOf(await talk.ask(auth, /<\/challenge>/)));
    const [, nonce = '', salt = '', count = ''] = /r=([^,]+),s=([^,]+),i=(\d+)/.exec(challenge) ?? [];
    const started = performance.now();
    const salted = pbkdf2Sync(this.#account.password, Buffer.from(salt, 'base64'), Number(count), 20, 'sha1');
    const derivation = performance.now() - started;
    const last = `c=${encode('n,,')},r=${nonce}`;
    const proof = proofOf(salted, `${first},${challenge},${last}`);
    await talk.ask(`<response xmlns='${NS_SASL}'>${encode(`${last},p=${proof}`)}</response>`, /<success/);
    await talk.ask(this.#header(), FEATURES);
    return derivation;
  }

  /** The same questions in the same order as the messenger's, each behind the answer that it waits for. */
  async #comeOnline(talk: Dialogue): Promise<void> {
    const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bare</resource></bind>`;
    await talk.question('set', bind);
    await talk.ask(`<enable xmlns='${NS.streamManagement}' resume='true'/>`, /<enabled/);
    const retract = `<retract node='${NS.offline}'><item id='current'/></retract>`;
    await talk.question('set', `<pubsub xmlns='${NS.pubsub}'>${retract}</pubsub>`);
    await talk.question('get', `<pubsub xmlns='${NS.pubsub}'><items node='${NS.offline}'/></pubsub>`);
    await Promise.all([
      talk.question('get', `<query xmlns='${NS.discoInfo}'/>`),
      talk.question('get', `<query xmlns='${NS.discoInfo}'/>`, this.#server.domain),
      talk.question('get', `<time xmlns='${NS.time}'/>`, this.#server.domain),
    ]);
    await talk.question('get', `<query xmlns='${NS.roster}'/>`);
    await talk.question('get', `<blocklist xmlns='${NS.blocking}'/>`);
    talk.say('<presence/>');
  }

  /** Something to withdraw the next time, as long as a form of options. */
  async #leave(talk: Dialogue): Promise<void> {
    const form = `<x xmlns='${NS.form}' type='form'><title>${'x'.repeat(FORM_OCTETS)}</title></x>`;
    const item = `<publish node='${NS.offline}'><item id='current'>${form}</item></publish>`;
    await talk.question('set', `<pubsub xmlns='${NS.pubsub}'>${item}</pubsub>`);
    talk.stop();
  }

  #header(): string {
    const names = `xmlns='${NS.client}' xmlns:stream='${NS.stream}'`;
    return `<?xml version='1.0'?><stream:stream to='${this.#server.domain}' version='1.0' ${names}>`;
  }
}

function proofOf(salted: Buffer, authMessage: string): string {
  const clientKey = createHmac('sha1', salted).update('Client Key').digest();
  const storedKey = createHash('sha1').update(clientKey).digest();
  const signature = createHmac('sha1', storedKey).update(authMessage).digest();
  return Buffer.from(clientKey.map((octet, at) => octet ^ (signature[at] ?? 0))).toString('base64');
}

function contentOf(said: string): string {
  return /<challenge[^>]*>([^<]*)</.exec(said)?.[1] ?? '';
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
