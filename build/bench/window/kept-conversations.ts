/** A profile of the headless host in which conversations of any length lie, as the messenger stores them. */
import { systemRandom } from '../../../main/crypto/random.ts';
import { openProfile } from '../../../main/hosts/headless/profile.ts';
import { toStored } from '../../../main/services/message-facts.ts';
import type { StoredMessage } from '../../../main/stores/messages.ts';
import { openStores } from '../../../main/stores/stores.ts';
import { parseBareJid, type BareJid } from '../../../main/wire/jid.ts';
import { textAt, writtenAt } from '../../../renderer/gallery/long-texts.ts';

/** @param conversations - how many messages there are with each address. */
export async function layDown(directory: string, conversations: ReadonlyMap<string, number>): Promise<void> {
  const profile = await openProfile(directory, undefined, systemRandom);
  const { protector } = profile;
  const stores = await openStores({ directory, protector, random: systemRandom, now: () => new Date() });
  try {
    stores.transaction(() => {
      for (const [address, count] of conversations) {
        for (let index = 0; index < count; index += 1) {
          stores.messages.add(messageAt(parseBareJid(address), index, count));
        }
      }
    });
  } finally {
    stores.close();
    profile.release();
  }
}

function messageAt(contact: BareJid, index: number, count: number): StoredMessage {
  const time = writtenAt(index, count).toISOString();
  return {
    id: `${contact} ${index}`,
    contact,
    direction: 'in',
    text: textAt(index),
    writtenAt: time,
    arrivedAt: time,
    timeCertain: true,
    unread: false,
    innerId: `${contact} ${index}`,
    facts: toStored({
      kind: 'opened',
      session: 'away',
      modp: 15,
      cipher: 'aes128-ctr',
      hash: 'sha256',
      signature: 'rsa',
      senderFingerprint: 'a'.repeat(64),
      senderKey: 'known',
      confirmed: true,
      missingBefore: false,
      kept: true,
    }),
  };
}
