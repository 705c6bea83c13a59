import { describe, expect, it } from 'vitest';
import { element, serialize } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { buildForm, field, readServerForm } from '../../../main/wire/xep0004-data-form.ts';
import {
  buildConfigure,
  buildConfigureRequest,
  buildCreate,
  buildItemsRequest,
  buildPublish,
  buildRetract,
  compareConfig,
  leastConfig,
  readConfigure,
  readItems,
  wantedConfig,
} from '../../../main/wire/xep0060-pubsub.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import { wireCodeOf } from './generators.ts';

/** Profile 3.1, without the IQ. */
const CREATE = `<pubsub xmlns='http://jabber.org/protocol/pubsub'>
    <create node='http://www.xmpp.org/extensions/xep-0187.html#ns'/>
    <configure>
      <x xmlns='jabber:x:data' type='submit'>
        <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#node_config</value></field>
        <field var='pubsub#access_model'><value>presence</value></field>
        <field var='pubsub#deliver_notifications'><value>0</value></field>
        <field var='pubsub#send_last_published_item'><value>never</value></field>
        <field var='pubsub#notify_retract'><value>0</value></field>
        <field var='pubsub#notify_delete'><value>0</value></field>
        <field var='pubsub#persist_items'><value>1</value></field>
        <field var='pubsub#max_items'><value>1</value></field>
      </x>
    </configure>
  </pubsub>`;

const withoutSpace = (xml: string): Element => parseElement(xml.replace(/>\s+</g, '><'));

describe('buildCreate, buildConfigure (profile 3.1)', () => {
  it('asks for a node that contacts can read, of one item, that tells nobody', () => {
    expect(buildCreate(NS.offline, wantedConfig('presence'))).toEqual(withoutSpace(CREATE));
  });

  it('asks for open access where the user chose it', () => {
    expect(serialize(buildCreate(NS.esession, wantedConfig('open')))).toContain('<value>open</value>');
  });

  it('asks for access model and persistence alone where the rest was refused', () => {
    expect(Object.keys(leastConfig('presence'))).toEqual(['pubsub#access_model', 'pubsub#persist_items']);
  });

  it('submits a configuration to the owner namespace', () => {
    expect(serialize(buildConfigure('n', { 'pubsub#max_items': '1' }))).toBe(
      '<pubsub xmlns="http://jabber.org/protocol/pubsub#owner"><configure node="n"><x xmlns="jabber:x:data" type="submit"><field type="hidden" var="FORM_TYPE"><value>http://jabber.org/protocol/pubsub#node_config</value></field><field var="pubsub#max_items"><value>1</value></field></x></configure></pubsub>',
    );
    expect(serialize(buildConfigureRequest('n'))).toBe(
      '<pubsub xmlns="http://jabber.org/protocol/pubsub#owner"><configure node="n"/></pubsub>',
    );
  });
});

describe('readConfigure, compareConfig', () => {
  const answer = (...fields: readonly [string, string][]): Element =>
    element(
      'pubsub',
      NS.pubsubOwner,
      {},
      element(
        'configure',
        NS.pubsubOwner,
        { node: 'n' },
        buildForm({ type: 'form', fields: fields.map(([name, value]) => field(name, value)) }),
      ),
    );
  const compare = (...fields: readonly [string, string][]): ReturnType<typeof compareConfig> =>
    compareConfig(readConfigure(answer(...fields)), wantedConfig('presence'));

  it('finds no difference in what was asked for, in either spelling of booleans (R-203)', () => {
    const listed = Object.entries(wantedConfig('presence'));
    expect(compare(...listed)).toEqual({ differing: {}, unlisted: [] });
    const spelled = listed.map(([name, value]): [string, string] => [
      name,
      name.includes('notif') || name.includes('persist') ? String(value === '1') : value,
    ]);
    expect(compare(...spelled)).toEqual({ differing: {}, unlisted: [] });
  });

  it('says what differs and what the server does not list', () => {
    expect(
      compare(['pubsub#access_model', 'open'], ['pubsub#persist_items', 'false'], ['pubsub#max_items', '10']),
    ).toEqual({
      differing: { 'pubsub#access_model': 'presence', 'pubsub#persist_items': '1', 'pubsub#max_items': '1' },
      unlisted: [
        'pubsub#deliver_notifications',
        'pubsub#send_last_published_item',
        'pubsub#notify_retract',
        'pubsub#notify_delete',
      ],
    });
  });

  it('takes a field without a value, or with several, for different', () => {
    const form = readServerForm(
      buildForm({ type: 'form', fields: [field('pubsub#access_model'), field('pubsub#persist_items', '1', '1')] }),
    );
    expect(Object.keys(compareConfig(form, leastConfig('presence')).differing)).toHaveLength(2);
  });

  it.each([
    ['nothing', undefined],
    ['something else', element('pubsub', NS.pubsub)],
    ['no form', element('pubsub', NS.pubsubOwner, {}, element('configure', NS.pubsubOwner))],
  ])('refuses an answer that holds %s', (_name, payload) => {
    expect(wireCodeOf(() => readConfigure(payload))).toBe('bad-stanza');
  });
});

describe('buildPublish, buildRetract (profile 3.2, 3.3)', () => {
  const payload = buildForm({ type: 'form', fields: [] });

  it('publishes one item of the node it is told', () => {
    expect(serialize(buildPublish(NS.offline, 'current', payload))).toBe(
      `<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="${NS.offline}"><item id="current"><x xmlns="jabber:x:data" type="form"/></item></publish></pubsub>`,
    );
  });

  it('carries the access model alone as a condition, where it is given', () => {
    expect(serialize(buildPublish('n', 'current', payload, 'presence'))).toContain(
      '</publish><publish-options><x xmlns="jabber:x:data" type="submit"><field type="hidden" var="FORM_TYPE"><value>http://jabber.org/protocol/pubsub#publish-options</value></field><field var="pubsub#access_model"><value>presence</value></field></x></publish-options>',
    );
  });

  it('withdraws by a retract of the item, without notify', () => {
    expect(serialize(buildRetract(NS.offline, 'current'))).toBe(
      `<pubsub xmlns="http://jabber.org/protocol/pubsub"><retract node="${NS.offline}"><item id="current"/></retract></pubsub>`,
    );
  });

  it('can publish an empty item, where a server refuses that', () => {
    expect(serialize(buildPublish('n', 'current', undefined))).toContain('<item id="current"/>');
  });
});

describe('readItems (profile 3.4)', () => {
  const answer = (inner: string, node = 'n'): Element =>
    parseElement(`<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${node}'>${inner}</items></pubsub>`);

  it('reads items with and without id or payload', () => {
    expect(
      readItems(answer("<item id='current'><x xmlns='jabber:x:data' type='form'/></item><item id='b'/><item/>"), 'n'),
    ).toEqual([{ id: 'current', payload: element('x', NS.form, { type: 'form' }) }, { id: 'b' }, {}]);
    expect(readItems(answer(''), 'n')).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['another node', answer('', 'other')],
    ['another payload', element('query', NS.discoInfo)],
    ['no items', element('pubsub', NS.pubsub)],
    [
      'items of the owner namespace',
      element('pubsub', NS.pubsubOwner, {}, element('items', NS.pubsubOwner, { node: 'n' })),
    ],
  ])('refuses an answer that holds %s', (_name, payload) => {
    expect(wireCodeOf(() => readItems(payload, 'n'))).toBe('bad-stanza');
  });

  it('asks for the items of a node', () => {
    expect(serialize(buildItemsRequest('n'))).toBe(
      '<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="n"/></pubsub>',
    );
  });
});
