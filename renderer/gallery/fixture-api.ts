/** A messenger that holds fixtures and answers as the contract says. */
import {
  COMMANDS,
  CONTACT_STATES,
  DEFAULT_PREFERENCES,
  LEAVING_STATUSES,
  type Account,
  type Alert,
  type CommandErrorCode,
  type CommandName,
  type Contact,
  type ContactState,
  type Conversation,
  type EventName,
  type LeavingStatus,
  type Message,
  type Preferences,
  type Session,
  type WindowApi,
  type XmppLink,
} from '../../preload/contract.ts';
import { at, contactOf, everyBadge, leavingOf, messageOf, SAFETY_CODE } from './fixtures.ts';
import { hearBacklogs } from './arriving.ts';
import { hostileLetters } from './hostile.ts';
import { textAt, writtenAt } from './long-texts.ts';
import { storyOf } from './story.ts';
import type { Scene } from './scenes.ts';

/** What the gallery's address asks for. */
export interface GalleryRequest {
  readonly scene: Scene;
  /** How many messages the long conversation has. */
  readonly count: number;
  /** How long an earlier page of it takes, in ms. */
  readonly delayMs: number;
  readonly preferences: Partial<Preferences>;
}

const BOB = 'bob@example.org';
const online: Account = { state: 'online', address: 'alice@example.org', resource: 'nightlatch' };

const people: readonly Contact[] = [
  contactOf('Bob', 'C3', { until: at('14:30', 2) }),
  contactOf('Front Desk', 'C2'),
  contactOf('Night Shift', 'C1'),
  contactOf('Bakery', 'C9'),
  contactOf('House of the Rising Sea', 'C4', { until: at('10:00', 11) }),
  contactOf('Archive', 'C5'),
  contactOf('Workshop', 'C6'),
  contactOf('Library', 'C7', { subscription: 'from' }),
  contactOf('Reading Room', 'C8'),
  contactOf('Laboratory', 'C10'),
  contactOf('Observatory', 'C11'),
  contactOf('Karim', 'C2', { presence: 'idle' }),
  contactOf('Lea', 'C6', { subscription: 'none', request: 'outgoing' }),
  contactOf('Mallory', 'C10', { subscription: 'none', request: 'incoming' }),
];

const letters = new Map<string, readonly Message[]>([
  [BOB, everyBadge(BOB)],
  ['front.desk@example.org', [messageOf('front.desk@example.org', 'I2', at('07:58'), { unread: true })]],
  ['night.shift@example.org', [messageOf('night.shift@example.org', 'O1', at('19:12', -1))]],
  [
    'house.of.the.rising.sea@example.org',
    [
      messageOf('house.of.the.rising.sea@example.org', 'O3', at('17:20', -1), { state: 'delivered' }),
      ...(['02:10', '02:12', '02:13'] as const).map((time) =>
        messageOf('house.of.the.rising.sea@example.org', 'I5', at(time), { unread: true }),
      ),
    ],
  ],
  ['workshop@example.org', [messageOf('workshop@example.org', 'O5', at('16:40', -2))]],
  ['reading.room@example.org', [messageOf('reading.room@example.org', 'I7', at('10:02'), { unread: true })]],
  ['archive@example.org', [messageOf('archive@example.org', 'I8', at('09:10', -6))]],
]);

function conversationsOf(scene: Scene): readonly Conversation[] {
  return [...letters].map(([address, every]) => {
    const messages = (address === BOB ? lettersOfBob(scene) : undefined) ?? every;
    const last = messages.at(-1);
    return {
      with: address,
      ...(last !== undefined && { last }),
      unread: messages.filter((message) => message.unread === true).length,
      held: address.startsWith('workshop') ? 1 : 0,
      ...(address.startsWith('night') && { muted: true as const }),
    };
  });
}

/** @returns what Bob and the user wrote, where the scene is about that. */
function lettersOfBob(scene: Scene): readonly Message[] | undefined {
  if (scene === 'hostile') return hostileLetters(BOB);
  return scene === 'story' ? storyOf(BOB) : undefined;
}

export function fixtureApi(request: GalleryRequest): WindowApi {
  const { scene } = request;
  const listeners = new Map<EventName, ((payload: never) => void)[]>();
  const announce = (event: EventName, payload: unknown) => {
    for (const listener of listeners.get(event) ?? []) listener(payload as never);
  };
  hearBacklogs(announce, arrivingMessage);
  const answers = answersOf(request);
  const commands = Object.keys(COMMANDS).map((name) => [
    name,
    (params: unknown) => Promise.resolve(answers(name as CommandName, params as Readonly<Record<string, string>>)),
  ]);
  return {
    ...Object.fromEntries(commands),
    on(event: EventName, listener: (payload: never) => void) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      if (event === 'backlog.progress' && listeners.get(event)?.length === 1)
        setTimeout(() => playEvents(scene, announce), 100);
      return () => undefined;
    },
  } as WindowApi;
}

