/** Responses to options, judged under watch; and responses that are wrong and signed all the same. */
import type { OfflineOptions } from '../../main/protocol/esession/xep0187-options.ts';
import type { ModpEngine } from '../../main/crypto/modp.ts';
import type { SigningKey } from '../../main/crypto/signature.ts';
import type { AcceptOutcome } from '../../main/protocol/esession/xep0187-offline.ts';
import { answerOptions } from '../../main/protocol/esession/xep0187-exchange.ts';
import { readOfflineOptions } from '../../main/protocol/esession/xep0187-options.ts';
import { chooseOptions } from '../../main/protocol/esession/xep0116/options.ts';
import type { ChosenValues } from '../../main/protocol/esession/xep0116/options.ts';
import type { Element } from '../../main/wire/element.ts';
import { accept, modp, strict } from './offline-exchange.ts';
import { senderKey } from './test-keys.ts';

/** What ran while a response was judged. */
export interface Steps {
  readonly seenAsked: number;
  readonly powers: number;
  readonly keysJudged: number;
}

export async function judged(
  options: OfflineOptions,
  form: Element,
  o: Parameters<typeof accept>[2] = {},
): Promise<{ readonly outcome: AcceptOutcome; readonly steps: Steps; readonly powers: readonly Uint8Array[] }> {
  const steps = { seenAsked: 0, powers: 0, keysJudged: 0 };
  const powers: Uint8Array[] = [];
  const engine: ModpEngine = {
    power: async (group, exponent, base) => {
      steps.powers += 1;
      const power = await modp.power(group, exponent, base);
      powers.push(power);
      return power;
    },
    close: () => undefined,
  };
  const isSeen = o.isSeen ?? (() => false);
  const judgeKey = o.judgeKey ?? (() => 'accepted');
  const outcome = await accept(options, form, {
    ...o,
    modp: engine,
    isSeen: (d, nonce) => {
      steps.seenAsked += 1;
      return isSeen(d, nonce);
    },
    judgeKey: (key) => {
      steps.keysJudged += 1;
      return judgeKey(key);
    },
  });
  return { outcome, steps, powers };
}

/** A response whose every MAC and signature is right, with values that were not chosen from the offer. */
export async function answered(
  options: OfflineOptions,
  change: (values: ChosenValues) => ChosenValues,
  ownKey: SigningKey = senderKey,
): Promise<Element> {
  const read = readOfflineOptions(options.form);
  const choice = chooseOptions(read.offer, strict, false);
  if (choice.kind !== 'chosen') throw new TypeError('no choice');
  const fresh = {
    nonce: new Uint8Array(16).fill(9),
    exponent: new Uint8Array(40).fill(0x99),
    counter: new Uint8Array(16).fill(0x19),
  };
  const initiatorPublic = read.publicValues.get('14') ?? new Uint8Array();
  const values = change(choice.values);
  return (await answerOptions({ options: read, initiatorPublic, chosen: choice.chosen, values, fresh, ownKey, modp }))
    .form;
}

export const option =
  (name: string, value: string) =>
  (values: ChosenValues): ChosenValues => ({
    ...values,
    options: { ...values.options, [name]: value },
  });
