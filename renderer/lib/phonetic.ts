/** How a code is spelled aloud: *kilo seven tango two nine* (ux.md 3.5). */
const LETTERS =
  'alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo ' +
  'sierra tango uniform victor whiskey x-ray yankee zulu';
const DIGITS = 'zero one two three four five six seven eight nine';
const names = new Map([
  ...LETTERS.split(' ').map((word) => [word.charAt(0), word] as const),
  ...DIGITS.split(' ').map((word, digit) => [String(digit), word] as const),
]);

/** @returns one word for each letter and digit; what is neither stays as it is. */
export function spelledAloud(code: string): string {
  return Array.from(code.toLowerCase(), (character) => names.get(character) ?? character).join(' ');
}
