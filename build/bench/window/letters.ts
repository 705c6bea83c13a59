/** Messages that wait on a server for someone who is away: sealed ones for our window, plain ones for the other. */
import type { Message } from '../../../preload/contract.ts';
import { connectBareClient } from '../../../test/support/bare-client.ts';
import type { HeadlessClient } from '../../../test/support/headless-client.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import { element } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';

export const PASSWORD = 'window-password';

/** One round's messages: what an earlier round left is not taken for them. */
export interface Batch {
  readonly round: number;
  readonly count: number;
}

function textOf({ round }: Batch, index: number): string {
  return `${markOf(round, index)} The second sheet has the new hinge; measure the old one before you order.`;
}

/** What the last of them begins with, and nothing else. */
export function lastMarkOf({ round, count }: Batch): string {
  return markOf(round, count - 1);
}

function markOf(round: number, index: number): string {
  return `${round}/${index + 1}:`;
}

/** Puts the plain sender into the other window's contact list: it keeps one message only of whoever is in none. */
export async function knowPlainSender(server: TestServer, reader: string): Promise<void> {
  const client = await connectBareClient(server, reader, { password: PASSWORD });
  const item = element('item', NS.roster, { jid: 'plain@example.org', name: 'Plain' });
  await client.request({ type: 'set', payload: element('query', NS.roster, {}, item) });
  await client.close();
}

export async function leavePlain(server: TestServer, to: string, batch: Batch): Promise<void> {
  const sender = await connectBareClient(server, 'plain', { password: PASSWORD });
  for (let index = 0; index < batch.count; index += 1) {
    const body = element('body', NS.client, {}, textOf(batch, index));
    await sender.send(element('message', NS.client, { to: `${to}@example.org`, type: 'chat', id: `m${index}` }, body));
  }
  await sender.comeOnline();
  await sender.close();
}

export async function leaveSealed(sender: HeadlessClient, to: string, batch: Batch): Promise<void> {
  for (let index = 0; index < batch.count; index += 1)
    await sender.call('messages.send', { to, text: textOf(batch, index) });
  const isSent = (messages: readonly Message[]) => messages.at(-1)?.state === 'sent';
  await sender.waitUntil('messages.list', { with: to, limit: 1 }, isSent);
}
