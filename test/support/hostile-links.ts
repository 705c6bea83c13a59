/** Links and arguments that must come to nothing (S-139). */
const bob = 'xmpp:bob@example.org';

export const HOSTILE_LINKS: readonly string[] = [
  // Not this scheme, or something in front of it.
  ...['', 'xmpp', 'xmpp:', 'bob@example.org', 'mailto:bob@example.org', 'https://example.org/', 'javascript:alert(1)'],
  ...[` ${bob}`, `-${bob}`, `--url=${bob}`, 'xmpp :bob@example.org', 'xmpps:bob@example.org', 'data:text/html,xmpp:'],
  // Another account of ours, or an address that is none.
  ...['xmpp://alice@example.org/bob@example.org', 'xmpp:///bob@example.org', 'xmpp:/bob@example.org'],
  ...['xmpp:example.org', 'xmpp:@example.org', 'xmpp:bob@', 'xmpp:bob@@example.org', 'xmpp:a@b@example.org'],
  ...['xmpp:bob%40example.org%2F..%2F..?message;body=%', 'xmpp:bob@exa mple.org', 'xmpp:bob@example..org'],
  // Queries that would do more than this program does.
  ...[`${bob}?remove`, `${bob}?unsubscribe`, `${bob}?unregister`, `${bob}?command;node=x;action=execute`],
  ...[`${bob}?join`, `${bob}?disco`, `${bob}?pubsub;action=subscribe`, `${bob}?recvfile`, `${bob}?sendfile`],
  ...[
    `${bob}?vcard`,
    `${bob}?invite`,
    `${bob}?register`,
    `${bob}?actions`,
    `${bob}?Message`,
    `${bob}?`,
    `${bob}?;body=x`,
  ],
  ...[`${bob}?message&body=x`, `${bob}?message?body=x`],
  // Escapes that are broken, no UTF-8, or nothing XML carries.
  ...[`${bob}?message;body=%`, `${bob}?message;body=%4`, `${bob}?message;body=%zz`, `${bob}?message;body=%ff%fe`],
  ...[
    `${bob}?message;body=%c0%80`,
    `${bob}?message;body=%00`,
    `${bob}?message;body=%08`,
    `${bob}?message;body=%ED%A0%80`,
  ],
  `${bob}?message;body=one;body=two`,
  // What ends a line, a string or an argument.
  ...[`${bob}\n--no-sandbox`, `${bob}\0`, `${bob} --remote-debugging-port=1`, `${bob}"`, `${bob}?message;body="`],
  ...[
    `${bob}\u202egro.elpmaxe`,
    `${bob}?message;body=ü`,
    `${bob}#fragment`,
    `${bob}?message#x`,
    `${bob}\\x`,
    `${bob}<x>`,
  ],
  // Too much.
  `${bob}?message;body=${'a'.repeat(2_048)}`,
  `xmpp:${'a'.repeat(2_000)}@example.org`,
];
