/** Has messages wait on a Prosody without sending them: the file in which it keeps them (XEP-0160), written as it would. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import { isElement } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';

/**
 * @param user - Offline.
 * @param messages - With `from`, as the server would have stamped it. Handed out in this order at the next presence.
 * @param secondsApart - How long after each came the next one, by the server's stamps; the last one comes now.
 * @throws Error where the server has still, or has then, something else for that user
 */
export async function keepOffline(
  server: TestServer,
  user: string,
  messages: readonly Element[],
  secondsApart = 0,
): Promise<void> {
  const { dataDir, domain } = server;
  await expectWaiting(server, user, 0);
  const folder = join(dataDir, fileName(domain), 'offline');
  const now = Math.floor(Date.now() / 1_000);
  const whenOf = (at: number): number => now - (messages.length - 1 - at) * secondsApart;
  const items = messages
    .map((message) => ({ ...message, attrs: { ...message.attrs, to: `${user}@${domain}` } }))
    .map((message, at) => `item({${tableOf(message, false)}key="k${at}";when=${whenOf(at)};with="";});\n`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${fileName(user)}.list`), items.join(''));
  await expectWaiting(server, user, messages.length);
}

async function expectWaiting(server: TestServer, user: string, count: number): Promise<void> {
  const waiting = await server.offlineCount(user);
  if (waiting !== count) throw new Error(`${waiting} messages wait for ${user}, not ${count}`);
}

/** Letters and digits stay, everything else becomes its number. */
function fileName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The stream's own namespace is not written down until another one was. */
function tableOf({ name, ns, attrs, children }: Element, isForeign: boolean): string {
  const isForeignHere = isForeign || ns !== NS.client;
  const all = isForeignHere ? { xmlns: ns, ...attrs } : attrs;
  const named = Object.entries(all).map(([key, value]) => `[${quoted(key)}]=${quoted(value)};`);
  const nodes = children.map((node) => (isElement(node) ? `{${tableOf(node, isForeignHere)}};` : `${quoted(node)};`));
  return `name=${quoted(name)};attr={${named.join('')}};${nodes.join('')}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\\r\n]/g, (sign) => `\\${String(sign.charCodeAt(0)).padStart(3, '0')}`)}"`;
}
