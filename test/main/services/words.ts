/** The "never say" column of ux.md 0. "Fingerprint" is left out: the details panel may say it. */
const NEVER = [
  'JID',
  'prekey',
  'bundle',
  'options form',
  'long-lived options',
  'TTL',
  'timeout',
  'unpublish',
  'un-publish',
  'retract',
  'secure',
  'securely',
  'private',
  'safe',
  'trusted',
  'authenticated',
  'undecryptable',
  'UISI',
  'invalid',
  'failed check',
  'wiped',
  'shredded',
  'destroyed',
];

/** Which of those words a text holds; "safety code" is ours. */
export function neverSaid(text: string): readonly string[] {
  return NEVER.filter((word) => new RegExp(`\\b${word}\\b`, 'i').test(text)).concat(
    /error 0x/i.test(text) ? ['error 0x'] : [],
  );
}