function answersOf({ scene, count, delayMs, preferences: asked }: GalleryRequest) {
  const status = statusOf(scene);
  let preferences: Preferences = { ...DEFAULT_PREFERENCES, ...asked, isSetUp: !scene.startsWith('firstRun') };
  let account = scene.startsWith('signIn') || scene.startsWith('firstRun') ? SIGNED_OUT : accountOf(scene);
  const contactAt = (address: string | undefined) => peopleOf(scene).find((contact) => contact.address === address);
  const values: Partial<Record<CommandName, (params: Readonly<Record<string, string>>) => unknown>> = {
    'account.state': () => account,
    'account.signIn': () => (account = online),
    'leaving.state': () => leavingOf(status),
    'contacts.list': () => (scene === 'empty' ? [] : peopleOf(scene)),
    'conversations.list': () => (scene === 'empty' ? [] : conversationsOf(scene)),
    'messages.list': (params) => {
      if (scene === 'long') return pageOf(params, count);
      return (params['with'] === BOB && params['before'] === undefined && lettersOfBob(scene)) || firstPage(params);
    },
    'messages.markRead': () => ({}),
    'messages.send': (params) =>
      messageOf(params['to'] ?? '', 'O2', new Date().toISOString(), { text: params['text'] ?? '' }),
    'drafts.list': () => [],
    'drafts.keep': () => ({}),
    'links.take': () => linkOf(scene),
    'contacts.refresh': (params) => contactAt(params['address']),
    'settings.state': () => preferences,
    'settings.change': (params) => (preferences = { ...preferences, ...params }),
    'leaving.setPolicy': (params) => ({ ...leavingOf(status), policy: { ...leavingOf(status).policy, ...params } }),
    'leaving.renewBackupKey': () => leavingOf('S2'),
    'leaving.destroyKeys': () => leavingOf('S6'),
    'diagnostics.report': () => ({ text: DIAGNOSTICS }),
    'sessions.of': (params) => (contactAt(params['address'])?.state === 'C2' ? liveSession(params['address']) : null),
    'sessions.confirmSpokenCode': (params) => contactAt(params['address']),
    'messages.search': (params) => searched(params['query'] ?? '', params['with']),
    'keys.own': () => ownKey,
    'keys.export': () => ({ text: COPY_OF_KEY }),
    'keys.import': () => ({ ...ownKey, safetyCode: SAFETY_CODE }),
    'keys.replace': () => ({ ...ownKey, safetyCode: SAFETY_CODE }),
    'keys.of': (params) => keysOf(contactAt(params['address'])),
  };
  return (name: CommandName, params: Readonly<Record<string, string>>) => {
    const answer = values[name];
    if (scene === 'firstRunKey' && name === 'keys.own') return later({ ok: true, value: ownKey }, KEY_MS);
    if (name === 'account.signIn' && !scene.startsWith('firstRun')) return refusal(signInFailure(scene));
    if (name === 'messages.list' && params['before'] !== undefined && answer !== undefined) {
      return later({ ok: true, value: answer(params) }, delayMs);
    }
    return answer === undefined ? refusal('not-available') : { ok: true, value: answer(params) };
  };
}

const SIGNED_OUT: Account = { state: 'signedOut' };
const ownKey = { fingerprint: 'a'.repeat(64), safetyCode: SAFETY_CODE.split(' ').reverse().join(' ') };
const COPY_OF_KEY = `-----BEGIN ENCRYPTED PRIVATE KEY-----
${Array(6).fill('MADEUP'.repeat(10)).join('\n')}
-----END ENCRYPTED PRIVATE KEY-----
`;
const DIAGNOSTICS = ['node 24', 'account online', 'contacts 14', 'journal 0', 'published set: open published: 1'].join(
  '\n',
);

/** A key that takes its time gets a page of its own. */
const KEY_MS = 3_000;

function later<Value>(value: Value, afterMs: number): Promise<Value> {
  return new Promise((resolve) => setTimeout(() => resolve(value), afterMs));
}

function statusOf(scene: Scene): LeavingStatus {
  if ((LEAVING_STATUSES as readonly string[]).includes(scene)) return scene as LeavingStatus;
  const special: Partial<Record<Scene, LeavingStatus>> = {
    ...({
      backlog: 'S9',
      offline: 'S8',
      E1: 'S8',
      E2: 'S8',
      E3: 'S8',
      E4: 'S8',
      E5: 'S8',
      E6: 'S8',
      E8: 'S8',
    } as const),
    ...({ E7: 'S10', E10: 'S5', E13: 'S7' } as const),
  };
  return special[scene] ?? 'S2';
}

/** What stands behind each number, as far as the account says it. */
const reasons: Partial<Record<Scene, CommandErrorCode>> = {
  ...({
    offline: 'server-unreachable',
    E2: 'server-not-found',
    E3: 'server-unreachable',
    E4: 'wrong-password',
  } as const),
  ...({ E5: 'certificate', E6: 'unprotected-login', E8: 'locked', S8: 'server-unreachable' } as const),
};

