import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ALERT_ONLY_CODES,
  AWAY_KEY_DAYS,
  BACKUP_KEY_DAYS,
  commandChannel,
  COMMAND_ERROR_CODES,
  COMMANDS,
  CONTACT_STATES,
  eventChannel,
  EVENTS,
  HOST_COMMANDS,
  INCOMING_BADGES,
  KEY_DECISIONS,
  LEAVING_STATUSES,
  MAX_TEXT_OCTETS,
  MESSAGE_REASONS,
  MESSAGE_STATES,
  OUTGOING_BADGES,
  WHO_MAY_WRITE,
  type CommandName,
  type CommandParams,
  type CommandResult,
  type EventName,
  type EventPayload,
} from '../../preload/contract.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/contract.md'), 'utf8');
const source = ['shapes', 'contract', 'codes', 'preferences']
  .map((name) => readFileSync(join(root, `preload/${name}.ts`), 'utf8'))
  .join('\n');

/** The part of the page under a heading. */
function section(title: string): string {
  const found = page.split(/^## /m).find((part) => part.startsWith(title));
  if (found === undefined) throw new Error(`the page has no section ${title}`);
  return found;
}

/** Every word in code type. */
function codes(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The first cells of the rows of a table. */
function firstCells(text: string): string[] {
  return text.split('\n').flatMap((line) => /^\| (.*?) \|/.exec(line)?.[1] ?? []);
}

function range(text: string): string[] {
  const [, letter = '', first = '', last = ''] = /"([A-Z])(\d+)"\.\."[A-Z](\d+)"/.exec(text) ?? [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => `${letter}${Number(first) + index}`);
}

/** A shape's line or lines on the page. */
function shape(name: string): string {
  const block = /```\n([\s\S]*?)```/.exec(section('Shapes'))?.[1] ?? '';
  const found = block.split(/\n(?=\w)/).find((part) => part.startsWith(`${name} `));
  if (found === undefined) throw new Error(`the page has no shape ${name}`);
  return found;
}

/** Member names and whether they are optional, of `{ a, b?: x }`, nested braces left out. */
function members(text: string): string[] {
  const inside = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'));
  const flat = inside.replace(/\{[^{}]*\}/g, '');
  return flat.split(',').map((part) => part.trim().replace(/:.*$/s, ''));
}

/** The same of an interface in the source. */
function declared(name: string): string[] {
  const body = new RegExp(`export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}readonly (\w+\??):/gm)].map(([, member = '']) => member);
}

describe('docs/contract.md and preload/contract.ts', () => {
  it('name the same commands', () => {
    const named = firstCells(section('Commands'))
      .flatMap(codes)
      .filter((code) => code.includes('.'));
    expect(Object.keys(COMMANDS).sort()).toEqual([...named].sort());
  });

  it('name the same commands of the headless host', () => {
    const sentence = /Only in the headless host, for tests: (.*)$/m.exec(section('Commands'))?.[1] ?? '';
    const named = codes(sentence).flatMap((code) => /^host\.\w+/.exec(code) ?? []);
    expect(Object.keys(HOST_COMMANDS).sort()).toEqual([...new Set(named)].sort());
  });

  it('name the same events', () => {
    const named = codes(section('Events')).filter((code) => /^\w+\.\w+$/.test(code));
    expect(Object.keys(EVENTS).sort()).toEqual([...named].sort());
  });

  it('list the same codes of commands', () => {
    const table = section('The headless host')
      .split('\n')
      .filter((line) => /^\| (input|account|contacts|storage|host)/.test(line));
    const listed = table.flatMap((row) => codes(row));
    expect([...COMMAND_ERROR_CODES]).toEqual(listed);
  });

  it('list the same reasons of messages', () => {
    const paragraph = page.split('\n').find((line) => line.startsWith('`reason` in the shapes')) ?? '';
    const listed = codes(paragraph).filter((code) => code !== 'reason');
    expect([...MESSAGE_REASONS]).toEqual(listed);
  });

  it('list the same codes of alerts', () => {
    const sentence = /Codes of alerts: those above and (.*)$/m.exec(section('Events'))?.[1] ?? '';
    expect([...ALERT_ONLY_CODES]).toEqual(codes(sentence));
  });

  it('count the same statuses, states and badges', () => {
    expect([...LEAVING_STATUSES]).toEqual(range(shape('Leaving')));
    expect([...CONTACT_STATES]).toEqual(range(shape('Contact')));
    const [incoming = '', outgoing = ''] = /badge: (.*?)\|(.*?),/.exec(shape('Message'))?.slice(1) ?? [];
    expect([...INCOMING_BADGES]).toEqual(range(incoming));
    expect([...OUTGOING_BADGES]).toEqual(range(outgoing));
  });

  it('know the same choices', () => {
    const quoted = (text: string) => [...text.matchAll(/"(\w+)"/g)].map(([, word = '']) => word);
    const row = (command: string) =>
      section('Commands')
        .split('\n')
        .find((line) => line.startsWith(`| \`${command}\``)) ?? '';
    expect(quoted(row('leaving.setPolicy'))).toEqual([...WHO_MAY_WRITE]);
    expect(row('leaving.setPolicy')).toContain(`awayKeyDays?: ${AWAY_KEY_DAYS.join('\\|')}`);
    expect(row('leaving.setPolicy')).toContain(`backupKeyDays?: ${BACKUP_KEY_DAYS.join('\\|')}`);
    expect(quoted(row('keys.decide'))).toEqual([...KEY_DECISIONS]);
    expect(quoted(/state\?: (.*?),/.exec(shape('Message'))?.[1] ?? '')).toEqual([...MESSAGE_STATES]);
    expect(page).toContain(`text over ${MAX_TEXT_OCTETS.toLocaleString('en')} octets`);
  });

  it.each([
    'Account',
    'Place',
    'Leaving',
    'PublishedKey',
    'Contact',
    'Conversation',
    'Draft',
    'XmppLink',
    'Message',
    'Details',
    'Preferences',
    'Session',
  ])('give %s the same members', (name) => {
    expect(declared(name)).toEqual(members(shape(name)));
  });
});

