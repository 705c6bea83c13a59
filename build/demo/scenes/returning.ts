import type { Message } from '../../../preload/contract.ts';
import type { BareClient } from '../../../test/support/bare-client.ts';
import { LETTERS_WHILE_AWAY } from '../letters.ts';
import type { Stage } from '../stage.ts';
import { beginningOf, count, timeOf } from '../wording.ts';
import { proveWithdrawn } from './leaving.ts';

/** Past the quiet time of the drain, ten minutes after the last letter (protocol.md 6.2). */
const PAST_QUIET_MS = 11 * 60_000;

/** The key is withdrawn, the letters open. */
export async function comeBack(stage: Stage, asking: BareClient): Promise<void> {
  const { publisher, sender, transcript, checks, windows } = stage;
  transcript.scene(`${publisher.name} returns`);
  const before = publisher.host.mark();
  await publisher.host.call('leaving.comeBack', {});
  const { opened, failed } = await publisher.host.waitFor(
    'backlog.progress',
    ({ finished }) => finished,
    undefined,
    before,
  );
  transcript.tell(publisher.name, `comes back: ${count(opened, 'letter')} opened, ${failed} not.`);
  const letters = await publisher.messagesWith(sender);
  for (const { text, badge, details } of letters) {
    transcript.quote([beginningOf(text ?? '(no text)')]);
    transcript.shows(badge, details.sentence);
  }
  const areAllOpen = letters.length === 3 && letters.every(isFromAwayKey);
  checks.add('All three open, with badge I4', areAllOpen, letters.map(({ badge }) => badge).join(', '));
  const areEqual =
    JSON.stringify(letters.map(({ text }) => text)) === JSON.stringify(LETTERS_WHILE_AWAY.map(({ text }) => text));
  checks.add(
    'Text and order are what Bob wrote',
    areEqual,
    `${count(letters.length, 'letter')} compared character by character`,
  );
  await proveWithdrawn(stage, asking);
  await windows?.take({
    person: publisher,
    with: sender,
    name: '2-alice-has-opened',
    badges: { I4: 3 },
    detailsOf: LETTERS_WHILE_AWAY[2].text.slice(0, 20),
  });
}

/** What opened the letters is destroyed when nothing can come any more that it would open. */
export async function destroyKey({ publisher, sender, transcript, checks, windows }: Stage): Promise<void> {
  const { host } = publisher;
  transcript.scene('The key is destroyed');
  transcript.note(
    'Some minutes after the last letter the keys are deleted. Nobody wants to wait for that here, so Alice’s program is told ' +
      'that eleven minutes have passed (host.setClockOffset); nothing else about it is changed.',
  );
  const before = host.mark();
  await host.call('host.setClockOffset', { ms: PAST_QUIET_MS, elapsed: true });
  const { awayKey, status, text } = await publisher.leaving(({ awayKey: key }) => key?.deletedAt !== undefined);
  const at = awayKey?.deletedAt ?? '';
  transcript.tell(publisher.name, `has no private part of her away key any more, since ${timeOf(at)} by her clock.`);
  transcript.shows(status, text);
  checks.add('The away key is destroyed', at !== '', `deleted at ${timeOf(at)} by the moved clock`);
  const letters = await publisher.messagesWith(sender);
  for (const { id } of letters) {
    await host.waitFor(
      'messages.changed',
      (one) => one.id === id && one.details.keyDeletedAt === at,
      undefined,
      before,
    );
  }
  const allTell = letters.every(({ details }) => details.keyDeletedAt === at);
  checks.add(
    'Every letter tells when its key went',
    allTell,
    `messages.changed with keyDeletedAt, ${count(letters.length, 'time')}`,
  );
  await windows?.take({
    person: publisher,
    with: sender,
    name: '3-alice-key-is-deleted',
    badges: { I4: 3 },
    detailsOf: LETTERS_WHILE_AWAY[1].text.slice(0, 10),
  });
}

function isFromAwayKey({ badge, direction, details }: Message): boolean {
  return (
    badge === 'I4' &&
    direction === 'in' &&
    details.session === 'away' &&
    details.senderConfirmed &&
    !details.missingBefore
  );
}
