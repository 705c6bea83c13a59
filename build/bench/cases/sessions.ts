import { inlineModpEngine, startModpEngine } from '../../../main/crypto/modp-engine.ts';
import type { ModpGroup } from '../../../main/crypto/modp-groups.ts';
import { isValidPublicValue } from '../../../main/crypto/modp.ts';
import type { ModpEngine } from '../../../main/crypto/modp.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { generateSigningKey, importSigningKey } from '../../../main/crypto/signature.ts';
import type { SigningKey } from '../../../main/crypto/signature.ts';
import {
  acceptOfflineSession,
  readResponseForm,
  startOfflineSession,
} from '../../../main/protocol/esession/xep0187-offline.ts';
import type { StartOutcome } from '../../../main/protocol/esession/xep0187-offline.ts';
import { createOfflineOptions, readOfflineOptions, signerOf } from '../../../main/protocol/esession/xep0187-options.ts';
import type { OfflineOptions } from '../../../main/protocol/esession/xep0187-options.ts';
import type { BenchCase, BenchEntry } from '../bench-case.ts';
import { preparePrimitives } from './primitives.ts';
import type { Primitives } from './primitives.ts';

/** Both ends of one session, made once, with the program's own 3072-bit keys. */
interface Setting {
  readonly group: ModpGroup;
  readonly modp: ModpEngine;
  readonly ownKey: SigningKey;
  readonly options: OfflineOptions;
  readonly started: Extract<StartOutcome, { kind: 'started' }>;
  readonly primitives: Primitives;
}

const POLICY = { olderEncryption: false };
const SESSIONS = 10;
const PACE = {
  operations: SESSIONS,
  rounds: 21,
  warmUpRounds: 5,
  quantities: [
    { figure: 'time', as: 'ratio', goal: 1.5 },
    { figure: 'processor', as: 'ratio' },
  ],
} as const;

export const sessions: BenchCase = {
  name: 'sessions',
  about: 'an offline session started, and accepted, over the sum of its primitives',
  async prepare() {
    const modp = startModpEngine(new URL('../../../main/crypto/modp-worker.ts', import.meta.url));
    const settings = [await settle(15, modp), await settle(14, modp)];
    return {
      entries: settings.flatMap((setting) => [starting(setting), accepting(setting)]),
      close: () => modp.close(),
    };
  },
};

async function settle(group: ModpGroup, modp: ModpEngine): Promise<Setting> {
  const pkcs8 = await generateSigningKey();
  const ownKey = importSigningKey(pkcs8);
  const expires = new Date(Date.now() + 86_400_000);
  const made = { expires, groups: [group], signingKeys: [ownKey], policy: POLICY, random: systemRandom };
  const options = await createOfflineOptions({ ...made, modp: inlineModpEngine() });
  const started = await start({ modp, ownKey, options });
  return { group, modp, ownKey, options, started, primitives: preparePrimitives(group, pkcs8) };
}

function starting(setting: Setting): BenchEntry {
  const run = (check: boolean) => () => repeat(() => startPlainly(setting, check));
  return {
    ...PACE,
    name: `start, group ${setting.group}`,
    baseline: { name: 'RSA verify, 2 powers, RSA sign, HMAC, AES', run: run(false) },
    ours: { name: 'readOfflineOptions, signerOf, startOfflineSession', run: () => repeatInTurn(() => start(setting)) },
    peers: [{ name: 'the primitives and the subgroup check', run: run(true) }],
  };
}

function accepting(setting: Setting): BenchEntry {
  const run = (check: boolean) => () => repeat(() => acceptPlainly(setting, check));
  return {
    ...PACE,
    name: `accept, group ${setting.group}`,
    baseline: { name: '1 power, HMAC, AES, RSA verify', run: run(false) },
    ours: { name: 'readResponseForm, acceptOfflineSession', run: () => repeatInTurn(() => accept(setting)) },
    peers: [{ name: 'the primitives and the subgroup check', run: run(true) }],
  };
}

async function start({ modp, ownKey, options }: Pick<Setting, 'modp' | 'ownKey' | 'options'>) {
  const published = readOfflineOptions(options.form);
  if (signerOf(published, [ownKey.publicKey]) === undefined) throw new Error('not signed');
  const given = { options: published, ownKey, now: new Date(), policy: POLICY, random: systemRandom, modp };
  const outcome = await startOfflineSession(given);
  if (outcome.kind !== 'started') throw new Error(outcome.reason);
  return outcome;
}

async function accept({ modp, options, started }: Setting): Promise<void> {
  const outcome = await acceptOfflineSession({
    response: readResponseForm(started.form),
    // A fresh value: nothing may be remembered from the last time.
    record: { nonce: options.nonce, expires: options.expires, form: options.form, secrets: options.secrets },
    isSeen: () => false,
    judgeKey: () => 'accepted',
    now: new Date(),
    policy: POLICY,
    modp,
  });
  if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
}

function startPlainly({ group, options, primitives }: Setting, checksSubgroup: boolean): void {
  const [secret] = options.secrets;
  if (secret === undefined) throw new TypeError('no secret');
  const form = options.formNormalized;
  if (!primitives.verify(form, primitives.sign(form))) throw new Error('not verified');
  if (checksSubgroup && !isValidPublicValue(group, secret.publicValue)) throw new Error('no public value');
  primitives.power(secret.exponent);
  const shared = primitives.power(secret.exponent, secret.publicValue);
  primitives.deriveAndAuthenticate(shared, form, primitives.encrypt(IDENTITY));
}

function acceptPlainly({ group, options, primitives }: Setting, checksSubgroup: boolean): void {
  const [secret] = options.secrets;
  if (secret === undefined) throw new TypeError('no secret');
  if (checksSubgroup && !isValidPublicValue(group, secret.publicValue)) throw new Error('no public value');
  const shared = primitives.power(secret.exponent, secret.publicValue);
  primitives.deriveAndAuthenticate(shared, options.formNormalized, primitives.encrypt(IDENTITY));
  primitives.verify(IDENTITY, SIGNATURE);
}

/** As long as a key of 3072 bits with its signature. */
const IDENTITY = Buffer.alloc(1_200, 0x41);
/** Verifying a wrong signature takes the same power. */
const SIGNATURE = Buffer.alloc(384, 1);

function repeat(work: () => void): void {
  for (let i = 0; i < SESSIONS; i += 1) work();
}

async function repeatInTurn(work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < SESSIONS; i += 1) await work();
}
