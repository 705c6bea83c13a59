/** Letters of somebody who wants the window to stop, or to look like more than a letter (security.md S-140). */
import { MAX_TEXT_OCTETS, type Message } from '../../preload/contract.ts';
import { at, messageOf } from './fixtures.ts';

const OVERRIDE = '\u202e';
const STACK = '\u0334\u035a\u0310\u0315';

/** As much of it as one message may hold. */
function filledWith(part: string): string {
  return part.repeat(Math.floor(MAX_TEXT_OCTETS / new TextEncoder().encode(part).length));
}

/** By what they are made of. */
const hostileTexts: Readonly<Record<string, string>> = {
  overrides: filledWith(OVERRIDE),
  scattered: filledWith(`a${OVERRIDE}`),
  joiners: filledWith('\u200d'),
  tags: filledWith('\u{1f3f4}\u{e0067}'),
  links: filledWith('https://example.org/ '),
  brackets: `https://example.org/${filledWith('([').slice(0, -20)}`,
  lines: `top${filledWith('\n').slice(0, -9)}bottom`,
  word: filledWith('W'),
  stacked: `Z${filledWith(STACK).slice(0, -4)}`,
  // What stands above and below it must stay readable.
  tower: `Hello ${'this is Bob'.replaceAll(/\w/g, (letter) => letter + STACK.repeat(40))}`,
  forged: `I have the plans.${OVERRIDE}\n\u{1f512} Encrypted, verified 08:00`,
};

/** One incoming letter of each, the most recent last. */
export function hostileLetters(address: string): readonly Message[] {
  return Object.entries(hostileTexts).map(([name, text], index) =>
    messageOf(address, 'I4', at(`08:${String(index + 10)}`), { id: `hostile-${name}`, text, timeCertain: true }),
  );
}