function accountOf(scene: Scene): Account {
  if (statusOf(scene) !== 'S8') return online;
  const reason = reasons[scene];
  return { ...online, state: 'offline', ...(reason !== undefined && { reason }) };
}

function signInFailure(scene: Scene): CommandErrorCode {
  return reasons[scene] ?? 'wrong-password';
}

/** Bob takes on the state that the scene is named after. */
function peopleOf(scene: Scene): readonly Contact[] {
  const state = (CONTACT_STATES as readonly string[]).includes(scene) ? (scene as ContactState) : undefined;
  if (scene === 'story') return people.filter(({ request }) => request !== 'incoming').map(verifiedBob);
  if (state === undefined) return people;
  return people.map((contact) => (contact.address === BOB ? contactOf('Bob', state) : contact));
}

/** In the story the two have compared their codes. */
function verifiedBob(contact: Contact): Contact {
  if (contact.address !== BOB || contact.key === undefined) return contact;
  return { ...contact, key: { ...contact.key, trust: 'verified' } };
}

function firstPage(params: Readonly<Record<string, string>>): readonly Message[] {
  return params['before'] === undefined ? (letters.get(params['with'] ?? '') ?? []) : [];
}

/** A page of a conversation of that length, ending before a message. */
function pageOf(params: Readonly<Record<string, unknown>>, count: number): readonly Message[] {
  const before = typeof params['before'] === 'string' ? Number(params['before'].slice(1)) : count;
  const from = Math.max(before - Number(params['limit'] ?? 100), 0);
  return Array.from({ length: before - from }, (_, index) => longMessage(String(params['with']), from + index, count));
}

function longMessage(address: string, index: number, count: number): Message {
  const more = { id: `m${index}`, text: textAt(index), timeCertain: true };
  return messageOf(address, index % 3 === 0 ? 'O2' : 'I4', writtenAt(index, count).toISOString(), more);
}

function arrivingMessage(index: number): Message {
  const more = { id: `a${index}`, text: textAt(index), timeCertain: true, unread: true };
  return messageOf(BOB, 'I4', new Date().toISOString(), more);
}

function searched(query: string, address: string | undefined): readonly Message[] {
  const all = [...letters].filter(([each]) => address === undefined || each === address).flatMap(([, each]) => each);
  const wanted = query.toLocaleLowerCase();
  return all.filter(({ text }) => text?.toLocaleLowerCase().includes(wanted)).reverse();
}

function liveSession(address: string | undefined): Session {
  const algorithms = { modp: 14, cipher: 'aes128-ctr', hash: 'sha256' };
  const sides = { kind: 'live', role: 'initiator', verified: false, compare: true } as const;
  return { address: address ?? '', startedAt: at('09:58'), spokenCode: 'k7t29', ...sides, ...algorithms };
}

function keysOf(contact: Contact | undefined): readonly unknown[] {
  if (contact?.key === undefined) return [];
  const { fingerprint, trust } = contact.key;
  return [{ fingerprint, safetyCode: SAFETY_CODE, trust, firstSeenAt: at('10:02'), ...verifiedOf(trust) }];
}

function verifiedOf(trust: string): { verifiedAt?: string } {
  return trust === 'unverified' ? {} : { verifiedAt: at('12:00', -30) };
}

function refusal(code: CommandErrorCode) {
  return { ok: false, code, message: '' } as const;
}

/** As a link from outside has it; the name in it is nobody's to believe. */
function linkOf(scene: Scene): XmppLink | null {
  if (scene === 'linkMessage') {
    return {
      address: BOB,
      action: 'message',
      text: 'Hello! I found your address on the notice board.\nIs the ladder still free?',
    };
  }
  return scene === 'linkContact' ? { address: 'carpenter@example.org', action: 'contact' } : null;
}

/** Alerts that make the numbers which no state makes. */
const raised: Partial<Record<Scene, Alert>> = {
  E9: { code: 'store-damaged', text: 'Part of your stored messages cannot be read. A copy was kept.' },
  E11: { code: 'server-unfit', text: 'Your server cannot keep keys for you.' },
  E12: { code: 'key-exposed', text: 'Your server ignores who may see your key. It was withdrawn.' },
  E14: { code: 'clock-wrong', text: 'Your clock is wrong. Keys depend on it.' },
  E15: { code: 'signed-in-elsewhere', text: 'This account was opened on another computer.' },
  E17: { code: 'internal', text: 'Something failed.' },
  E16: { code: 'store-full', text: 'No room to store messages. Nothing was deleted.' },
};

function playEvents(scene: Scene, announce: (event: EventName, payload: unknown) => void): void {
  if (scene === 'backlog') {
    announce('backlog.progress', { done: 42, total: 120, finished: false, opened: 41, failed: 1 });
  }
  if (raised[scene] !== undefined) announce('alerts.raised', raised[scene]);
  if (scene === 'alerts') {
    announce('alerts.raised', { code: 'not-proven', address: BOB, text: 'A key of Bob could not be proven.' });
    announce('backlog.progress', { done: 13, total: 13, finished: true, opened: 12, failed: 1 });
  }
}
