import { afterEach, describe, expect, it } from 'vitest';
import { bySession, fractions, layOutBacklog } from '../support/reset-backlog.ts';
import type { ResetBacklog } from '../support/reset-backlog.ts';
import { ReturningMessenger, placesOf } from '../support/returning.ts';
import { startEjabberd } from '../support/servers/ejabberd.ts';
import { startProsody } from '../support/servers/prosody.ts';

const SERVERS = [
  ['Prosody', startProsody, 1_200],
  ['ejabberd', startEjabberd, 300],
] as const;

let backlog: ResetBacklog;

afterEach(() => backlog.stop());

/** `npm run test:long` does the same with more than ejabberd's limit, and with the bare library beside it. */
describe.each(SERVERS)('a backlog over a line that is reset ten times, on %s', (_name, start, letters) => {
  it('L-001 L-002 L-004 with an archive every letter is shown once, in order, and none is lost', async () => {
    backlog = await layOutBacklog(start, { archive: true, letters });
    const alice = new ReturningMessenger(backlog);

    await backlog.comeBackOverResets('alice', alice, fractions(7));

    expect(backlog.kept.map(({ archived }) => archived)).toEqual(backlog.kept.map(() => letters));
    expect(await alice.shownFrom(backlog.writer.address)).toEqual(backlog.names);
    expect(alice.toldOfLoss).toBe(false);
  }, 600_000);

  it('L-002 L-004 without one nothing is shown twice or out of its order, and what the server dropped is told of', async () => {
    backlog = await layOutBacklog(start, { archive: false, letters });
    const alice = new ReturningMessenger(backlog);
    expect(await backlog.server.offlineCount('alice')).toBe(letters);

    await backlog.comeBackOverResets('alice', alice, fractions(11));
    const shown = placesOf(await alice.shownFrom(backlog.writer.address));

    console.log(`${backlog.server.kind}: ${shown.length} of ${letters} shown`);
    expect(await backlog.server.offlineCount('alice')).toBe(0);
    expect(bySession(shown)).toEqual(bySession([...new Set(shown)].toSorted((a, b) => a - b)));
    expect(alice.toldOfLoss || shown.length === letters).toBe(true);
  }, 600_000);
});
