/** In which language the words are: English, or made-up ones that show what would break in others (ux.md M16). */
import { onFirstUse } from './first-use.ts';
import { accented } from './pseudo-locale.ts';

const rules = onFirstUse(() => new Intl.PluralRules('en'));

/** The form of the words that a number needs, by the language's own rules. */
export function plural(count: number, forms: { readonly one: string; readonly other: string }): string {
  return rules().select(count) === 'one' ? forms.one : forms.other;
}

/** The language of the page, as its first element says: `en`, `en-XA` (accented, longer) or `ar-XB` (right to left). */
function pageLanguage(): string {
  return typeof document === 'undefined' ? 'en' : document.documentElement.lang;
}

/** A catalogue in the language of the page. */
export function inLanguage<Catalogue>(english: Catalogue): Catalogue {
  const language = pageLanguage();
  return language === 'en-XA' || language === 'ar-XB' ? accented(english) : english;
}

/** Every text in a part of a catalogue that needs no number or name: for searching it. */
export function textsOf(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(textsOf) : [];
}
