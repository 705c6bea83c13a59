/**
 * Words that nobody speaks: accents on every letter and two fifths more of them, in brackets. What stays plain English
 * on the screen did not come from a catalogue; what loses its closing bracket was cut off.
 */
const LETTERS =
  'aàbƀcçdðeéfƒgĝhĥiîjĵkķlļmɱnñoöpþqǫrŕsštţuûvṽwŵxẋyýzžAÀBƁCÇDÐEÉFƑGĜHĤIÎJĴKĶLĻMṀNÑOÖPÞQǪRŔSŠTŢUÛVṼWŴXẊYÝZŽ';
const ACCENTS = new Map(Array.from(LETTERS.matchAll(/(.)(.)/gu), ([, plain = '', accent = '']) => [plain, accent]));
const LONGER = 0.4;

/** The same catalogue with every string in it accented, also those that its functions give. */
export function accented<Value>(value: Value): Value {
  return changed(value) as Value;
}

function changed(value: unknown): unknown {
  if (typeof value === 'string') return accentText(value);
  if (typeof value === 'function') {
    const wordsOf = value as (...given: unknown[]) => unknown;
    return (...given: unknown[]): unknown => changed(wordsOf(...given));
  }
  if (Array.isArray(value)) return value.map(changed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, changed(each)]));
}

function accentText(text: string): string {
  if (text === '') return text;
  const letters = Array.from(text, (letter) => ACCENTS.get(letter) ?? letter).join('');
  return `[${letters}${'·'.repeat(Math.ceil(text.length * LONGER))}]`;
}
