/**
 * What we log in with: SCRAM (RFC 5802, RFC 7677), whose end proves the server as well (S-087), and PLAIN (RFC 4616)
 * where a server offers nothing better. Both are reached inside verified TLS only, to which SCRAM is bound where both
 * sides can (RFC 5802 section 6, RFC 9266).
 */
import { equalBytes, fromBase64, fromUtf8, toBase64, utf8 } from '../../base/bytes.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { proveScram } from '../../crypto/scram.ts';
import type { ScramHash, ScramProof } from '../../crypto/scram.ts';
import { LinkError } from './link.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One login's side of a SASL exchange. Octets travel as strings of one character each, as the library wants them. */
export interface SaslExchange {
  readonly name: string;
  /** We speak first. */
  readonly clientFirst: true;
  /** The next thing to say. */
  response(): Promise<string>;
  /** @throws LinkError `bad-answer`, `server-refused` */
  challenge(octets: string): void;
  /** @returns whether the server may say that all went well, given what it says with it. */
  isProven(octets: string): boolean;
}

/** What the server says it can do, and what limits our choice. */
export interface LoginOffer {
  /** Names of mechanisms. */
  readonly offered: readonly string[];
  /** Kinds of channel binding that the server lists (XEP-0440), if it does. */
  readonly bindings?: readonly string[] | undefined;
  /** What `tls-exporter` gives for this connection (RFC 9266); undefined where TLS is too old for it. */
  readonly binding?: Uint8Array | undefined;
  /** The mechanism of the account's last login: nothing weaker is used (S-086). */
  readonly least?: string | undefined;
}

/**
 * Chooses the strongest mechanism that both sides can.
 *
 * @throws LinkError `unprotected-login` if none is acceptable, or none as strong as the last one.
 */
export function chooseMechanism(offer: LoginOffer, credentials: Credentials, random: RandomSource): SaslExchange {
  const chosen = BY_STRENGTH.find((mechanism) => offer.offered.includes(mechanism.name) && canUse(mechanism, offer));
  if (chosen === undefined) throw tooWeak('the server offers no acceptable way to log in');
  if (isWeaker(chosen.name, offer.least)) throw tooWeak('the server offers only a weaker login than the last time');
  if (chosen.hash === undefined) return new PlainExchange(credentials);
  return new ScramExchange(chosen.name, chosen.hash, channelOf(chosen, offer), credentials, random);
}

/** Whether `name` protects less than `least`. Names that are not known are the weakest. */
function isWeaker(name: string, least: string | undefined): boolean {
  const rank = (of: string | undefined): number => {
    const at = BY_STRENGTH.findIndex((mechanism) => mechanism.name === of);
    return at === -1 ? BY_STRENGTH.length : at;
  };
  return rank(name) > rank(least);
}

interface Mechanism {
  readonly name: string;
  /** Undefined for PLAIN. */
  readonly hash?: ScramHash;
  readonly isBound: boolean;
}

const HASHES: readonly (readonly [string, ScramHash])[] = [
  ['SCRAM-SHA-512', 'sha512'],
  ['SCRAM-SHA-256', 'sha256'],
  ['SCRAM-SHA-1', 'sha1'],
];
const BY_STRENGTH: readonly Mechanism[] = [
  ...HASHES.map(([name, hash]) => ({ name: `${name}-PLUS`, hash, isBound: true })),
  ...HASHES.map(([name, hash]) => ({ name, hash, isBound: false })),
  { name: 'PLAIN', isBound: false },
];
const BINDING = 'tls-exporter';

/** The GS2 header and the channel's own octets behind it (RFC 5802 section 7). */
interface Channel {
  readonly header: string;
  readonly octets: Uint8Array;
}

function canUse({ isBound }: Mechanism, offer: LoginOffer): boolean {
  // A server that lists no kinds may mean another one by -PLUS: ejabberd 23.01 means `tls-unique`, even in TLS 1.3.
  return !isBound || (offer.binding !== undefined && offer.bindings?.includes(BINDING) === true);
}

/** `y` says that we could and that the server seems not to: one whose offer was cut short on the way notices. */
function channelOf({ isBound }: Mechanism, { offered, binding }: LoginOffer): Channel {
  if (isBound && binding !== undefined) return { header: `p=${BINDING},,`, octets: binding };
  const offersNone = !offered.some((name) => name.endsWith('-PLUS'));
  return { header: binding !== undefined && offersNone ? 'y,,' : 'n,,', octets: new Uint8Array() };
}

