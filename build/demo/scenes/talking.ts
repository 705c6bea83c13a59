/** The play of `--live`: two people who are both there, one of whom leaves in mid-conversation and returns. */
import type { Message, Session } from '../../../preload/contract.ts';
import type { Person } from '../person.ts';
import type { Stage } from '../stage.ts';
import { count, seconds } from '../wording.ts';

const EACH_WAY = 100;
/** Of those, what is said in turn, at the end: the window shows both sides of it. */
const IN_TURN = 3;
const WHILE_LEAVING = 20;
const LONG_MS = 60_000;

/** A live session is agreed on, and both read the same code to each other. */
export async function agree({ publisher, sender, transcript, checks, windows }: Stage): Promise<void> {
  transcript.scene('Both are there');
  const started = performance.now();
  const own = await sender.host.call('sessions.start', { address: publisher.address });
  const theirs = await liveSession(publisher, sender);
  transcript.tell(sender.name, `opens the conversation: four messages, and a live session is there.`);
  transcript.quote([
    `${sender.name} reads: ${own.spokenCode ?? '?'}`,
    `${publisher.name} reads: ${theirs?.spokenCode ?? '?'}`,
  ]);
  const isSame = own.spokenCode !== undefined && own.spokenCode === theirs?.spokenCode;
  checks.add('Both show the same spoken code', isSame, `agreed in ${seconds(performance.now() - started)}`);
  for (const [one, other] of bothWays(publisher, sender)) {
    await one.host.call('sessions.confirmSpokenCode', { address: other.address, matches: true });
  }
  const sessions = await Promise.all(bothWays(publisher, sender).map(([one, other]) => sessionOf(one, other)));
  checks.add(
    'Each confirms it, and both are verified',
    sessions.every((one) => one?.verified === true),
    'on both sides',
  );
  await windows?.take({ person: sender, with: publisher, name: 'live-1-agreed', badges: {} });
}

/** Many messages each way, re-keyed as they go. */
export async function talk(stage: Stage): Promise<void> {
  const { publisher, sender, transcript, checks, windows } = stage;
  transcript.scene('They talk');
  const started = performance.now();
  const texts = (name: string): readonly string[] =>
    Array.from({ length: EACH_WAY - IN_TURN }, (_, at) => `${name} ${at + 1}`);
  await Promise.all([say(sender, publisher, texts('from the pier')), say(publisher, sender, texts('from the boat'))]);
  for (let turn = 0; turn < IN_TURN; turn += 1) {
    await sender.write(publisher, 'your turn');
    await confirmed(sender, publisher);
    await publisher.write(sender, 'and yours');
    await confirmed(publisher, sender);
  }
  transcript.tell('Both', `write ${count(EACH_WAY, 'message')} each; the keys are exchanged anew every ten.`);
  const shown = await Promise.all([publisher.messagesWith(sender), sender.messagesWith(publisher)]);
  const badges = new Set(shown.flat().map(({ badge }) => badge));
  const isRight = badges.size === 2 && badges.has('I1') && badges.has('O1');
  const detail = `badges ${[...badges].sort().join(' and ')}, in ${seconds(performance.now() - started)}`;
  checks.add('Everything arrives and is confirmed', isRight && shown.flat().length === 4 * EACH_WAY, detail);
  await windows?.take({ person: publisher, with: sender, name: 'live-2-talking', badges: { I1: 3, O1: 3 } });
}

/** She leaves while he writes; what is under way becomes letters; she returns, and they talk on. */
export async function leaveAndReturn(stage: Stage): Promise<readonly Message[]> {
  const { publisher, sender, transcript, checks, windows } = stage;
  transcript.scene(`${publisher.name} leaves in mid-conversation`);
  const texts = Array.from({ length: WHILE_LEAVING }, (_, at) => `wait, there is more: ${at + 1}`);
  const sending = say(sender, publisher, texts);
  await publisher.host.call('leaving.leaveNow', {});
  await sending;
  await sender.sees(publisher, ({ state }) => state === 'C3');
  const late = await sender.write(publisher, 'and this only as a letter');
  transcript.tell(sender.name, 'goes on writing: what she did not confirm goes again, as a letter for her away key.');
  transcript.shows(late.badge, late.details.sentence);
  checks.add('What he writes now is a letter', late.badge === 'O2', `${late.badge} ${late.state ?? ''}`);
  await windows?.take({ person: sender, with: publisher, name: 'live-3-she-is-away', badges: { O2: 1 } });

  await publisher.host.call('leaving.comeBack', {});
  await liveSession(sender, publisher);
  await confirmed(sender, publisher);
  await sender.write(publisher, 'good to have you back');
  await confirmed(sender, publisher);
  const read = (await publisher.messagesWith(sender)).map(({ text }) => text);
  const wanted = [...texts, 'and this only as a letter', 'good to have you back'];
  const isWhole = wanted.every((text) => read.filter((one) => one === text).length === 1);
  transcript.tell(publisher.name, 'is back: a live session again, and receipts for all she read.');
  checks.add('Nothing is lost and nothing comes twice', isWhole, `${count(wanted.length, 'message')} across the gap`);
  await windows?.take({ person: publisher, with: sender, name: 'live-4-back', badges: { I1: 1 } });
  return [...(await publisher.messagesWith(sender)), ...(await sender.messagesWith(publisher))];
}

function bothWays(one: Person, other: Person): readonly (readonly [Person, Person])[] {
  return [
    [one, other],
    [other, one],
  ];
}

function sessionOf(person: Person, other: Person): Promise<Session | null> {
  return person.host.call('sessions.of', { address: other.address });
}

function liveSession(person: Person, other: Person): Promise<Session | null> {
  return person.host.waitUntil('sessions.of', { address: other.address }, (one) => one?.kind === 'live', LONG_MS);
}

async function say(person: Person, other: Person, texts: readonly string[]): Promise<void> {
  await Promise.all(texts.map((text) => person.host.call('messages.send', { to: other.address, text })));
}

/** Waits until everything this person wrote has its receipt. */
async function confirmed(person: Person, other: Person): Promise<void> {
  const own = (messages: readonly Message[]): readonly Message[] =>
    messages.filter(({ direction }) => direction === 'out');
  const page = { with: other.address, limit: 200 };
  const isDone = (messages: readonly Message[]): boolean => own(messages).every(({ state }) => state === 'delivered');
  await person.host.waitUntil('messages.list', page, isDone, LONG_MS);
}
