/** Sends letters and judges what became of them (L-001 to L-004): a history of promises, and what is shown in the end. */
import type { Message } from '../../preload/contract.ts';
import type { HostedAccount } from './hosted-account.ts';

/** What a fault run may not leave behind; all empty when everything holds. */
export interface Verdict {
  /** Promised, and neither shown to the recipient nor to the sender as not sent (L-001). */
  readonly lost: readonly string[];
  /** Shown or announced more than once (L-002). */
  readonly doubled: readonly string[];
  /** A state that went backwards without a shown error (L-003). */
  readonly wrongState: readonly string[];
  /** Texts as the recipient shows them, where that is not the order of writing (L-004). */
  readonly outOfOrder: readonly string[];
}

export const NOTHING_WRONG: Verdict = { lost: [], doubled: [], wrongState: [], outOfOrder: [] };

/** Texts that are unique in a conversation. */
export function textsFor(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_none, index) => `${name} ${index + 1}`);
}

/** How many calls are under way at a time: a person is slower, a program may not be. */
const AT_ONCE = 50;

/** Sends the texts in order and waits for every answer. */
export async function sendAll(
  sender: HostedAccount,
  to: string,
  texts: readonly string[],
): Promise<readonly Message[]> {
  const answers: Message[] = [];
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    const some = texts.slice(at, at + AT_ONCE);
    answers.push(...(await Promise.all(some.map((text) => sender.call('messages.send', { to, text })))));
  }
  return answers;
}

/**
 * Compares what a sender was promised with what the recipient shows at the end, over all runs of both hosts.
 *
 * @param texts - All that was handed to `messages.send`, in order.
 */
export async function judge(
  sender: HostedAccount,
  recipient: HostedAccount,
  texts: readonly string[],
): Promise<Verdict> {
  const shown = (await recipient.messagesWith(sender.address)).map(({ text }) => text).filter(isText(texts));
  const written = await sender.messagesWith(recipient.address);
  const admitted = new Set(
    written.filter(({ state }) => state === 'notSent' || state === 'held').map(({ text }) => text),
  );
  const announced = recipient.announced('messages.added').filter((message) => message.with === sender.address);
  return {
    lost: texts.filter((text) => !shown.includes(text) && !admitted.has(text)),
    doubled: [...repeated(shown), ...repeated(announced.map(({ text }) => text).filter(isText(texts)))],
    wrongState: backwards(sender, recipient.address),
    outOfOrder: inOrder(shown, texts) ? [] : shown,
  };
}

function isText(texts: readonly string[]): (text: string | null) => text is string {
  const known = new Set(texts);
  return (text): text is string => text !== null && known.has(text);
}

function repeated(texts: readonly string[]): readonly string[] {
  return texts.filter((text, at) => texts.indexOf(text) !== at);
}

function inOrder(shown: readonly string[], texts: readonly string[]): boolean {
  const places = new Map(texts.map((text, at) => [text, at]));
  return shown.every((text, at) => at === 0 || (places.get(text) ?? 0) > (places.get(shown[at - 1] ?? '') ?? -1));
}

const RANK = { held: 0, waiting: 0, sent: 1, delivered: 2, notSent: 3, probablyNeverOpened: 3 } as const;

/** Every message's states as they were announced, run after run. */
function backwards(sender: HostedAccount, recipient: string): readonly string[] {
  const ranks = new Map<string, number>();
  const events = sender.runs.flatMap((run) => run.events);
  return events.flatMap(({ event, payload }) => {
    if (event !== 'messages.added' && event !== 'messages.changed') return [];
    if (payload.with !== recipient || payload.direction !== 'out' || payload.state === undefined) return [];
    const rank = RANK[payload.state];
    const before = ranks.get(payload.id) ?? 0;
    ranks.set(payload.id, rank);
    return rank < before ? [`${payload.text ?? ''}: ${payload.state}`] : [];
  });
}
