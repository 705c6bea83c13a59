import { describe, expect, it } from 'vitest';
import { LinkError, StanzaError } from '../../../../main/protocol/xmpp/link.ts';
import { fetchItems, publishItem, withdrawItem } from '../../../../main/protocol/xmpp/xep0163-pep.ts';
import { element } from '../../../../main/wire/element.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { answering } from '../../../support/answering.ts';
import type { Answer } from '../../../support/answering.ts';

const ALICE = parseBareJid('alice@example.org');
const FORM = element('x', NS.form, { type: 'form' });

function items(node: string, ...inside: readonly string[]): string {
  return `<pubsub xmlns='${NS.pubsub}'><items node='${node}'>${inside.join('')}</items></pubsub>`;
}

function item(id: string, payload = `<x xmlns='${NS.form}' type='form'/>`): string {
  return `<item id='${id}'>${payload}</item>`;
}

describe('fetchItems (profile 3.4)', () => {
  it('R-221 asks the bare address', async () => {
    const link = answering([items(NS.offline, item('current'))]);

    const outcome = await fetchItems(link, ALICE, NS.offline);

    expect(link.asked).toEqual([
      {
        type: 'get',
        to: 'alice@example.org',
        xml: `<pubsub xmlns="${NS.pubsub}"><items node="${NS.offline}"/></pubsub>`,
      },
    ]);
    expect(outcome).toEqual({ kind: 'items', items: [{ id: 'current', payload: FORM }] });
  });

  it.each<[string, Answer]>([
    ['an empty node', items(NS.offline)],
    ['no such node', new StanzaError('item-not-found')],
  ])('takes %s for none', async (_what, answer) => {
    expect(await fetchItems(answering([answer]), ALICE, NS.offline)).toEqual({ kind: 'none' });
  });

  it.each(['forbidden', 'not-authorized', 'service-unavailable', 'not-allowed', 'internal-server-error'])(
    'takes %s for a refusal',
    async (condition) => {
      const outcome = await fetchItems(answering([new StanzaError(condition)]), ALICE, NS.offline);

      expect(outcome).toEqual({ kind: 'refused', condition });
    },
  );

  it.each<[string, Answer]>([
    ['timed-out', new LinkError('timed-out', '')],
    ['not-connected', new LinkError('not-connected', '')],
    ['remote-server-timeout', new StanzaError('remote-server-timeout')],
    ['remote-server-not-found', new StanzaError('remote-server-not-found')],
    ['bad-answer', items(NS.esession, item('current'))],
    ['bad-answer', undefined],
    ['bad-answer', "<query xmlns='urn:other'/>"],
  ])('takes %s for not known', async (reason, answer) => {
    expect(await fetchItems(answering([answer]), ALICE, NS.offline)).toEqual({ kind: 'unknown', reason });
  });
});

describe('publishItem (profile 3.1 rule 3)', () => {
  it('R-218 publishes to the own account, with the access as a condition', async () => {
    const link = answering([undefined]);

    await publishItem(link, NS.offline, 'current', FORM, { access: 'presence' });

    expect(link.asked).toHaveLength(1);
    expect(link.asked[0]).not.toHaveProperty('to');
    expect(link.asked[0]).toMatchObject({ type: 'set', xml: expect.stringContaining('<publish-options>') });
  });

  it('publishes nothing to a node of another access that cannot be put right', async () => {
    const wrong = new StanzaError('conflict', ['precondition-not-met']);
    const link = answering((xml) => (xml.includes('<publish ') ? wrong : new StanzaError('forbidden')));

    await expect(publishItem(link, NS.offline, 'current', FORM, { access: 'presence' })).rejects.toBe(wrong);

    for (const { xml } of link.asked.filter((asked) => asked.xml.includes('<publish '))) {
      expect(xml).toContain('<publish-options>');
    }
  });

  it.each([new StanzaError('forbidden'), new LinkError('timed-out', '')])(
    'passes on any other failure',
    async (error) => {
      await expect(publishItem(answering([error]), NS.offline, 'current', FORM)).rejects.toBe(error);
    },
  );
});

describe('withdrawItem (profile 3.3)', () => {
  const RETRACT = `<pubsub xmlns="${NS.pubsub}"><retract node="${NS.offline}"><item id="current"/></retract></pubsub>`;
  const EMPTY_ITEM = `<pubsub xmlns="${NS.pubsub}"><publish node="${NS.offline}"><item id="current"/></publish></pubsub>`;
  const READ = `<pubsub xmlns="${NS.pubsub}"><items node="${NS.offline}"/></pubsub>`;

  async function withdrawn(...answers: readonly Answer[]): Promise<{ outcome: unknown; asked: string[] }> {
    const link = answering(answers);
    return { outcome: await withdrawItem(link, NS.offline), asked: link.asked.map(({ xml }) => xml) };
  }

  it('R-267 retracts the item without notice and reads back', async () => {
    const { outcome, asked } = await withdrawn(undefined, items(NS.offline));

    expect(outcome).toEqual({ kind: 'withdrawn' });
    expect(asked).toEqual([RETRACT, READ]);
  });

  it('R-267 takes an item that is not there for retracted', async () => {
    const gone = new StanzaError('item-not-found');

    expect(await withdrawn(gone, gone)).toEqual({ outcome: { kind: 'withdrawn' }, asked: [RETRACT, READ] });
  });

  it('R-267 publishes an empty item only where retraction itself is refused', async () => {
    const refused = new StanzaError('feature-not-implemented');
    const { outcome, asked } = await withdrawn(refused, undefined, items(NS.offline, item('current', '')));

    expect(outcome).toEqual({ kind: 'withdrawn' });
    expect(asked).toEqual([RETRACT, EMPTY_ITEM, READ]);
  });

  it('R-267 retracts a form under another id as well, and reads back again', async () => {
    const { outcome, asked } = await withdrawn(
      undefined,
      items(NS.offline, item('other')),
      undefined,
      items(NS.offline),
    );

    expect(outcome).toEqual({ kind: 'withdrawn' });
    expect(asked).toEqual([RETRACT, READ, RETRACT.replace('current', 'other'), READ]);
  });

  it('S-094 believes what it reads, not what it is told', async () => {
    const { outcome } = await withdrawn(
      undefined,
      items(NS.offline, item('current')),
      undefined,
      items(NS.offline, item('current')),
    );

    expect(outcome).toEqual({ kind: 'still-there' });
  });

  it.each<[string, readonly Answer[]]>([
    ['timed-out', [new LinkError('timed-out', '')]],
    ['not-connected', [undefined, new LinkError('not-connected', '')]],
    ['forbidden', [undefined, new StanzaError('forbidden')]],
  ])('does not know when the answer is %s', async (reason, answers) => {
    expect((await withdrawn(...answers)).outcome).toEqual({ kind: 'unknown', reason });
  });

  it('R-267 never purges or deletes the node, whatever happens', async () => {
    const refused = new StanzaError('not-allowed');
    const { asked } = await withdrawn(
      refused,
      refused,
      items(NS.offline, item('a'), item('b')),
      refused,
      refused,
      items(NS.offline, item('a')),
    );

    expect(asked.join('')).not.toMatch(/purge|delete/);
  });
});
