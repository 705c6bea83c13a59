/**
 * A process that accepts the session of a vector and then waits, so that another process can search its memory. It
 * knows the secrets to be found only as they come out of the computation.
 */
import { fromHex } from '../../main/base/bytes.ts';
import { inlineModpEngine } from '../../main/crypto/modp-engine.ts';
import { acceptOfflineSession, readResponseForm } from '../../main/protocol/esession/xep0187-offline.ts';
import { wipeSession } from '../../main/protocol/esession/xep0200-stanza.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';
import { vectors } from '../vectors/esession-vectors.ts';

const vector = vectors.offline[2];
if (vector === undefined) throw new TypeError('no vector');
const { publisher } = vector;
const outcome = await acceptOfflineSession({
  response: readResponseForm(parseElement(vector.responseFormXml)),
  record: {
    nonce: fromHex(publisher.N_A),
    expires: new Date('2026-12-06T08:00:00Z'),
    form: parseElement(publisher.formXml),
    secrets: [{ modp: 14, exponent: fromHex(publisher.x['14'] ?? ''), publicValue: fromHex(publisher.e['14'] ?? '') }],
  },
  isSeen: () => false,
  judgeKey: () => 'accepted',
  now: new Date(vectors.clock),
  policy: { olderEncryption: false },
  modp: inlineModpEngine(),
});
process.stdin.on('data', () => void wipe());
await collect();
process.stdout.write(`${outcome.kind}\n`);

async function wipe(): Promise<void> {
  if (outcome.kind === 'accepted') wipeSession(outcome.session);
  await collect();
  process.stdout.write('wiped\n');
}

/** The platform's own objects clear their copies when they are collected. Needs `--expose-gc`. */
async function collect(): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
