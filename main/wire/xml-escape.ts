/** Characters that text and attribute values cannot hold as they are, as references. */

/** Character data, as serialised and as normalised (XEP-0116 6.2). */
export function escapeText(text: string): string {
  return escapeWhere(text, /[&<>\r]/, /[&<>\r]/g);
}

/** An attribute's value between double quotes. */
export function escapeAttribute(text: string): string {
  return escapeWhere(text, /[&<>"\t\n\r]/, /[&<>"\t\n\r]/g);
}

/** As Canonical XML writes it: `>` stays. */
export function escapeCanonicalAttribute(text: string): string {
  return escapeWhere(text, /[&<"\t\n\r]/, /[&<"\t\n\r]/g);
}

/** Most texts hold none of them, which is quickly seen. */
function escapeWhere(text: string, one: RegExp, every: RegExp): string {
  return one.test(text) ? text.replace(every, (found) => REFERENCES[found] ?? found) : text;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
