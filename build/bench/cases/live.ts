import { startModpEngine } from '../../../main/crypto/modp-engine.ts';
import type { ModpGroup } from '../../../main/crypto/modp-groups.ts';
import { drawExponent, isValidPublicValue } from '../../../main/crypto/modp.ts';
import type { ModpEngine } from '../../../main/crypto/modp.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { generateSigningKey, importSigningKey } from '../../../main/crypto/signature.ts';
import type { SigningKey } from '../../../main/crypto/signature.ts';
import type { LiveSession } from '../../../main/protocol/esession/live-session.ts';
import type { KeyKnowledge } from '../../../main/protocol/esession/xep0116/identity-proof.ts';
import {
  completeRequest,
  createRequest,
  finishNegotiation,
} from '../../../main/protocol/esession/xep0116/initiator.ts';
import { readRequest } from '../../../main/protocol/esession/xep0116/request-form.ts';
import { acceptCompletion, answerRequest } from '../../../main/protocol/esession/xep0116/responder.ts';
import {
  acceptRekey,
  encryptLive,
  mayRekey,
  openLive,
  prepareRekey,
} from '../../../main/protocol/esession/xep0200-live.ts';
import { parseEncrypted } from '../../../main/protocol/esession/xep0200-stanza.ts';
import { element, serialize } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import type { BenchCase, BenchEntry } from '../bench-case.ts';
import { loadLibsignal, type Libsignal } from '../libsignal.ts';
import { decryptPlainly, drawKeys, encryptPlainly, libraryElement } from './plain-letter.ts';
import { preparePrimitives } from './primitives.ts';
import type { Primitives } from './primitives.ts';

const POLICY = { olderEncryption: false };
const KNOWLEDGE: KeyKnowledge = { known: [], judge: () => 'accepted' };
const NEGOTIATIONS = 5;
const MESSAGES = 100;
const REKEY_FREQUENCY = 10;
const PACE = { rounds: 15, warmUpRounds: 3 } as const;
const BODY = 'The boat leaves at seven; bring the long rope & the lamp. '.repeat(3);
const LIBRARY_BODY = libraryElement(element('body', NS.client, {}, BODY), NS.client);
/** To the next whole block of 64 octets, as what is sent is padded (S-044). */
const PADDED = Math.ceil(LIBRARY_BODY.toString().length / 64) * 64;

interface Setting {
  readonly group: ModpGroup;
  readonly modp: ModpEngine;
  readonly ownKey: SigningKey;
  readonly primitives: Primitives;
}

export const live: BenchCase = {
  name: 'live',
  about:
    'a live session negotiated by both sides, and talked in with re-keys, over its primitives and beside libsignal',
  async prepare() {
    const modp = startModpEngine(new URL('../../../main/crypto/modp-worker.ts', import.meta.url));
    const pkcs8 = await generateSigningKey();
    const setting = (group: ModpGroup): Setting => ({
      ...{ group, modp, ownKey: importSigningKey(pkcs8), primitives: preparePrimitives(group, pkcs8) },
    });
    const settings = [setting(15), setting(14)];
    const signal = await loadLibsignal();
    return {
      entries: [
        ...settings.map((one) => negotiating(one, signal?.negotiating(NEGOTIATIONS))),
        ...settings.map((one) => talking(one, signal?.talking(MESSAGES, Buffer.from(BODY)))),
      ],
      close: () => modp.close(),
    };
  },
};

function negotiating(setting: Setting, peer: ReturnType<Libsignal['negotiating']> | undefined): BenchEntry {
  return {
    ...PACE,
    ...(peer === undefined ? {} : { beforeRound: peer.beforeRound }),
    peers: [
      {
        name: 'the primitives and the subgroup checks',
        run() {
          for (let i = 0; i < NEGOTIATIONS; i += 1) negotiatePlainly(setting, true);
        },
      },
      ...(peer === undefined ? [] : [peer]),
    ],
    name: `negotiate, both sides, group ${setting.group}`,
    operations: NEGOTIATIONS,
    quantities: [
      { figure: 'time', as: 'ratio', goal: 1.5 },
      { figure: 'processor', as: 'ratio' },
    ],
    baseline: {
      name: '4 powers, 2 RSA sign, 2 RSA verify, HMAC, AES',
      run() {
        for (let i = 0; i < NEGOTIATIONS; i += 1) negotiatePlainly(setting, false);
      },
    },
    ours: {
      name: 'four messages, built and read',
      async run() {
        for (let i = 0; i < NEGOTIATIONS; i += 1) await negotiate(setting);
      },
    },
  };
}

