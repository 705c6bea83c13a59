import { afterEach, describe, expect, it } from 'vitest';
import { bySession, fractions, layOutBacklog } from '../support/reset-backlog.ts';
import type { ResetBacklog } from '../support/reset-backlog.ts';
import { ReturningLibrary, ReturningMessenger, placesOf } from '../support/returning.ts';
import { startEjabberd } from '../support/servers/ejabberd.ts';
import { startProsody } from '../support/servers/prosody.ts';

/** Past the 5,000 stanzas that ejabberd hands over without an acknowledgement, and past the 500 that Prosody keeps. */
const SERVERS = [
  ['ejabberd', startEjabberd, 6_000],
  ['Prosody', startProsody, 1_200],
] as const;
const MINUTES_20 = 1_200_000;

let backlog: ResetBacklog;
let library: ReturningLibrary | undefined;

afterEach(async () => {
  await library?.stop();
  library = undefined;
  await backlog.stop();
});

describe.each(SERVERS)(
  'a backlog past the limits of %s over a line that is reset ten times',
  (name, start, letters) => {
    it(
      'with an archive every letter that the server still had is shown once, in order, and none is lost',
      async () => {
        backlog = await layOutBacklog(start, { archive: true, letters });
        const alice = new ReturningMessenger(backlog);
        const since = performance.now();

        await backlog.comeBackOverResets('alice', alice, fractions(7));

        const shown = await alice.shownFrom(backlog.writer.address);
        const seconds = ((performance.now() - since) / 1_000).toFixed(0);
        console.log(`${name}, with an archive: ${shown.length} of ${letters} shown, in ${seconds} s`);
        console.log(`had before each login: ${JSON.stringify(backlog.kept)}`);
        expect(backlog.kept.map(({ archived }) => archived)).toEqual(backlog.kept.map(() => letters));
        expect(shown).toEqual(backlog.names);
        expect(alice.toldOfLoss).toBe(false);
      },
      MINUTES_20,
    );

    it(
      'without one nothing comes twice or out of its order, and the loss, shown beside the library’s, is told of',
      async () => {
        backlog = await layOutBacklog(start, { archive: false, letters, copyFor: 'plain' });
        const alice = new ReturningMessenger(backlog);
        library = new ReturningLibrary(backlog, 'plain');

        await backlog.comeBackOverResets('alice', alice, fractions(11));
        const ours = backlog.kept.splice(0);
        await backlog.comeBackOverResets('plain', library, fractions(11));

        const shown = placesOf(await alice.shownFrom(backlog.writer.address));
        const { received } = library;
        const distinct = new Set(received).size;
        console.log(
          `${name}, without an archive, of ${letters}: ${shown.length} shown; by the bare library ${distinct}`,
        );
        console.log(`of which ${received.length - distinct} twice; told of the loss: ${alice.toldOfLoss}`);
        console.log(`had before each login: ${JSON.stringify(ours)}, for the library: ${JSON.stringify(backlog.kept)}`);
        expect(await backlog.server.offlineCount('alice')).toBe(0);
        expect(bySession(shown)).toEqual(bySession([...new Set(shown)].toSorted((a, b) => a - b)));
        expect(alice.toldOfLoss || shown.length === letters).toBe(true);
      },
      MINUTES_20,
    );
  },
);
