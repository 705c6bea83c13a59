/**
 * Signatures made with a private exponent over anything but the one encoding of PKCS#1 v1.5 (S-024): what a lax verifier
 * takes for good. The same classes as the public RSA PKCS#1 test collection: every element of the DigestInfo changed
 * in every way BER allows to read it, and every part of the padding.
 */
import { createHash } from 'node:crypto';
import { numberOf, power } from '../reference/integers.ts';

export interface Forgery {
  readonly name: string;
  readonly signature: Uint8Array;
}

export interface ForgingKey {
  readonly modulus: Uint8Array;
  readonly privateExponent: Uint8Array;
}

/** The honest signature, by the same means: if this one verifies, the others are refused for the right reason. */
export function honestSignature(key: ForgingKey, message: Uint8Array): Uint8Array {
  return raw(key, padded(key.modulus.length, digestInfo(message)));
}

/** Every forgery over that message. The hash in each of them is right unless its name says otherwise. */
export function forgedSignatures(key: ForgingKey, message: Uint8Array): readonly Forgery[] {
  const octets = key.modulus.length;
  const encodings = [...forgedEncodings(message)].map(([name, info]) => [name, padded(octets, info)] as const);
  const blocks = [...encodings, ...forgedPaddings(octets, message)];
  const forged = blocks.map(([name, block]) => ({ name, signature: raw(key, block) }));
  return [...forged, ...forgedNumbers(key, message)];
}

/** EM^d mod n, as long as the modulus. */
function raw({ modulus, privateExponent }: ForgingKey, block: Uint8Array): Uint8Array {
  const value = power(numberOf(block), numberOf(privateExponent), numberOf(modulus));
  return fromHexOf(value, modulus.length);
}

const SHA256_OID = octets('608648016503040201');
const SHA1_OID = octets('2b0e03021a');

type Element = 'digestInfo' | 'digestAlgorithm' | 'oid' | 'null' | 'digest';
const ELEMENTS: readonly Element[] = ['digestInfo', 'digestAlgorithm', 'oid', 'null', 'digest'];
const TAGS: Readonly<Record<Element, number>> = { digestInfo: 0x30, digestAlgorithm: 0x30, oid: 6, null: 5, digest: 4 };

/** How one element is written: from its tag and content to octets. */
type Write = (tag: number, content: Uint8Array) => Uint8Array;

function digestInfo(message: Uint8Array, changed?: Element, change: Write = der, oid = SHA256_OID): Uint8Array {
  const write = (name: Element, content: Uint8Array): Uint8Array =>
    (name === changed ? change : der)(TAGS[name], content);
  const algorithm = write('digestAlgorithm', join(write('oid', oid), write('null', octets(''))));
  return write('digestInfo', join(algorithm, write('digest', hashOf(message))));
}

function* forgedEncodings(message: Uint8Array): Generator<readonly [string, Uint8Array]> {
  for (const element of ELEMENTS) {
    for (const [how, write] of Object.entries(CHANGES)) {
      yield [`${how} ${element}`, digestInfo(message, element, write)];
    }
  }
  yield ['parameters left out', digestInfo(message, 'null', () => octets(''))];
  yield ['NULL with content', digestInfo(message, 'null', () => octets('0501ff'))];
  yield ['octets in the parameters', digestInfo(message, 'null', () => octets('0404deadbeef'))];
  yield ['a sequence as parameters', digestInfo(message, 'null', () => octets('3000'))];
  yield ['third element in the algorithm', digestInfo(message, 'null', () => octets('05000403c0ffee'))];
  yield [
    'third element in the outer sequence',
    digestInfo(message, 'digest', (t, c) => join(der(t, c), octets('0500'))),
  ];
  yield ['SHA-1 identifier over a SHA-256 hash', digestInfo(message, undefined, der, SHA1_OID)];
  yield ['SHA-1 identifier without NULL', digestInfo(message, 'null', () => octets(''), SHA1_OID)];
  yield ['SHA-512 identifier over a SHA-256 hash', digestInfo(message, undefined, der, octets('608648016503040203'))];
  yield ['the hash alone', hashOf(message)];
  yield ['the message in place of its hash', message.subarray(0, 64)];
  yield ['an honest encoding of another message', digestInfo(octets('00'))];
}

