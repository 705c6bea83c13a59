/** The stanzas of an offline session, as its sender writes them (profile 3.5 to 3.7). */
import { element } from './element.ts';
import type { Element } from './element.ts';
import type { Jid } from './jid.ts';
import { NS } from './namespaces.ts';
import { buildAmpRule } from './xep0079-amp.ts';
import { privateHint } from './xep0280-carbons.ts';
import { noCopyHint, storeHint } from './xep0334-hints.ts';
import { encryptionNote } from './xep0380-encryption.ts';

export { withoutAmp } from './xep0079-amp.ts';

/** Outside every `<c/>`, the same for everyone, so that it says nothing about content or sender (3.5, H-5). */
export const FALLBACK_BODY = '[This message is encrypted. Your client could not decrypt it.]';

export interface OfflineMessage {
  /** The address the options name: a full JID with `match_resource`, else the bare one (3.6). */
  readonly to: Jid;
  /** Random; for messages the id inside the protected content, so that a receipt finds it. */
  readonly id: string;
  /** The session's; ours always have one. */
  readonly thread: string;
  /** The response form, in the first stanza of a session only. */
  readonly initForm?: Element;
  readonly c: Element;
  /** True for a message a person wrote: false for a termination or a receipt, which have no fallback text. */
  readonly hasText: boolean;
  /** True with `match_resource`, where the own server lists AMP. */
  readonly withAmp: boolean;
}

export function buildOfflineMessage(message: OfflineMessage): Element {
  const { to, id, thread, initForm, c, hasText, withAmp } = message;
  return element(
    'message',
    NS.client,
    { to, id, type: 'chat' },
    element('thread', NS.client, {}, thread),
    initForm && element('init', NS.esessionInit, {}, initForm),
    c,
    hasText ? element('body', NS.client, {}, FALLBACK_BODY) : undefined,
    storeHint(),
    noCopyHint(),
    privateHint(),
    encryptionNote(),
    withAmp ? buildAmpRule() : undefined,
  );
}

/** A message in clear: only after consent given for this one (S-042). */
export function buildPlainMessage(message: { to: Jid; id: string; body: string; requestReceipt: boolean }): Element {
  const { to, id, body, requestReceipt } = message;
  return element(
    'message',
    NS.client,
    { to, id, type: 'chat' },
    element('body', NS.client, {}, body),
    element('origin-id', NS.stanzaIds, { id }),
    requestReceipt ? element('request', NS.receipts) : undefined,
  );
}
