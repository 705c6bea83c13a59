import { describe, expect, it } from 'vitest';
import { StanzaError, type IqRequest, type Link } from '../../../main/protocol/xmpp/link.ts';
import { ArchiveCatchUp } from '../../../main/services/archive-catch-up.ts';
import { Announcer, type ServiceEvents } from '../../../main/services/events.ts';
import type { SettingStore } from '../../../main/stores/settings.ts';
import { serialize, type Element } from '../../../main/wire/element.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const ALICE = parseBareJid('alice@example.org');

interface Archive {
  /** What it holds, oldest first; the ids are these too. */
  ids: readonly string[];
  /** Answers everything with this condition. */
  refusal?: string;
  /** What it says that it keeps, as XML. */
  prefs?: string;
}

interface Watched {
  readonly archive: ArchiveCatchUp;
  readonly link: Link;
  readonly settings: Map<string, unknown>;
  /** What was taken from the archive, by id. */
  readonly taken: string[];
  readonly alerts: string[];
}

/** A catch-up over an archive that holds this, with two results a page at most. */
function catchUpOver(holds: Archive, kept: Readonly<Record<string, unknown>>): Watched {
  const settings = new Map(Object.entries(kept));
  const taken: string[] = [];
  const alerts: string[] = [];
  const announcer = new Announcer<ServiceEvents>();
  announcer.on('alertRaised', ({ code }) => alerts.push(code));
  const archive = new ArchiveCatchUp({
    settings: {
      get: (name: string) => settings.get(name),
      put: (name: string, value: unknown) => settings.set(name, value),
    } as unknown as SettingStore,
    random: seededRandom('archive'),
    timers: { after: () => () => undefined },
    announcer,
    journalled: () => Promise.resolve(),
  });
  const give = (result: Element): void => {
    const stanza = archive.take(result, ALICE);
    if (stanza !== undefined && stanza !== 'nothing') taken.push(stanza.attrs['id'] ?? '');
  };
  const request = ({ payload }: IqRequest): Promise<Element> =>
    Promise.resolve().then(() => answer(holds, payload, give));
  return { archive, link: { request } as unknown as Link, settings, taken, alerts };
}

function answer({ ids, refusal, prefs }: Archive, query: Element, give: (result: Element) => void): Element {
  if (refusal !== undefined) throw new StanzaError(refusal);
  if (query.name === 'prefs') {
    if (prefs === undefined) throw new StanzaError('feature-not-implemented');
    return parseElement(`<iq xmlns='${NS.client}'>${prefs}</iq>`);
  }
  const text = serialize(query);
  const after = /<after[^>]*>([^<]*)</.exec(text)?.[1];
  if (after !== undefined && !ids.includes(after)) throw new StanzaError('item-not-found');
  const from = after === undefined ? 0 : ids.indexOf(after) + 1;
  const page = text.includes('<before') ? ids.slice(-1) : ids.slice(from, from + 2);
  for (const id of page) give(resultOf(id, query.attrs['queryid'] ?? ''));
  const last = page.at(-1);
  const set = last === undefined ? '' : `<set xmlns='http://jabber.org/protocol/rsm'><last>${last}</last></set>`;
  const isLast = last === undefined || last === ids.at(-1);
  return parseElement(
    `<iq xmlns='${NS.client}'><fin xmlns='${NS.archive}'${isLast ? " complete='true'" : ''}>${set}</fin></iq>`,
  );
}

function resultOf(id: string, queryId: string): Element {
  const message = `<message xmlns='${NS.client}' from='bob@example.org/desk' id='${id}'/>`;
  const forwarded = `<forwarded xmlns='${NS.forward}'>${message}</forwarded>`;
  return parseElement(
    `<message xmlns='${NS.client}'><result xmlns='${NS.archive}' queryid='${queryId}' id='${id}'>${forwarded}</result></message>`,
  );
}

describe('ArchiveCatchUp (profile 6.2 step 4)', () => {
  it('R-245 reads on from where it was, page by page, and keeps how far it came', async () => {
    const { archive, link, taken, settings } = catchUpOver(
      { ids: ['1', '2', '3', '4', '5'] },
      { 'archive-position': '2' },
    );
    await archive.catchUp(link, [NS.archive]);
    expect(taken).toEqual(['3', '4', '5']);
    expect(settings.get('archive-position')).toBe('5');
  });

  it('L-041 takes all that the archive still has, in the same login, where it has forgotten the place', async () => {
    const holds = { ids: ['3', '4', '5'] };
    const { archive, link, taken, settings, alerts } = catchUpOver(holds, {
      'archive-position': '2',
      'hand-over': true,
    });
    await archive.catchUp(link, [NS.archive]);
    expect(taken).toEqual(['3', '4', '5']);
    expect(settings.get('archive-position')).toBe('5');
    await archive.handedOver(link);
    expect(alerts).toEqual([]);
  });

  it('L-041 says that something may be lost where a hand-over broke off and the archive refuses', async () => {
    const holds = { ids: ['3'], refusal: 'internal-server-error' };
    const { archive, link, taken, settings, alerts } = catchUpOver(holds, {
      'archive-position': '2',
      'hand-over': true,
    });
    await archive.catchUp(link, [NS.archive]);
    await archive.handedOver(link);
    expect(taken).toEqual([]);
    expect(settings.get('archive-position')).toBe('2');
    expect(alerts).toEqual(['messages-missing']);
  });

  const kept = (by: string, never = '') =>
    `<prefs xmlns='${NS.archive}' default='${by}'><always/><never>${never}</never></prefs>`;

  it.each<[string, string, readonly string[]]>([
    ['what the contacts write', kept('roster'), []],
    ['nothing', kept('never'), []],
    ['all but what one person writes', kept('always', '<jid>bob@example.org</jid>'), []],
    ['everything', kept('always'), ['3', '4', '5']],
  ])('L-001 asks for what is archived only where that is everything: it keeps %s', async (_what, prefs, expected) => {
    const holds = { ids: ['1', '2', '3', '4', '5'], prefs };
    const { archive, link, taken } = catchUpOver(holds, { 'archive-position': '2' });
    await archive.catchUp(link, [NS.archive]);
    expect(taken).toEqual(expected);
  });

  it('asks an archive for nothing before it was once handed over', async () => {
    const { archive, link, taken, settings } = catchUpOver({ ids: ['1', '2'] }, {});
    await archive.catchUp(link, [NS.archive]);
    expect(taken).toEqual([]);
    await archive.handedOver(link);
    expect(settings.get('archive-position')).toBe('2');
  });
});