/** True only for what is made of texts, numbers, truth values and null: no octets, functions, dates or class instances. */
type IsPlain<T> = T extends string | number | boolean | null
  ? true
  : T extends readonly (infer Item)[]
    ? IsPlain<Item>
    : T extends Uint8Array | ArrayBufferLike | bigint | symbol | Date | ((...given: never[]) => unknown)
      ? false
      : { [K in keyof T]-?: IsPlain<Exclude<T[K], undefined>> }[keyof T];

type Crossing =
  | { [C in CommandName]: CommandResult<C> | CommandParams<C> }[CommandName]
  | { [E in EventName]: EventPayload<E> }[EventName];

describe('what crosses to the page', () => {
  it('S-051 is plain, by its types: octets cannot cross', () => {
    // Does not compile once a member of any parameter, result or payload is anything else.
    const everythingIsPlain: IsPlain<Crossing> = true;
    const octetsAreNot: IsPlain<{ readonly key: Uint8Array }> = false;
    expect([everythingIsPlain, octetsAreNot]).toEqual([true, false]);
  });

  it('S-051 has the members that were reviewed, none of which names private material', () => {
    const names = [...source.matchAll(/^export interface (\w+)/gm)].map(([, name = '']) => name);
    const lists = names.map((name) => `${name}: ${declared(name).join(' ')}`);
    expect(lists).toMatchInlineSnapshot(`
      [
        "Account: state address? resource? reason? certificate? retryAt? phase? place? server?",
        "Place: host port directTls",
        "Policy: awayKeyDays backupKeyDays whoMayWrite",
        "Leaving: status text awayKey? backupKey? policy",
        "PublishedKey: id state createdAt publishedAt? withdrawnAt? deletedAt? expiresAt confirmed received reason?",
        "Contact: address name? subscription request? presence blocked state sentence until? key? petname? doubt?",
        "Conversation: with name? petname? doubt? last? unread held muted?",
        "Draft: with text",
        "XmppLink: address action text?",
        "Message: id with direction text writtenAt arrivedAt? timeCertain unread? state? badge details",
        "Details: session sentence checked notChecked reason? modp? cipher? hash? signature? senderFingerprint? senderVerified senderConfirmed missingBefore keyCreatedAt? keyWithdrawnAt? keyDeletedAt? keyExpiresAt?",
        "Session: address kind role startedAt peerFingerprint? spokenCode? verified compare modp cipher hash",
        "OwnKey: fingerprint safetyCode",
        "KnownKey: trust firstSeenAt verifiedAt? petname?",
        "BacklogProgress: done total? finished opened failed",
        "Alert: code address? text",
        "Command: ",
        "Announcement: ",
        "SocketRequest: id command params",
        "Preferences: theme textPercent listWidth compactRows enterSends notifications notificationContent isSetUp",
      ]
    `);
    expect(source).not.toMatch(/readonly \w*(secret|private|exponent|pkcs8|cipherKey|macKey|passphrase)\w*\??:/i);
  });
});

describe('channel names', () => {
  it('are derived, and differ for every command and event', () => {
    const channels = [
      ...Object.keys(COMMANDS).map((name) => commandChannel(name as keyof typeof COMMANDS)),
      ...Object.keys(EVENTS).map((name) => eventChannel(name as keyof typeof EVENTS)),
    ];
    expect(new Set(channels).size).toBe(channels.length);
    expect(commandChannel('messages.send')).toBe('command:messages.send');
    expect(eventChannel('messages.added')).toBe('event:messages.added');
  });
});
