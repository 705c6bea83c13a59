/** What is computed in both runtimes: each check compares with the vectors and gives its values for the transcript. */
import { fromHex, fromUtf8, toHex, utf8 } from '../../main/base/bytes.ts';
import { open, seal } from '../../main/crypto/aead.ts';
import { advanceCounter, applyCtr, blocksFor, xorHalf } from '../../main/crypto/ctr.ts';
import type { CipherName } from '../../main/crypto/ctr.ts';
import { importExportedKey } from '../../main/crypto/encrypted-key.ts';
import { buildEncryptedKey, forgePower } from '../../main/crypto/forge.ts';
import { digest, hmac, hmacWithPrefix, sha1, sha256 } from '../../main/crypto/hash.ts';
import { deriveKeyFromPassphrase } from '../../main/crypto/kdf.ts';
import { startModpEngine } from '../../main/crypto/modp-engine.ts';
import type { ModpGroup } from '../../main/crypto/modp-groups.ts';
import { isPowerRight } from '../../main/crypto/modp-known-answers.ts';
import { bigIntPower, createNativePower } from '../../main/crypto/modp-power.ts';
import { isValidPublicValue } from '../../main/crypto/modp.ts';
import { fromBigInt } from '../../main/crypto/mpi.ts';
import { runSelfTest } from '../../main/crypto/self-test.ts';
import { generateSigningKey, importSigningKey, verifySignature } from '../../main/crypto/signature.ts';
import { deriveDirectionKeys } from '../../main/protocol/esession/xep0116/keys.ts';
import { sas28x5 } from '../../main/protocol/esession/xep0116/sas.ts';
import { fingerprintOf, keyValueOf, parseKeyValue } from '../../main/protocol/esession/xep0116/key-value.ts';
import { normalizeForm } from '../../main/protocol/esession/xep0116/normalize.ts';
import { readOfflineOptions, signerOf } from '../../main/protocol/esession/xep0187-options.ts';
import { IDENTITY_FIELDS } from '../../main/protocol/esession/form-values.ts';
import { decryptStanza, encryptOctets, searchForward } from '../../main/protocol/esession/xep0200-stanza.ts';
import { serialize } from '../../main/wire/element.ts';
import { parseForm } from '../../main/wire/xep0004-data-form.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';
import { whirlpool } from '../reference/whirlpool.ts';
import { forgedSignatures, honestSignature } from '../support/forged-signatures.ts';
import { runSchedule } from '../support/live-schedules.ts';
import {
  converse,
  initiateFour,
  initiateThree,
  respondFour,
  respondThree,
  sessionIn,
} from '../support/live-vectors.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { publisherKey, senderKey } from '../support/test-keys.ts';
import { answer, encryptedOf, opened } from '../support/vector-sessions.ts';
import { vectors } from '../vectors/esession-vectors.ts';
import type { OfflineVector, Online3Vector, Online4Vector } from '../vectors/esession-vectors.ts';

export interface Check {
  readonly name: string;
  /** Every value computed, in order; the same in both runtimes. @throws Error at the first wrong one */
  readonly run: () => Promise<readonly string[]> | readonly string[];
}

const number = (hex: string): Uint8Array => fromBigInt(BigInt(`0x${hex}`));
/** Groups whose platform object is made in seconds everywhere. */
const QUICK_GROUPS: readonly number[] = [5, 14, 15];

export const CHECKS: readonly Check[] = [
  { name: 'self test', run: selfTest },
  ...vectors.groups.map((group) => ({ name: `powers of group ${group.modp}`, run: () => powersOf(group.modp) })),
  { name: 'leading zeros', run: leadingZeros },
  { name: 'invalid public values', run: invalidPublicValues },
  { name: 'the engine in its threads', run: engineInThreads },
  { name: 'counter mode', run: counterMode },
  { name: 'hashes', run: hashes },
  { name: 'key derivation', run: keyDerivation },
  { name: 'normalisation', run: normalisation },
  { name: 'normalisation refused', run: normalisationRefused },
  { name: 'keys and fingerprints', run: keysAndFingerprints },
  { name: 'signatures', run: signatures },
  { name: 'a new signing key', run: newSigningKey },
  { name: 'sealing at rest', run: sealing },
  { name: 'keys under a passphrase', run: passphrases },
  ...vectors.offline.map((vector) => ({ name: `${vector.name}: written`, run: () => written(vector) })),
  ...vectors.offline.map((vector) => ({ name: `${vector.name}: read`, run: () => readBack(vector) })),
  { name: 'forward search', run: forwardSearch },
  { name: 'spoken codes', run: spokenCodes },
  ...vectors.online4.map((vector) => ({ name: `${vector.name}: both sides`, run: () => fourMessages(vector) })),
  ...vectors.online3.map((vector) => ({ name: `${vector.name}: both sides`, run: () => threeMessages(vector) })),
  { name: 'schedules of live sessions', run: schedules },
];

