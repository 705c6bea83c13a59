/** A messenger that holds fixtures and answers as the contract says. */
import {
  COMMANDS,
  LEAVING_STATUSES,
  type Account,
  type CommandErrorCode,
  type CommandName,
  type Contact,
  type Conversation,
  type EventName,
  type LeavingStatus,
  type Message,
  type WindowApi,
} from '../../preload/contract.ts';
import { at, contactOf, everyBadge, leavingOf, messageOf, SAFETY_CODE } from './fixtures.ts';

export type Scene = 'signIn' | 'signInWrong' | 'empty' | 'main' | 'many' | 'backlog' | 'alerts' | LeavingStatus;

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

function conversationsOf(): readonly Conversation[] {
  return [...letters].map(([address, messages]) => {
    const last = messages.at(-1);
    return {
      with: address,
      ...(last !== undefined && { last }),
      unread: messages.filter((message) => message.unread === true).length,
      held: address.startsWith('farid') ? 1 : 0,
    };
  });
}

export function fixtureApi(scene: Scene): WindowApi {
  const listeners = new Map<EventName, ((payload: never) => void)[]>();
  const announce = (event: EventName, payload: unknown) => {
    for (const listener of listeners.get(event) ?? []) listener(payload as never);
  };
  const answers = answersOf(scene);
  const commands = Object.keys(COMMANDS).map((name) => [
    name,
    (params: unknown) => Promise.resolve(answers(name as CommandName, params as Readonly<Record<string, string>>)),
  ]);
  return {
    ...Object.fromEntries(commands),
    on(event: EventName, listener: (payload: never) => void) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      if (event === 'account.changed') setTimeout(() => playEvents(scene, announce), 100);
      return () => undefined;
    },
  } as WindowApi;
}

function answersOf(scene: Scene) {
  const status = (LEAVING_STATUSES as readonly string[]).includes(scene) ? (scene as LeavingStatus) : 'S2';
  const values: Partial<Record<CommandName, (params: Readonly<Record<string, string>>) => unknown>> = {
    'account.state': () => (scene.startsWith('signIn') ? { state: 'signedOut' } : online),
    'leaving.state': () => leavingOf(scene === 'backlog' ? 'S9' : status),
    'contacts.list': () => (scene === 'empty' ? [] : people),
    'conversations.list': () => (scene === 'empty' ? [] : conversationsOf()),
    'messages.list': (params) =>
      scene === 'many'
        ? manyOf(params['with'] ?? '')
        : params['before'] === undefined
          ? (letters.get(params['with'] ?? '') ?? [])
          : [],
    'messages.markRead': () => ({}),
    'messages.send': (params) =>
      messageOf(params['to'] ?? '', 'O2', new Date().toISOString(), { text: params['text'] ?? '' }),
    'contacts.refresh': (params) => people.find((contact) => contact.address === params['address']),
    'keys.own': () => ({ fingerprint: 'a'.repeat(64), safetyCode: SAFETY_CODE.split(' ').reverse().join(' ') }),
    'keys.of': (params) => keysOf(people.find((contact) => contact.address === params['address'])),
  };
  return (name: CommandName, params: Readonly<Record<string, string>>) => {
    const answer = values[name];
    if (answer === undefined || name === 'account.signIn') return refusal('wrong-password');
    return { ok: true, value: answer(params) };
  };
}

/** A full page of a long conversation. */
function manyOf(address: string): readonly Message[] {
  return Array.from({ length: 100 }, (_, index) =>
    messageOf(address, index % 3 === 0 ? 'O2' : 'I4', at(`8:${index % 60}`, index < 60 ? -1 : 0), { id: `m${index}` }),
  );
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

function playEvents(scene: Scene, announce: (event: EventName, payload: unknown) => void): void {
  if (scene === 'backlog') {
    announce('backlog.progress', { done: 42, total: 120, finished: false, opened: 41, failed: 1 });
  }
  if (scene === 'alerts') {
    announce('alerts.raised', { code: 'withdraw-failed', text: 'Your server still shows your old key. Retrying.' });
    announce('alerts.raised', { code: 'expired', address: BOB, text: 'A message from Bob arrived too late.' });
  }
}
