/** Searches octets for secrets, in every form in which something might have let them out. */

/** Something that must not be found, by the name under which it is reported. */
export interface Canary {
  readonly name: string;
  readonly octets: Uint8Array;
}

export interface Haystack {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Shorter ones would be found by chance. */
const SHORTEST = 12;

export function canaryText(name: string, text: string): Canary {
  return { name, octets: Buffer.from(text, 'utf8') };
}

/** @returns what was found, where, and in which form; empty is good. */
export function findCanaries(canaries: readonly Canary[], haystacks: readonly Haystack[]): readonly string[] {
  return canaries.flatMap((canary) => {
    if (canary.octets.length < SHORTEST) throw new RangeError(`${canary.name} is too short to be looked for`);
    const forms = formsOf(canary.octets);
    return haystacks.flatMap(({ name, content }) =>
      forms
        .filter(({ octets }) => asBuffer(content).includes(octets))
        .map(({ form }) => `${canary.name} as ${form} in ${name}`),
    );
  });
}

function formsOf(octets: Uint8Array): readonly { readonly form: string; readonly octets: Buffer }[] {
  const buffer = asBuffer(octets);
  const hex = buffer.toString('hex');
  return [
    { form: 'octets', octets: buffer },
    { form: 'octets backwards', octets: Buffer.from(buffer.toReversed()) },
    { form: 'hex', octets: Buffer.from(hex) },
    { form: 'upper-case hex', octets: Buffer.from(hex.toUpperCase()) },
    { form: 'a decimal number', octets: Buffer.from(BigInt(`0x${hex}`).toString()) },
    ...[0, 1, 2].flatMap((ahead) => {
      const inside = base64Inside(buffer, ahead);
      return [
        { form: 'Base64', octets: Buffer.from(inside) },
        { form: 'Base64 for addresses', octets: Buffer.from(inside.replaceAll('+', '-').replaceAll('/', '_')) },
      ];
    }),
  ];
}

/** What is in the middle of any Base64 that holds these octets behind a number of others. */
function base64Inside(octets: Buffer, ahead: number): string {
  const text = Buffer.concat([Buffer.alloc(ahead), octets]).toString('base64');
  const whole = Math.floor(((ahead + octets.length) * 8) / 6);
  return text.slice(Math.ceil((ahead * 8) / 6), whole);
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}