async function selfTest(): Promise<readonly string[]> {
  const { checks, missing, isUsable } = await runSelfTest();
  expectEqual('usable', String(isUsable), 'true');
  expectEqual('missing', missing.join(), '');
  return checks.map(({ name, passed }) => `${name} ${passed}`);
}

function powersOf(modp: number): readonly string[] {
  const vector = vectors.groups.find((group) => group.modp === modp);
  if (vector === undefined) throw new TypeError('no such group');
  const group = modp as ModpGroup;
  const ways = [bigIntPower, ...(QUICK_GROUPS.includes(modp) ? [createNativePower(), forgePower] : [])];
  for (const power of ways) {
    expectEqual('e', toHex(power(group, fromHex(vector.x))), toHex(number(vector.e)));
    expectEqual('Z', toHex(power(group, fromHex(vector.x), number(vector.d))), toHex(number(vector.Z)));
    expectEqual('known answers', String(isPowerRight(power, group)), 'true');
  }
  expectEqual('K', toHex(sha256(number(vector.Z))), vector.K);
  return [vector.e, vector.Z, String(isValidPublicValue(group, number(vector.e)))];
}

function leadingZeros(): readonly string[] {
  const native = createNativePower();
  return vectors.leadingZero.flatMap(({ modp, x, d, eBase64, ZOctets }) =>
    [bigIntPower, native].flatMap((power) => {
      const e = Buffer.from(power(modp as ModpGroup, fromHex(x))).toString('base64');
      const Z = toHex(power(modp as ModpGroup, fromHex(x), number(d)));
      expectEqual('e', e, eBase64);
      expectEqual('Z', Z, ZOctets);
      return [e, Z];
    }),
  );
}

function invalidPublicValues(): readonly string[] {
  return vectors.invalidPublicKeys.map(({ modp, value, why }) => {
    const isValid = isValidPublicValue(modp as ModpGroup, number(value));
    expectEqual(why, String(isValid), 'false');
    return `${why} ${isValid}`;
  });
}

/** First answers come before any platform object exists; later ones from it. All of them must be the same. */
async function engineInThreads(): Promise<readonly string[]> {
  const engine = startModpEngine(new URL('../../main/crypto/modp-worker.ts', import.meta.url));
  try {
    const results: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (const { modp, x, d, Z } of vectors.groups.filter((group) => QUICK_GROUPS.includes(group.modp))) {
        const power = await engine.power(modp as ModpGroup, fromHex(x), number(d));
        expectEqual(`round ${round}`, toHex(power), toHex(number(Z)));
        results.push(toHex(power));
      }
      await new Promise((resolve) => setTimeout(resolve, round === 1 ? 3500 : 0));
    }
    return results;
  } finally {
    engine.close();
  }
}

function counterMode(): readonly string[] {
  return vectors.counters.flatMap((vector) => {
    const [key, counter, plain] = [fromHex(vector.key), fromHex(vector.counter), fromHex(vector.plaintext)];
    const ciphertext = toHex(applyCtr('aes256-ctr', key, counter, plain));
    expectEqual('ciphertext', ciphertext, vector.ciphertext);
    expectEqual('after', toHex(advanceCounter(counter, blocksFor(plain.length))), vector.counterAfter);
    expectEqual('half', toHex(xorHalf(counter)), vector.xorHalf);
    const others = (['aes128-ctr', 'aes192-ctr'] as const).map((cipher, index) =>
      toHex(applyCtr(cipher, key.subarray(0, 16 + 8 * index), counter, plain)),
    );
    return [ciphertext, ...others];
  });
}

