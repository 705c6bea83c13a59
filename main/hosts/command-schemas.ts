/**
 * The shape of every command's parameters (S-134): exact keys, types, lengths, enumerations. The types tie each schema
 * to the contract, so that one that accepts anything else does not compile.
 */
import * as v from 'valibot';
import {
  AWAY_KEY_DAYS,
  BACKUP_KEY_DAYS,
  KEY_DECISIONS,
  LIST_WIDTH,
  MAX_MESSAGES,
  MAX_TEXT_OCTETS,
  MIN_PASSPHRASE_LENGTH,
  NOTIFICATION_CONTENTS,
  TEXT_PERCENT,
  THEMES,
  WHO_MAY_WRITE,
  type CommandName,
  type CommandParams,
  type HostCommandName,
  type HostCommandParams,
} from '../../preload/contract.ts';
import { isXmlText } from '../wire/element.ts';
import { isWithinLimit } from './params-size.ts';

/** Three parts of 1,023 octets and their separators (RFC 7622); what an address is, the services decide. */
const address = v.pipe(v.string(), v.minLength(1), v.maxLength(3_071));
const name = v.pipe(v.string(), v.maxLength(1_023), v.check(isXmlText));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
/** PEM, as `keys.export` gives it or another program. */
const exportedKey = v.pipe(v.string(), v.maxLength(65_536), v.regex(/^[\x20-\x7e\r\n]+$/));
/** For a key that leaves the program (S-061). */
const passphrase = v.pipe(v.string(), v.minLength(MIN_PASSPHRASE_LENGTH), v.maxLength(1_024));
const password = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));
/** `max_bytes` is the one issue with a code of its own: `too-long`. */
const text = v.pipe(v.string(), v.minLength(1), v.maxBytes(MAX_TEXT_OCTETS), v.check(isXmlText));
/** Empty: there is none any more. */
const draft = v.pipe(v.string(), v.maxBytes(MAX_TEXT_OCTETS), v.check(isXmlText));
/** A name or an address of the network, as it goes into a look-up: nothing that a URL or a command would read. */
const place = v.strictObject({
  host: v.pipe(v.string(), v.maxLength(253), v.regex(/^[0-9A-Za-z:.-]+$/)),
  port: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(65_535)),
  directTls: v.boolean(),
});
const fingerprint = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** More than the most is answered with the most. */
const limit = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(1),
  v.transform((asked) => Math.min(asked, MAX_MESSAGES)),
);

const flag = v.exactOptional(v.boolean());
const within = ({ least, most }: { readonly least: number; readonly most: number }) =>
  v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most)));

const nothing = v.strictObject({});
const byAddress = v.strictObject({ address });
const byId = v.strictObject({ id });

export type CommandSchemas = {
  readonly [C in CommandName]: v.GenericSchema<unknown, CommandParams<C>>;
};

export const COMMAND_SCHEMAS: CommandSchemas = {
  'account.signIn': v.strictObject({
    address,
    password: v.exactOptional(password),
    remember: v.exactOptional(v.boolean()),
    place: v.exactOptional(place),
  }),
  'account.signOut': nothing,
  'account.state': nothing,
  'leaving.state': nothing,
  'leaving.leaveNow': nothing,
  'leaving.comeBack': nothing,
  'leaving.setPolicy': v.strictObject({
    awayKeyDays: v.exactOptional(v.picklist(AWAY_KEY_DAYS)),
    backupKeyDays: v.exactOptional(v.picklist(BACKUP_KEY_DAYS)),
    whoMayWrite: v.exactOptional(v.picklist(WHO_MAY_WRITE)),
  }),
  'leaving.renewBackupKey': nothing,
  'leaving.destroyKeys': nothing,
  'contacts.list': nothing,
  'contacts.refresh': byAddress,
  'contacts.add': v.strictObject({ address, name: v.exactOptional(name) }),
  'contacts.accept': byAddress,
  'contacts.remove': byAddress,
  'contacts.block': byAddress,
  'contacts.unblock': byAddress,
  'conversations.list': nothing,
  'conversations.mute': v.strictObject({ with: address, muted: v.boolean() }),
  'drafts.list': nothing,
  'drafts.keep': v.strictObject({ with: address, text: draft }),
  'links.take': nothing,
  'messages.send': v.strictObject({ to: address, text, unencrypted: v.exactOptional(v.literal(true)) }),
  'messages.list': v.strictObject({ with: address, before: v.exactOptional(id), limit: v.exactOptional(limit) }),
  'messages.search': v.strictObject({
    query: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
    with: v.exactOptional(address),
  }),
  'messages.markRead': v.strictObject({ with: address, upTo: id }),
  'messages.retry': byId,
  'messages.discard': byId,
  'keys.own': nothing,
  'keys.of': byAddress,
  'keys.decide': v.strictObject({ address, fingerprint, decision: v.picklist(KEY_DECISIONS) }),
  'keys.setPetname': v.strictObject({ address, fingerprint, petname: name }),
  'keys.export': v.strictObject({ passphrase }),
  'keys.import': v.strictObject({
    text: exportedKey,
    passphrase: password,
  }),
  'keys.replace': nothing,
  'sessions.start': byAddress,
  'sessions.end': byAddress,
  'sessions.of': byAddress,
  'sessions.confirmSpokenCode': v.strictObject({ address, matches: v.boolean() }),
  'sessions.dismissReminder': byAddress,
  'settings.state': nothing,
  'settings.change': v.strictObject({
    theme: v.exactOptional(v.picklist(THEMES)),
    textPercent: within(TEXT_PERCENT),
    listWidth: within(LIST_WIDTH),
    compactRows: flag,
    enterSends: flag,
    notifications: flag,
    notificationContent: v.exactOptional(v.picklist(NOTIFICATION_CONTENTS)),
    isSetUp: flag,
  }),
  'diagnostics.report': nothing,
};

export type HostCommandSchemas = {
  readonly [C in HostCommandName]: v.GenericSchema<unknown, HostCommandParams<C>>;
};

export const HOST_COMMAND_SCHEMAS: HostCommandSchemas = {
  'host.suspend': v.strictObject({
    freezeAfterMs: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  }),
  'host.resume': nothing,
  'host.setClockOffset': v.strictObject({
    ms: v.pipe(v.number(), v.safeInteger()),
    elapsed: v.exactOptional(v.boolean()),
  }),
  'host.quit': nothing,
};

export type ParamsCheck<Params> =
  { readonly ok: true; readonly params: Params } | { readonly ok: false; readonly code: 'invalid-params' | 'too-long' };

/** Checks parameters of unknown origin: how much first, then what. Absent ones stand for none. */
export function checkParams<Params>(schema: v.GenericSchema<unknown, Params>, params: unknown): ParamsCheck<Params> {
  const given = params ?? {};
  // The library takes an array for an object without keys.
  if (Array.isArray(given) || !isWithinLimit(given)) return { ok: false, code: 'invalid-params' };
  const result = v.safeParse(schema, given, { abortPipeEarly: true });
  if (result.success) return { ok: true, params: result.output };
  const onlyTooLong = result.issues.every((issue) => issue.type === 'max_bytes');
  return { ok: false, code: onlyTooLong ? 'too-long' : 'invalid-params' };
}
