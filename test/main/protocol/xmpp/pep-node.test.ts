import { describe, expect, it } from 'vitest';
import { LinkError, StanzaError } from '../../../../main/protocol/xmpp/link.ts';
import { ensureNode } from '../../../../main/protocol/xmpp/pep-node.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { answering } from '../../../support/answering.ts';
import type { Answering } from '../../../support/answering.ts';

interface NodeServer {
  /** What the node is; undefined: there is none. Fields that are not here the server does not know. */
  config: Record<string, string> | undefined;
  /** Changes to these are answered with yes and not made. */
  readonly ignores?: readonly string[];
  /** Requests that hold one of these are refused as a whole. */
  readonly refuses?: readonly string[];
  readonly condition?: string;
}

const WANTED = {
  access_model: 'presence',
  deliver_notifications: '0',
  send_last_published_item: 'never',
  notify_retract: '0',
  notify_delete: '0',
  persist_items: '1',
  max_items: '1',
};
const DEFAULTS = {
  ...WANTED,
  deliver_notifications: '1',
  send_last_published_item: 'on_sub_and_presence',
  max_items: '20',
};

function serve(server: NodeServer): Answering {
  return answering((xml) => {
    const fields = [...xml.matchAll(/var="pubsub#(\w+)"[^>]*><value>([^<]*)</g)].map(([, name = '', value = '']) => ({
      name,
      value,
    }));
    if (fields.some(({ name }) => server.refuses?.includes(name)))
      return new StanzaError(server.condition ?? 'not-acceptable');
    if (xml.includes('<create ')) {
      if (server.config !== undefined) return new StanzaError('conflict');
      server.config = { ...DEFAULTS };
    }
    if (server.config === undefined) return new StanzaError('item-not-found');
    for (const { name, value } of fields) if (server.ignores?.includes(name) !== true) server.config[name] = value;
    return fields.length > 0 ? undefined : show(server.config);
  });
}

function show(config: Readonly<Record<string, string>>): string {
  const fields = Object.entries(config).map(
    ([name, value]) => `<field var='pubsub#${name}'><value>${value}</value></field>`,
  );
  const type = `<field var='FORM_TYPE' type='hidden'><value>${NS.nodeConfig}</value></field>`;
  const form = `<x xmlns='${NS.form}' type='form'>${type}${fields.join('')}</x>`;
  return `<pubsub xmlns='${NS.pubsubOwner}'><configure node='${NS.offline}'>${form}</configure></pubsub>`;
}

describe('ensureNode (profile 3.1 rules 1 and 2)', () => {
  it.each([
    [1, 'ready'],
    [9, 'ready'],
    [10, 'unfit'],
  ] as const)('creates again what the server could not create for now, %i times: %s', async (failures, kind) => {
    const server: NodeServer = { config: undefined };
    const willing = serve(server);
    let asked = 0;
    const link: Answering = {
      ...willing,
      request: (request) => {
        const isCreation = server.config === undefined && request.type === 'set';
        asked += isCreation ? 1 : 0;
        if (isCreation && asked <= failures) return Promise.reject(new StanzaError('internal-server-error'));
        return willing.request(request);
      },
    };

    expect(await ensureNode(link, NS.offline, 'presence')).toMatchObject({ kind });
    expect(asked).toBe(Math.min(failures + 1, 10));
  });

  it('R-013 R-015 creates a missing node with everything that is wanted, and reads that back', async () => {
    const server: NodeServer = { config: undefined };
    const link = serve(server);

    expect(await ensureNode(link, NS.offline, 'presence')).toEqual({ kind: 'ready' });

    expect(server.config).toEqual(WANTED);
    expect(link.asked.map(({ type }) => type)).toEqual(['set', 'get']);
    expect(link.asked[0]?.xml).toContain('<create ');
  });

  it('S-093 corrects a node that was opened before', async () => {
    const server: NodeServer = { config: { ...WANTED, access_model: 'open', max_items: '10' } };

    expect(await ensureNode(serve(server), NS.offline, 'presence')).toEqual({ kind: 'ready' });

    expect(server.config).toEqual(WANTED);
  });

  it('asks for less where a server refuses the rest, and corrects what it can', async () => {
    const server: NodeServer = { config: undefined, refuses: ['notify_delete'] };

    expect(await ensureNode(serve(server), NS.offline, 'presence')).toEqual({ kind: 'ready' });

    expect(server.config).toMatchObject({ access_model: 'presence', max_items: '1' });
  });

  it('S-093 goes on where only the notifications cannot be had', async () => {
    const ignores = ['deliver_notifications', 'send_last_published_item', 'notify_retract', 'notify_delete'];

    expect(await ensureNode(serve({ config: undefined, ignores }), NS.offline, 'presence')).toEqual({ kind: 'ready' });
  });

  it.each([
    ['pubsub#access_model', { access_model: 'open' }],
    ['pubsub#max_items', { max_items: '20' }],
    ['pubsub#persist_items', { persist_items: '0' }],
  ])('S-093 finds a node unfit whose %s the server does not change, whatever it answers', async (missing, actual) => {
    const server: NodeServer = { config: { ...WANTED, ...actual }, ignores: Object.keys(actual) };

    const isExposed = 'access_model' in actual && { isExposed: true };
    const outcome = await ensureNode(serve(server), NS.offline, 'presence');
    expect(outcome).toEqual({ kind: 'unfit', missing: [missing], ...isExposed });
  });

  it('S-093 finds a node unfit whose access the server does not tell', async () => {
    const { access_model: _hidden, ...config } = WANTED;
    const server: NodeServer = { config, ignores: ['access_model'] };

    expect(await ensureNode(serve(server), NS.offline, 'presence')).toEqual({
      kind: 'unfit',
      missing: ['pubsub#access_model'],
    });
  });

  it('leaves out a field that the server does not know, and is content', async () => {
    const { notify_retract: _a, notify_delete: _b, ...config } = WANTED;

    expect(await ensureNode(serve({ config }), NS.offline, 'presence')).toEqual({ kind: 'ready' });
  });

  it('reads a flag in either spelling', async () => {
    const link = serve({ config: { ...WANTED, deliver_notifications: 'false', persist_items: 'true' } });

    expect(await ensureNode(link, NS.offline, 'presence')).toEqual({ kind: 'ready' });
    expect(link.asked).toHaveLength(2);
  });

  it('does not take a time-out for an answer', async () => {
    const link = answering([new LinkError('timed-out', '')]);

    await expect(ensureNode(link, NS.offline, 'presence')).rejects.toMatchObject({ code: 'timed-out' });
  });
});
