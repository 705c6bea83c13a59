import fc from 'fast-check';
import { element, isXmlText } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { WireError } from '../../../main/wire/wire-error.ts';
import type { WireErrorCode } from '../../../main/wire/wire-error.ts';

/** Any text that XML carries. */
export const anyText = fc.string({ unit: 'binary', maxLength: 30 }).filter(isXmlText);

const anyName = fc.constantFrom('a', 'body', 'x', 'field', 'value', 'Größe', '_', 'c');
const anyNamespace = fc.constantFrom(
  'jabber:client',
  'jabber:x:data',
  'urn:example:"&<',
  '',
  'http://www.xmpp.org/extensions/xep-0200.html#ns',
);
const anyAttributes = fc.dictionary(fc.constantFrom('id', 'var', 'type', 'to', 'xml:lang', '__proto__'), anyText, {
  maxKeys: 4,
});

/** Any tree: mixed content, several namespaces, odd texts. */
export const anyElement: fc.Arbitrary<Element> = fc.letrec<{ element: Element }>((tie) => ({
  element: fc
    .tuple(
      anyName,
      anyNamespace,
      anyAttributes,
      fc.array(fc.oneof({ maxDepth: 4 }, anyText, tie('element')), { maxLength: 5 }),
    )
    .map(([name, ns, attrs, children]) => element(name, ns, attrs, ...children)),
})).element;

/** The code of the WireError that `run` throws; undefined if it returns; anything else is passed on. */
export function wireCodeOf(run: () => unknown): WireErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
}
