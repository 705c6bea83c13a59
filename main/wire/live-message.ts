/** The stanzas of a live session, as either side writes them (profile 7.7): for one client, now or never. */
import { element } from './element.ts';
import type { Element } from './element.ts';
import type { FullJid } from './jid.ts';
import { NS } from './namespaces.ts';
import { privateHint } from './xep0280-carbons.ts';
import { noCopyHint, noStoreHint } from './xep0334-hints.ts';
import { encryptionNote } from './xep0380-encryption.ts';

export interface LiveMessage {
  readonly to: FullJid;
  readonly id: string;
  readonly thread: string;
  readonly c: Element;
}

/** No body: nothing here can be read later, so no server should keep it. */
export function buildLiveMessage({ to, id, thread, c }: LiveMessage): Element {
  return element(
    'message',
    NS.client,
    { to, id, type: 'chat' },
    element('thread', NS.client, {}, thread),
    c,
    noStoreHint(),
    noCopyHint(),
    privateHint(),
    encryptionNote(),
  );
}