/** Every way to write an element that a reader of BER may take for the right one, or that hides something. */
const CHANGES: Readonly<Record<string, Write>> = {
  'wrong tag of': (tag, content) => der(tag ^ 0x02, content),
  'context tag on': (tag, content) => der(0x80 | (tag & 0x1f), content),
  'constructed tag on': (tag, content) => der(tag ^ 0x20, content),
  'long-form length of': (tag, content) => join([tag, 0x81, content.length], content),
  'leading zero in length of': (tag, content) => join([tag, 0x82, 0, content.length], content),
  'length overflowing 32 bits of': (tag, content) => join([tag, 0x85, 1, 0, 0, 0, content.length], content),
  'length overflowing 64 bits of': (tag, content) => join([tag, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, content.length], content),
  'length one more for': (tag, content) => join([tag, content.length + 1], content),
  'length one less for': (tag, content) =>
    join([tag, Math.max(0, content.length - 1)], content, content.length ? [] : [0]),
  'indefinite length of': (tag, content) => join([tag, 0x80], content, [0, 0]),
  'indefinite length without end of': (tag, content) => join([tag, 0x80], content),
  'trailing octets in': (tag, content) => der(tag, join(content, [0, 0])),
  'trailing NULL after': (tag, content) => join(der(tag, content), [5, 0]),
  'leading octets in': (tag, content) => der(tag, join([0, 0], content)),
  'leading NULL before': (tag, content) => join([5, 0], der(tag, content)),
  'undefined tag before': (tag, content) => join([0xaa, 2, 0xbb, 0], der(tag, content)),
  'no content of': (tag, content) => (content.length === 0 ? octets('') : der(tag, octets(''))),
  truncated: (tag, content) => der(tag, content).subarray(0, -1),
  missing: () => octets(''),
  repeated: (tag, content) => join(der(tag, content), der(tag, content)),
  'wrapped once more': (tag, content) => der(0x30, der(tag, content)),
  'lonely tag of': (tag) => octets(tag.toString(16).padStart(2, '0')),
};

function* forgedPaddings(length: number, message: Uint8Array): Generator<readonly [string, Uint8Array]> {
  const info = digestInfo(message);
  const filler = length - info.length - 3;
  const ones = (count: number): Uint8Array => new Uint8Array(count).fill(0xff);
  yield ['seven octets of padding, garbage behind', fit(length, [0, 1], ones(7), [0], info)];
  yield ['eight octets of padding, garbage behind', fit(length, [0, 1], ones(8), [0], info)];
  yield ['no padding, garbage behind', fit(length, [0, 1], [0], info)];
  yield ['trailing octets behind the encoding', fit(length, [0, 1], ones(filler - 4), [0], info, [1, 2, 3, 4])];
  yield ['a zero inside the padding', join([0, 1], ones(filler - 1), [0], [0], info)];
  yield ['another octet inside the padding', join([0, 1], ones(filler - 1), [0xee], [0], info)];
  yield ['zeros for padding', join([0, 1], new Uint8Array(filler), [0], info)];
  yield ['no separator', join([0, 1], ones(filler + 1), info)];
  yield ['block type 0', join([0, 0], ones(filler), [0], info)];
  yield ['block type 2', join([0, 2], ones(filler), [0], info)];
  yield ['first octet 1', join([1, 1], ones(filler), [0], info).map((octet, at) => (at === 0 ? 0x01 : octet))];
  yield ['the encoding in front', fit(length, [0, 1, 0], info)];
}

/** Not blocks but numbers: what no honest signer sends. */
function forgedNumbers(key: ForgingKey, message: Uint8Array): readonly Forgery[] {
  const n = numberOf(key.modulus);
  const length = key.modulus.length;
  const honest = numberOf(honestSignature(key, message));
  const named = { 'the number 0': 0n, 'the number 1': 1n, 'n - 1': n - 1n, n, 'n - the signature': n - honest };
  const forged = Object.entries(named).map(([name, value]) => ({ name, signature: fromHexOf(value, length) }));
  const unreduced = honest + n;
  const isSameLength = unreduced < 2n ** BigInt(8 * length);
  const isLonger = fromHexOf(unreduced, isSameLength ? length : length + 1);
  return [...forged, { name: 'not reduced modulo n', signature: isLonger }, { name: 'empty', signature: octets('') }];
}

function padded(length: number, info: Uint8Array): Uint8Array {
  const filler = new Uint8Array(Math.max(0, length - info.length - 3)).fill(0xff);
  return join([0, 1], filler, [0], info);
}

/** Cut or filled with a running number, so that what stands behind is garbage. */
function fit(length: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const block = join(...parts);
  const garbage = Uint8Array.from({ length: length - block.length }, (_, index) => (index * 7 + 1) % 256);
  return join(block, garbage);
}

function der(tag: number, content: Uint8Array): Uint8Array {
  return join([tag, content.length], content);
}

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function hashOf(message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(message).digest());
}

function fromHexOf(value: bigint, length: number): Uint8Array {
  return octets(value.toString(16).padStart(2 * length, '0'));
}
