/**
 * The process under test: the real link, and everything that reads what comes by it before anything is kept. Comes back
 * whenever the stream ends. Says now and then how it fares; an exception that nobody caught ends it with code 70.
 */
import { readFileSync } from 'node:fs';
import { createClientLink } from '../../main/protocol/xmpp/client-link.ts';
import type { Link } from '../../main/protocol/xmpp/link.ts';
import { PresenceTable } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { parseRosterPush } from '../../main/protocol/xmpp/rfc6121-roster.ts';
import { isForgedCarbon } from '../../main/protocol/xmpp/xep0280-carbons.ts';
import { discoReply } from '../../main/protocol/xmpp/xep0030-disco.ts';
import { serialize } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { parseMessage } from '../../main/wire/message.ts';
import { WireError } from '../../main/wire/wire-error.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';

/** What the target says of itself. Times in ms of processor time of its main thread, sizes in octets. */
export interface TargetReport {
  readonly stanzas: number;
  readonly streams: number;
  readonly slowestTurn: number;
  readonly peakMemory: number;
}

const ACCOUNT = parseBareJid('alice@example.org');
const SAMPLE_MS = 5;
const REPORT_MS = 250;
const UNCAUGHT = 70;

const figures = { stanzas: 0, streams: 0, slowestTurn: 0, peakMemory: 0 };
let presence = new PresenceTable();

function take(stanza: Element): void {
  figures.stanzas += 1;
  // As the journal does: what was read is written, and must be read again.
  parseElement(serialize(stanza));
  if (stanza.name === 'presence') presence.apply(stanza);
  else isForgedCarbon(stanza, ACCOUNT);
  try {
    if (stanza.name === 'message') parseMessage(stanza);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

async function run(port: number, ca: string): Promise<never> {
  for (;;) {
    const ended = Promise.withResolvers<undefined>();
    const link: Link = createClientLink(
      {
        account: ACCOUNT,
        password: 'secret',
        resource: 'pda',
        ca,
        server: { host: '127.0.0.1', port, directTls: true },
      },
      {
        stanza: (stanza, handled) => {
          take(stanza);
          handled();
        },
        iq: (payload, type) => {
          figures.stanzas += 1;
          if (type === 'set') return parseRosterPush(payload) === undefined ? { error: 'bad-request' } : 'empty';
          return payload.name === 'query' ? discoReply(payload) : 'empty';
        },
        closed: () => {
          ended.resolve(undefined);
        },
      },
    );
    presence = new PresenceTable();
    figures.streams += 1;
    await link.open({ resume: false }).then(
      () => ended.promise,
      () => undefined,
    );
  }
}

/** The longest that one turn of the loop kept the processor: no wait for a processor that is busy elsewhere counts. */
function watchTurns(): void {
  let last = process.threadCpuUsage();
  setInterval(() => {
    const now = process.threadCpuUsage();
    const used = (now.user + now.system - last.user - last.system) / 1_000;
    last = now;
    figures.slowestTurn = Math.max(figures.slowestTurn, used);
    figures.peakMemory = Math.max(figures.peakMemory, process.memoryUsage.rss());
  }, SAMPLE_MS);
}

process.on('uncaughtException', (error) => {
  process.send?.({ ...figures, uncaught: error.stack ?? String(error) }, () => process.exit(UNCAUGHT));
});
process.on('disconnect', () => process.exit());
const [port = '', caFile = ''] = process.argv.slice(2);
watchTurns();
setInterval(() => process.send?.(figures), REPORT_MS);
void run(Number(port), readFileSync(caFile, 'utf8'));
