import { bareOf, tryParseJid, type BareJid } from '../wire/jid.ts';

/** @returns the address that a command names, as it is read everywhere; undefined where there is none: no resource, a name before the `@`. */
export function addressIn(text: string): BareJid | undefined {
  const jid = tryParseJid(text);
  return jid !== undefined && jid === bareOf(jid) && jid.includes('@') ? bareOf(jid) : undefined;
}