function talking(setting: Setting, peer: ReturnType<Libsignal['talking']> | undefined): BenchEntry {
  const { group, primitives } = setting;
  const exponent = drawExponent(group, systemRandom);
  const e = primitives.power(exponent);
  const keys = drawKeys();
  let sides: readonly LiveSession[] = [];
  return {
    ...PACE,
    ...(peer === undefined ? {} : { peers: [peer] }),
    // Setting up is measured by itself.
    beforeRound: async () => {
      sides = await negotiate(setting);
    },
    name: `${MESSAGES} messages there and back, a re-key each ${REKEY_FREQUENCY}, group ${group}`,
    operations: 2 * MESSAGES,
    quantities: [
      { figure: 'time', as: 'ratio', goal: 1.5 },
      { figure: 'processor', as: 'ratio' },
    ],
    baseline: {
      name: 'the powers of the re-keys; AES, HMAC, Base64 and XML of each message, both sides',
      run() {
        for (let at = 0; at < 2 * MESSAGES; at += 1) {
          if (at % REKEY_FREQUENCY === 0) {
            primitives.power(exponent);
            primitives.power(exponent, e);
            primitives.power(exponent, e);
          }
          decryptPlainly(keys, encryptPlainly(keys, LIBRARY_BODY.toString().padEnd(PADDED)));
        }
      },
    },
    ours: { name: 'encryptLive, openLive, re-keys', run: () => talk(sides, setting) },
  };
}

async function negotiate({ group, modp, ownKey }: Setting): Promise<readonly [LiveSession, LiveSession]> {
  const common = { policy: POLICY, random: systemRandom, modp };
  const modes = { initiator: ['key'], responder: ['key'] } as const;
  const own = await createRequest({ ...common, groups: [group], rekeyFrequency: REKEY_FREQUENCY });
  const request = readRequest(own.form);
  const answer = await answerRequest({ ...common, request, allowThree: false, modes, ownKey });
  if (answer.kind === 'refused') throw new Error(answer.reason);
  const fixed = { ownKey, keys: KNOWLEDGE, retained: [] };
  const completed = await completeRequest({ ...common, ...fixed, request: own, response: answer.form });
  if (completed.kind !== 'completed') throw new Error(completed.kind);
  const accepted = await acceptCompletion({ ...common, ...fixed, pending: answer.pending, form: completed.form });
  if (accepted.kind === 'refused' || accepted.form === undefined) throw new Error('refused');
  const established = finishNegotiation(completed.pending, accepted.form, KNOWLEDGE);
  if (established.kind === 'refused') throw new Error(established.reason);
  return [established.session, accepted.established.session];
}

function negotiatePlainly({ group, primitives }: Setting, checksSubgroup: boolean): void {
  const exponent = drawExponent(group, systemRandom);
  const e = primitives.power(exponent);
  const d = primitives.power(exponent);
  const isSound = !checksSubgroup || (isValidPublicValue(group, d) && isValidPublicValue(group, e));
  if (!isSound) throw new Error('no public value');
  const shared = primitives.power(exponent, d);
  primitives.power(exponent, e);
  for (let side = 0; side < 2; side += 1) {
    const identity = primitives.encrypt(IDENTITY);
    primitives.deriveAndAuthenticate(shared, IDENTITY, identity);
    if (!primitives.verify(IDENTITY, primitives.sign(IDENTITY))) throw new Error('not verified');
  }
}

/** As long as a key of 3072 bits with its signature. */
const IDENTITY = Buffer.alloc(1_200, 0x41);

/** Both write in turn, and read what the other wrote from its octets. */
async function talk(fresh: readonly LiveSession[], { modp }: Setting): Promise<void> {
  const sides = [...fresh];
  for (let at = 0; at < 2 * MESSAGES; at += 1) {
    const [writer, reader] = [at % 2, (at + 1) % 2];
    const [from, to] = [sides[writer], sides[reader]];
    if (from === undefined || to === undefined) throw new TypeError('two sides');
    const rekey = mayRekey(from) ? await prepareRekey(from, systemRandom, modp) : undefined;
    const content = [element('body', NS.client, {}, BODY)];
    const written = encryptLive(from, content, { elapsedMs: 0, ...(rekey === undefined ? {} : { rekey }) });
    sides[writer] = written.session;
    const opened = openLive(to, parseEncrypted(parseElement(serialize(written.c))), 0);
    if (opened.kind !== 'opened') throw new Error(opened.kind);
    const next = opened.session.pendingKey === undefined ? opened.session : await acceptRekey(opened.session, modp);
    if (next === undefined) throw new Error('a bad re-key');
    sides[reader] = next;
  }
}