function hashes(): readonly string[] {
  const text = utf8('a text of some length '.repeat(20));
  const mac = toHex(hmac('sha256', text.subarray(0, 100), text));
  expectEqual(
    'prefix',
    toHex(hmacWithPrefix('sha256', text.subarray(0, 100), text.subarray(0, 30))(text.subarray(30))),
    mac,
  );
  const hash = toHex(digest('whirlpool', text));
  expectEqual('whirlpool', hash, toHex(whirlpool(text)));
  return [toHex(sha256(text)), toHex(sha1(text)), mac, toHex(hmac('sha256', new Uint8Array(), text)), hash];
}

function keyDerivation(): readonly string[] {
  return vectors.keyDerivation.flatMap(({ cipher, K, keys }) => {
    const { cipherKey, macKey, sigmaKey } = deriveDirectionKeys(
      fromHex(K),
      'responder',
      'sha256',
      cipher as CipherName,
    );
    const derived = [cipherKey, macKey, sigmaKey].map(toHex);
    expectEqual(cipher, derived.join(), [keys.KC_B, keys.KM_B, keys.KS_B].join());
    return derived;
  });
}

function normalisation(): readonly string[] {
  return vectors.normalisation.map(({ name, xml, drop, normalized }) => {
    const text = fromUtf8(normalizeForm(parseElement(xml), drop));
    expectEqual(name, text, normalized);
    return text;
  });
}

function normalisationRefused(): readonly string[] {
  return vectors.normalisationInvalid.map(({ name, xml }) => {
    expectEqual(
      name,
      refusalOf(() => parseForm(parseElement(xml))),
      'WireError',
    );
    return name;
  });
}

function keysAndFingerprints(): readonly string[] {
  return Object.values(vectors.identities).flatMap((vector) => {
    const key = parseKeyValue(parseElement(vector.keyValueNormalized));
    expectEqual('key value', keyValueOf(key), vector.keyValueNormalized);
    expectEqual('fingerprint', fingerprintOf(key), vector.fingerprintSha256Hex);
    return [keyValueOf(key), fingerprintOf(key)];
  });
}

function signatures(): readonly string[] {
  const message = utf8('a message that is longer than the hash that is made of it, by far and for a reason');
  const { modulusHex, privateExponentHex } = vectors.identities['alice@example.org'];
  const key = { modulus: fromHex(modulusHex), privateExponent: fromHex(privateExponentHex) };
  const isGood = (signature: Uint8Array): boolean => verifySignature(publisherKey.publicKey, message, signature);
  expectEqual('honest', String(isGood(honestSignature(key, message))), 'true');
  expectEqual('signed', toHex(publisherKey.sign(message)), toHex(honestSignature(key, message)));
  const taken = forgedSignatures(key, message).filter(({ signature }) => isGood(signature));
  expectEqual('forged and taken', taken.map(({ name }) => name).join(), '');
  return vectors.offline.flatMap(({ publisher, identityB }) => {
    const signs = toHex(publisherKey.sign(utf8(publisher.formANormalized)));
    expectEqual('signs', signs, publisher.signatureHex);
    expectEqual('identity', toHex(senderKey.sign(fromHex(identityB.macHex))), identityB.signatureHex);
    const options = readOfflineOptions(parseElement(publisher.formXml));
    expectEqual('signer', String(signerOf(options, [publisherKey.publicKey]) === publisherKey.publicKey), 'true');
    return [signs];
  });
}

async function newSigningKey(): Promise<readonly string[]> {
  const { publicKey } = importSigningKey(await generateSigningKey());
  return [`${publicKey.modulus.length} octets`, toHex(publicKey.exponent)];
}

function sealing(): readonly string[] {
  const [key, associated] = [fromHex('11'.repeat(32)), utf8('row')];
  const sealed = seal(key, utf8('text'), associated, seededRandom('sealing'));
  expectEqual('opened', fromUtf8(open(key, sealed, associated) ?? utf8('nothing')), 'text');
  expectEqual('changed', String(open(key, sealed, utf8('other'))), 'undefined');
  return [toHex(sealed)];
}

async function passphrases(): Promise<readonly string[]> {
  const key = toHex(await deriveKeyFromPassphrase('pleaseletmein', utf8('SodiumChloride'), { N: 16_384 }));
  const kdf = { kind: 'scrypt', salt: utf8('salt'), N: 1024, r: 8, p: 1 } as const;
  const junk = buildEncryptedKey({
    kdf,
    cipher: 'aes-256-cbc',
    iv: new Uint8Array(16),
    ciphertext: new Uint8Array(48),
  });
  let code = 'opened';
  await importExportedKey(junk, 'x').catch((error: unknown) => (code = String((error as { code?: unknown }).code)));
  expectEqual('junk', code, 'bad-passphrase');
  return [key, code];
}

