import { fetchItems } from '../../../main/protocol/xmpp/xep0163-pep.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import type { BareClient } from '../../../test/support/bare-client.ts';
import { askAsSender } from '../stage.ts';
import type { Stage } from '../stage.ts';
import { count, timeOf } from '../wording.ts';

/** The publisher leaves and the sender sees it. @returns a client that asks the server past both programs. */
export async function leave(stage: Stage): Promise<BareClient> {
  const { publisher, sender, transcript, checks } = stage;
  transcript.scene(`${publisher.name} leaves`);
  transcript.tell(
    publisher.name,
    'leaves now: the away key goes out, the server’s answer is awaited, then she is gone.',
  );
  const { status, text, awayKey } = await publisher.host.call('leaving.leaveNow', {});
  transcript.shows(status, text);
  const isOut = status === 'S4' && awayKey?.state === 'published' && awayKey.confirmed;
  checks.add('The away key is published', isOut, `${status}, read back from the server and found equal`);

  const seen = await sender.sees(publisher, ({ state }) => state === 'C3');
  transcript.tell(sender.name, 'sees her go, and may write all the same.');
  transcript.shows(seen.state, seen.sentence);
  const isSame = seen.presence === 'away' && seen.until === awayKey?.expiresAt;
  checks.add('Bob sees that she can receive while away', isSame, `${seen.state}, until the day her key says`);

  const asking = await askAsSender(stage);
  const shown = await countForms(asking, publisher.address);
  checks.add(
    'The server hands the away key to a contact',
    shown === 1,
    `asked past both programs: ${count(shown, 'form')}`,
  );
  return asking;
}

/** How many forms the presence node holds, by the server's answer to a contact. @throws Error if it does not answer */
export async function countForms(asking: BareClient, owner: string): Promise<number> {
  const answer = await fetchItems(asking.link, parseBareJid(owner), NS.offline);
  if (answer.kind === 'none') return 0;
  if (answer.kind !== 'items') throw new Error(`the server did not tell what the node holds: ${answer.kind}`);
  return answer.items.filter(({ payload }) => payload !== undefined).length;
}

/** The key is withdrawn: by the program's account of itself, and by the server's answer to a contact. */
export async function proveWithdrawn({ publisher, transcript, checks }: Stage, asking: BareClient): Promise<void> {
  const { status, text, awayKey } = await publisher.leaving(({ awayKey: key }) => key?.withdrawnAt !== undefined);
  transcript.shows(status, text);
  const at = awayKey?.withdrawnAt;
  const isWithdrawn = status === 'S1' && awayKey?.state === 'withdrawn' && at !== undefined;
  checks.add(
    'The away key is withdrawn',
    isWithdrawn,
    `${status}, at ${at === undefined ? '?' : timeOf(at)}, read back empty`,
  );
  const shown = await countForms(asking, publisher.address);
  checks.add('The server has no away key any more', shown === 0, `asked past both programs: ${count(shown, 'form')}`);
}