function tooWeak(why: string): LinkError {
  return new LinkError('unprotected-login', why);
}

/** RFC 5802 5.1 names the lower bound; the upper one keeps a server from making us work for minutes. */
const ITERATIONS = { least: 4_096, most: 5_000_000 };

class ScramExchange implements SaslExchange {
  readonly name: string;
  readonly clientFirst = true;
  readonly #hash: ScramHash;
  readonly #channel: Channel;
  readonly #credentials: Credentials;
  readonly #nonce: string;
  #serverFirst: string | undefined;
  #proof: ScramProof | undefined;
  #isProven = false;

  constructor(name: string, hash: ScramHash, channel: Channel, credentials: Credentials, random: RandomSource) {
    this.name = name;
    this.#hash = hash;
    this.#channel = channel;
    this.#credentials = credentials;
    this.#nonce = toBase64(random.bytes(18));
  }

  async response(): Promise<string> {
    if (this.#isProven) return '';
    if (this.#serverFirst === undefined) return toOctets(this.#channel.header + this.#clientFirstBare());
    return toOctets(await this.#clientFinal(this.#serverFirst));
  }

  challenge(octets: string): void {
    const text = fromOctets(octets);
    if (this.#serverFirst === undefined) this.#serverFirst = text;
    else if (!this.isProven(octets)) throw unproven();
  }

  isProven(octets: string): boolean {
    const [, signature = ''] = /^v=([^,]+)/.exec(fromOctets(octets)) ?? [];
    const expected = this.#proof?.serverSignature;
    const received = fromBase64(signature);
    if (expected !== undefined && received !== undefined) this.#isProven ||= equalBytes(received, expected);
    return this.#isProven;
  }

  #clientFirstBare(): string {
    const name = prepare(this.#credentials.username).replaceAll('=', '=3D').replaceAll(',', '=2C');
    return `n=${name},r=${this.#nonce}`;
  }

  async #clientFinal(serverFirst: string): Promise<string> {
    const { nonce, salt, iterations } = readServerFirst(serverFirst, this.#nonce);
    const bound = Buffer.concat([utf8(this.#channel.header), this.#channel.octets]);
    const withoutProof = `c=${toBase64(bound)},r=${nonce}`;
    const authMessage = `${this.#clientFirstBare()},${serverFirst},${withoutProof}`;
    const password = prepare(this.#credentials.password);
    this.#proof = await proveScram({ hash: this.#hash, password, salt, iterations, authMessage });
    return `${withoutProof},p=${toBase64(this.#proof.clientProof)}`;
  }
}

class PlainExchange implements SaslExchange {
  readonly name = 'PLAIN';
  readonly clientFirst = true;
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  response(): Promise<string> {
    const { username, password } = this.#credentials;
    return Promise.resolve(toOctets(`\0${prepare(username)}\0${prepare(password)}`));
  }

  challenge(): void {
    throw new LinkError('bad-answer', 'PLAIN knows no challenge');
  }

  isProven(): boolean {
    return true; // it proves nothing: only the certificate speaks for the server
  }
}

interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** `r=…,s=…,i=…` in this order (RFC 5802 section 7); a mandatory extension before it is one we do not know. */
function readServerFirst(text: string, ownNonce: string): ServerFirst {
  const [, nonce = '', saltBase64 = '', count = ''] = /^r=([^,]+),s=([^,]+),i=([1-9]\d{0,8})(?:,|$)/.exec(text) ?? [];
  const salt = fromBase64(saltBase64);
  const iterations = Number(count);
  const isOurs = nonce.startsWith(ownNonce) && nonce.length > ownNonce.length;
  if (!isOurs || salt === undefined || salt.length === 0)
    throw new LinkError('bad-answer', 'the server broke the login');
  if (iterations < ITERATIONS.least || iterations > ITERATIONS.most) {
    throw new LinkError('unprotected-login', 'the server keeps the password too weakly, or asks for too much work');
  }
  return { nonce, salt, iterations };
}

function unproven(): LinkError {
  return new LinkError('bad-answer', 'the server did not prove that it knows the password');
}

/** SASLprep as far as it changes anything that people type: every kind of space, and compatibility forms. */
function prepare(text: string): string {
  return text
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ')
    .replaceAll('\u00ad', '')
    .normalize('NFKC');
}

function toOctets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function fromOctets(octets: string): string {
  try {
    return fromUtf8(Buffer.from(octets, 'latin1'));
  } catch {
    return ''; // which no step accepts
  }
}