async function written(vector: OfflineVector): Promise<readonly string[]> {
  const { form, session: first } = await answer(vector);
  expectEqual('form_B', fromUtf8(normalizeForm(form, IDENTITY_FIELDS)), vector.formBNormalized);
  const xml = serialize(form);
  expectEqual('identity', String(xml.includes(vector.identityB.identityBase64)), 'true');
  expectEqual('M_B', String(xml.includes(vector.identityB.MBase64)), 'true');
  let session = first;
  const stanzas = vector.messages.map((message) => {
    const { c, session: next } = encryptOctets(session, fromHex(message.plaintextHex));
    session = next;
    const text = serialize(c).replaceAll('"', "'");
    expectEqual('c', text, message.cElement);
    return text;
  });
  return [xml, ...stanzas, toHex(session.counter)];
}

async function readBack(vector: OfflineVector): Promise<readonly string[]> {
  let session = await opened(vector);
  return vector.messages.map((message) => {
    const outcome = decryptStanza(session, encryptedOf(message));
    if (outcome.kind !== 'opened') throw new Error(`expected a text, got ${outcome.kind}`);
    session = outcome.session;
    expectEqual('counter', toHex(session.counter), message.counterAfterHex);
    return outcome.content.map((el) => serialize(el)).join('');
  });
}

async function forwardSearch(): Promise<readonly string[]> {
  const [main] = vectors.offline;
  if (main === undefined) throw new TypeError('no vector');
  const first = decryptStanza(await opened(main), encryptedOf(main.messages[0]));
  if (first.kind !== 'opened') throw new Error(first.kind);
  const found = searchForward(first.session, encryptedOf(main.messages[2]));
  expectEqual('blocks', String(found?.skippedBlocks), '25');
  return [toHex(found?.session.counter ?? new Uint8Array())];
}

function refusalOf(run: () => unknown): string {
  try {
    run();
    return 'taken';
  } catch (error) {
    return error instanceof Error ? error.name : 'no error';
  }
}

function expectEqual(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`${what}: expected ${expected.slice(0, 200)}, got ${actual.slice(0, 200)}`);
}

function spokenCodes(): readonly string[] {
  return vectors.sas.map(({ M_A, formB, sas }) => {
    expectEqual('sas', sas28x5('sha256', fromHex(M_A), utf8(formB)), sas);
    return sas;
  });
}

async function fourMessages(vector: Online4Vector): Promise<readonly string[]> {
  const initiator = initiateFour(vector);
  const { accepted } = await respondFour(vector);
  if (accepted.kind === 'refused') throw new Error(accepted.reason);
  const { session, sas, retained } = accepted.established;
  expectEqual('sas', sas ?? '', vector.sas);
  expectEqual('sas of the initiator', initiator.sas, vector.sas);
  expectEqual('retained secret', toHex(retained?.secret ?? utf8('')), vector.newRetainedSecret);
  expectEqual('KM_B', toHex(session.sendMacKey), vector.keys_final.KM_B);
  const told = [await converse(sessionIn(initiator.established), vector), await converse(session, vector)];
  return expectConversation(vector, told);
}

async function threeMessages(vector: Online3Vector): Promise<readonly string[]> {
  const initiator = initiateThree(vector);
  const { accepted } = await respondThree(vector);
  if (accepted.kind === 'refused') throw new Error(accepted.reason);
  const told = [await converse(sessionIn(initiator), vector), await converse(accepted.established.session, vector)];
  return expectConversation(vector, told);
}

function expectConversation(
  { messages }: Online3Vector | Online4Vector,
  told: readonly (readonly string[])[],
): readonly string[] {
  for (const [index, { from, cElement }] of messages.entries()) {
    expectEqual(`stanza ${index}`, told[from === 'A' ? 0 : 1]?.[index] ?? '', cElement);
  }
  return told.flat();
}

async function schedules(): Promise<readonly string[]> {
  const results: string[] = [];
  for (let seed = 0; seed < 50; seed += 1) results.push(JSON.stringify(await runSchedule(seed)));
  return results;
}
