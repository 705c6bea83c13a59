import { describe, expect, it } from 'vitest';
import { LinkError, StanzaError } from '../../../../main/protocol/xmpp/link.ts';
import { serverHasAmp } from '../../../../main/protocol/xmpp/xep0030-disco.ts';
import { accountFeatures } from '../../../../main/protocol/xmpp/xep0163-pep.ts';
import { ping } from '../../../../main/protocol/xmpp/xep0199-ping.ts';
import { fetchServerTime } from '../../../../main/protocol/xmpp/xep0202-time.ts';
import { parseBareJid, parseJid } from '../../../../main/wire/jid.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { answering } from '../../../support/answering.ts';

const SERVER = parseJid('example.org');
const ALICE = parseBareJid('alice@example.org');

function info(...inside: readonly string[]): string {
  return `<query xmlns='${NS.discoInfo}'>${inside.join('')}</query>`;
}

describe('serverHasAmp (XEP-0079 §2.1)', () => {
  it('is true only of a server that lists it', async () => {
    const amp = `<feature var='${NS.amp}'/>`;
    const link = answering([info(amp)]);

    expect(await serverHasAmp(link, SERVER)).toBe(true);
    expect(link.asked).toMatchObject([{ to: 'example.org' }]);
    expect(await serverHasAmp(answering([info()]), SERVER)).toBe(false);
    expect(await serverHasAmp(answering([`<other xmlns='${NS.discoInfo}'>${amp}</other>`]), SERVER)).toBe(false);
  });
});

describe('accountFeatures (XEP-0163 §6.1)', () => {
  it('R-220 finds PEP by the account’s identity, not by a feature', async () => {
    const identity = "<identity category='pubsub' type='pep'/>";
    const feature = `<feature var='${NS.pubsub}'/>`;

    expect(await accountFeatures(answering([info(identity)]))).toMatchObject({ pep: true, publishOptions: false });
    expect(await accountFeatures(answering([info(feature)]))).toMatchObject({ pep: false });
    expect(await accountFeatures(answering([info(identity, `<feature var='${NS.publishOptions}'/>`)]))).toMatchObject({
      publishOptions: true,
    });
  });
});

describe('ping (XEP-0199 §4.2)', () => {
  it('takes an error for an answer, and silence for none', async () => {
    await expect(ping(answering([new StanzaError('service-unavailable')]), 1)).resolves.toBeUndefined();
    await expect(ping(answering([new LinkError('timed-out', '')]), 1)).rejects.toMatchObject({ code: 'timed-out' });
  });
});

describe('fetchServerTime (XEP-0202)', () => {
  it('asks the server of the account', async () => {
    const link = answering([`<time xmlns='${NS.time}'><tzo>+02:00</tzo><utc>2026-11-22T08:05:00.5Z</utc></time>`]);

    expect(await fetchServerTime(link, ALICE)).toEqual(new Date('2026-11-22T08:05:00.500Z'));
    expect(link.asked).toMatchObject([{ to: 'example.org' }]);
  });

  it.each([undefined, `<time xmlns='${NS.time}'/>`, `<time xmlns='${NS.time}'><utc>noon</utc></time>`])(
    'knows no time from %s',
    async (answer) => {
      expect(await fetchServerTime(answering([answer]), ALICE)).toBeUndefined();
    },
  );

  it('knows none from a server that does not tell', async () => {
    expect(await fetchServerTime(answering([new StanzaError('service-unavailable')]), ALICE)).toBeUndefined();
  });
});
