import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { StoredFile, TestServer } from '../../../test/support/servers/test-server.ts';
import { LETTER_AFTER_CRASH, LETTERS_WHILE_AWAY } from '../letters.ts';
import type { Stage } from '../stage.ts';
import { bodyOf, excerptOf, hasInit, readStoredMessages, sealedOctets } from '../stored-stanzas.ts';
import type { StoredElement } from '../stored-element.ts';
import { findTexts } from '../text-search.ts';
import { count } from '../wording.ts';

/** A server may write its files a little after it answered. */
const WRITTEN_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** One before the writing program was quit, one after. */
const SESSIONS = 2;
const FALLBACK_BODY = '[This message is encrypted. Your client could not decrypt it.]';

/** What really lies there while the letters wait. */
export async function lookInside(stage: Stage): Promise<void> {
  const { server, publisher, transcript, checks } = stage;
  transcript.scene('What the server has');
  const stored = await storedMessages(server);
  const sealed = stored.map(sealedOctets).filter((octets) => octets !== undefined);
  const [first, second] = stored;
  transcript.note(
    `Its files hold ${count(stored.length, 'stanza')} for ${publisher.name}. The first two, with long values cut short:`,
  );
  for (const message of [first, second]) if (message !== undefined) transcript.quote(['', ...excerptOf(message)]);
  transcript.quote(['']);
  const opening = stored.filter(hasInit).length;
  const isOnlySealed =
    sealed.length === stored.length && stored.every((one) => ['', FALLBACK_BODY].includes(bodyOf(one)));
  checks.add(
    'The server keeps sealed stanzas and nothing else',
    stored.length >= LETTERS_WHILE_AWAY.length && opening === SESSIONS && isOnlySealed,
    `${count(sealed.length, 'sealed stanza')}, ${opening} of them with <init/>, ${count(sum(sealed), 'octet')}`,
  );
  await searchFiles(stage, 'None of the texts is in its files while they wait');
}

/** Looks for every text in everything the server has written; that the search finds anything at all is shown with it. */
export async function searchFiles({ server, sender, transcript, checks }: Stage, claim: string): Promise<void> {
  const files = await server.storedFiles();
  const texts = [...LETTERS_WHILE_AWAY, LETTER_AFTER_CRASH].map(({ text }) => text);
  const found = findTexts(texts, files);
  const control = findTexts([sender.address], files);
  const octets = sum(files.map(({ content }) => content.length));
  const place = found[0] === undefined ? '' : `, first in ${nameOf(found[0].path, server)}`;
  transcript.note(
    `Searched all ${count(files.length, 'file')} it wrote, ${count(octets, 'octet')}, logs included, for every piece of the ` +
      `letters (as UTF-8, UTF-16, base64, hexadecimal, escaped): found ${found.length}${place}. ` +
      `The same search for ${sender.address} finds ${control.length}.`,
  );
  checks.add(
    claim,
    found.length === 0 && control.length > 0,
    `${count(files.length, 'file')}: ${count(found.length, 'piece')} found`,
  );
}

/** Waits until the files hold what the server says is waiting, the first stanza of each session among it. */
async function storedMessages(server: TestServer): Promise<readonly StoredElement[]> {
  const deadline = performance.now() + WRITTEN_MS;
  for (;;) {
    const waiting = await server.offlineCount('alice');
    const stored = await readStoredMessages(server, 'alice');
    const isAll = stored.length === waiting && stored.filter(hasInit).length === SESSIONS;
    if (isAll || performance.now() > deadline) return stored;
    await pause(LOOK_EVERY_MS);
  }
}

function nameOf(path: StoredFile['path'], { dataDir }: TestServer): string {
  return relative(dataDir, path);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
