import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { child, element, elements, serialize } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { parseMessage } from '../../../main/wire/message.ts';
import type { InboundContent } from '../../../main/wire/message.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { WireError } from '../../../main/wire/wire-error.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import { anyElement, wireCodeOf } from './generators.ts';

interface Vectors {
  readonly offline: readonly {
    readonly name: string;
    readonly thread: string | null;
    readonly messages: readonly { readonly stanza: string }[];
  }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/esession-vectors.json', import.meta.url), 'utf8'),
) as Vectors;

const C = "<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'><data>AAAA</data><mac>AAAA</mac></c>";
const INIT =
  "<init xmlns='http://www.xmpp.org/extensions/xep-0116.html#ns-init'><x xmlns='jabber:x:data' type='submit'><field var='nonce'><value>AAAA</value></field></x></init>";

function stanza(inner: string, attrs = "type='chat'"): Element {
  return parseElement(
    `<message xmlns='jabber:client' from='bob@example.com/laptop' to='alice@example.org/pda' id='m1' ${attrs}>${inner}</message>`,
  );
}
const read = (inner: string, attrs?: string): InboundContent => parseMessage(stanza(inner, attrs)).content;

describe('parseMessage (profile 3.5)', () => {
  it.each(vectors.offline)('reads the stanzas of the vector $name', ({ thread, messages }) => {
    const parsed = messages.map(({ stanza: xml }) =>
      parseMessage(parseElement(xml.replace('<message', "<message xmlns='jabber:client'"))),
    );
    for (const message of parsed) {
      expect(message.from).toBe('bob@example.com/laptop');
      expect(message.thread ?? null).toBe(thread);
      expect(message.content.kind).toBe('encrypted');
    }
    const forms = parsed.map(({ content }) =>
      content.kind === 'encrypted' ? content.initForm !== undefined : undefined,
    );
    expect(forms).toEqual(messages.map((_, i) => i === 0));
  });

  it('reads the envelope: prepared addresses, id, type, thread', () => {
    const message = parseMessage(
      parseElement(
        "<message xmlns='jabber:client' from='BOB@Example.com/Laptop' to='alice@example.org' id='7'><thread>t</thread></message>",
      ),
    );
    expect(message).toEqual({
      from: 'bob@example.com/Laptop',
      to: 'alice@example.org',
      id: '7',
      type: 'normal',
      thread: 't',
      delays: [],
      content: { kind: 'nothing' },
    });
  });

  it('takes an unknown type for normal, and an empty thread or id for none', () => {
    const message = parseMessage(parseElement("<message xmlns='jabber:client' type='other' id=''><thread/></message>"));
    expect(message).toEqual({ type: 'normal', delays: [], content: { kind: 'nothing' } });
  });

  it('reads a first stanza with and without <c/>', () => {
    expect(read(INIT + C)).toMatchObject({ kind: 'encrypted', initForm: { name: 'x' }, c: { name: 'c' } });
    const without = read(INIT);
    expect(without.kind === 'encrypted' && without.c).toBeUndefined();
    expect(without).toMatchObject({ kind: 'encrypted', initForm: { name: 'x' } });
  });

  it('R-153 S-036 does not take a stanza with two <c/> for one to process', () => {
    expect(read(C + C)).toEqual({ kind: 'malformed', what: 'c' });
    expect(read(`${INIT}${C}<body>x</body>${C}`)).toEqual({ kind: 'malformed', what: 'c' });
  });

  it('R-154 S-036 sees <c/> only as a direct child of the stanza', () => {
    expect(read(`<wrap xmlns='urn:example'>${C}</wrap>`)).toEqual({ kind: 'nothing' });
    expect(read(`<body>Hello</body><wrap xmlns='urn:example'>${C}</wrap>`)).toMatchObject({ kind: 'plain' });
    expect(read("<c xmlns='urn:example'/>")).toEqual({ kind: 'nothing' });
  });

  it('refuses two <init/>, and one without exactly one form', () => {
    expect(read(INIT + INIT + C)).toEqual({ kind: 'malformed', what: 'init' });
    expect(read(`<init xmlns='${NS.esessionInit}'/>${C}`)).toEqual({ kind: 'malformed', what: 'init' });
    const form = "<x xmlns='jabber:x:data' type='submit'/>";
    expect(read(`<init xmlns='${NS.esessionInit}'>${form}${form}</init>`)).toEqual({ kind: 'malformed', what: 'init' });
  });

  it('R-263 reads a ThreadID of 256 octets in an encrypted stanza and refuses more, and two of them', () => {
    expect(read(`<thread>${'a'.repeat(256)}</thread>${C}`).kind).toBe('encrypted');
    expect(read(`<thread>${'a'.repeat(257)}</thread>${C}`)).toEqual({ kind: 'malformed', what: 'thread' });
    expect(read(`<thread>${'ü'.repeat(129)}</thread>${C}`)).toEqual({ kind: 'malformed', what: 'thread' });
    expect(read(`<thread>a</thread><thread>b</thread>${C}`)).toEqual({ kind: 'malformed', what: 'thread' });
  });

  it('R-239 reads encrypted stanzas of type chat and normal alone', () => {
    expect(read(C, "type='chat'").kind).toBe('encrypted');
    expect(read(C, "type='normal'").kind).toBe('encrypted');
    expect(read(C, '').kind).toBe('encrypted');
    expect(read(C, "type='headline'")).toEqual({ kind: 'malformed', what: 'type' });
    expect(read(C, "type='groupchat'")).toEqual({ kind: 'malformed', what: 'type' });
  });

  it.each([
    ['before', `<body>CANARY</body>${C}`],
    ['behind', `${C}<body>CANARY</body>`],
    ['on both sides', `<body>CANARY</body>${C}<body xml:lang='en'>CANARY</body>`],
    ['beside the first stanza', `${INIT}<body>CANARY</body>${C}`],
    ['beside a broken one', `${C}${C}<body>CANARY</body>`],
    ['as a subject', `${C}<subject>CANARY</subject>`],
    [
      'as markup',
      `${C}<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>CANARY</body></html>`,
    ],
  ])('R-269 S-036 has no place for text %s an encrypted stanza', (_name, inner) => {
    expect(JSON.stringify(parseMessage(stanza(inner)))).not.toContain('CANARY');
  });

  it('R-270 sees no termination, receipt or header outside <c/> in an encrypted stanza', () => {
    const termination =
      "<feature xmlns='http://jabber.org/protocol/feature-neg'><x xmlns='jabber:x:data' type='submit'><field var='terminate'><value>1</value></field></x></feature>";
    const outside = `${termination}<received xmlns='urn:xmpp:receipts' id='m0'/><headers xmlns='${NS.shim}'><header name='Created'>2026-11-22T08:00:00Z</header></headers>`;
    expect(read(outside + C)).toEqual(read(C));
    expect(read(termination)).toEqual({ kind: 'nothing' });
  });

  it('reads a plain message, its request for a receipt and its id', () => {
    expect(
      read("<body>Hello</body><request xmlns='urn:xmpp:receipts'/><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"),
    ).toEqual({
      kind: 'plain',
      body: 'Hello',
      requestsReceipt: true,
      originId: 'o1',
    });
  });

  it('S-104 takes only a body of jabber:client, and one without a language first', () => {
    expect(
      read("<body xmlns='urn:example'>foreign</body><body xml:lang='de'>deutsch</body><body>Hello</body>"),
    ).toMatchObject({ body: 'Hello' });
    expect(read("<body xmlns='urn:example'>foreign</body>")).toEqual({ kind: 'nothing' });
  });

  it('reads a receipt in clear as a kind of its own', () => {
    expect(read("<received xmlns='urn:xmpp:receipts' id='m0'/>")).toEqual({ kind: 'receipt', receiptFor: 'm0' });
    expect(read("<received xmlns='urn:xmpp:receipts'/>")).toEqual({ kind: 'nothing' });
    expect(read("<composing xmlns='http://jabber.org/protocol/chatstates'/>")).toEqual({ kind: 'nothing' });
  });

  it('reads an error, and not the <c/> or text that came back in it', () => {
    const content = read(
      `${C}<body>CANARY</body><error type='cancel'><service-unavailable xmlns='${NS.stanzaErrors}'/><text xmlns='${NS.stanzaErrors}'>no</text><gone xmlns='urn:example'/></error>`,
      "type='error'",
    );
    expect(content).toEqual({
      kind: 'error',
      error: { condition: 'service-unavailable', details: [element('gone', 'urn:example')] },
    });
    expect(read('', "type='error'")).toEqual({
      kind: 'error',
      error: { condition: 'undefined-condition', details: [] },
    });
  });

  it('recognises a PEP notification', () => {
    expect(
      read("<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:pubkey:2'/></event>"),
    ).toEqual({
      kind: 'event',
      node: 'urn:xmpp:pubkey:2',
    });
  });

  it.each(['from', 'to'])('refuses a %s that is no address, with a code', (name) => {
    expect(wireCodeOf(() => parseMessage(parseElement(`<message xmlns='jabber:client' ${name}='@/x'/>`)))).toBe(
      'bad-address',
    );
    expect(wireCodeOf(() => parseMessage(parseElement(`<message xmlns='jabber:client' ${name}=''/>`)))).toBe(
      'bad-address',
    );
  });

  it('refuses what is no message', () => {
    expect(wireCodeOf(() => parseMessage(parseElement("<iq xmlns='jabber:client'/>")))).toBe('bad-stanza');
    expect(wireCodeOf(() => parseMessage(parseElement("<message xmlns='jabber:server'/>")))).toBe('bad-stanza');
  });

  it('throws nothing but WireError for any message', () => {
    const known = fc.constantFrom(
      ...elements(
        stanza(`${C}${INIT}<thread>t</thread><body>b</body><error/><x xmlns='jabber:x:delay' stamp='1'/><delay xmlns='urn:xmpp:delay'/>
        <received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded></received>
        <result xmlns='urn:xmpp:mam:2'/><event xmlns='http://jabber.org/protocol/pubsub#event'/><forwarded xmlns='urn:xmpp:forward:0'/>`),
      ),
    );
    const children = fc.array(fc.oneof(known, anyElement), { maxLength: 6 });
    fc.assert(
      fc.property(
        children,
        fc.dictionary(fc.constantFrom('from', 'to', 'id', 'type'), fc.string({ unit: 'binary' })),
        (nodes, attrs) => {
          try {
            const message = parseMessage({ name: 'message', ns: NS.client, attrs, children: nodes });
            expect(['error', 'encrypted', 'malformed', 'wrapped', 'event', 'plain', 'receipt', 'nothing']).toContain(
              message.content.kind,
            );
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        },
      ),
      { seed: 8, numRuns: 1_000 },
    );
  });
});

describe('copies (XEP-0280, XEP-0297, XEP-0313)', () => {
  const inner = `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-22T08:00:00Z'/>${serialize(stanza(C))}</forwarded>`;

  it.each([
    ['carbon', `<received xmlns='urn:xmpp:carbons:2'>${inner}</received>`],
    ['carbon', `<sent xmlns='urn:xmpp:carbons:2'>${inner}</sent>`],
    ['archive', `<result xmlns='urn:xmpp:mam:2' queryid='q1' id='a1'>${inner}</result>`],
    ['forwarded', inner],
  ])('are told from a message to this client: %s', (wrapper, xml) => {
    const content = read(xml);
    expect(content.kind).toBe('wrapped');
    if (content.kind !== 'wrapped') return;
    expect(content.wrapped.wrapper).toBe(wrapper);
    expect(content.wrapped.delays).toEqual([{ at: new Date('2026-11-22T08:00:00Z') }]);
    expect(content.wrapped.message && parseMessage(content.wrapped.message).content.kind).toBe('encrypted');
    expect(content.wrapped.archive).toEqual(wrapper === 'archive' ? { queryId: 'q1', id: 'a1' } : undefined);
  });

  it('is recognised when it is empty', () => {
    expect(read("<received xmlns='urn:xmpp:carbons:2'/>")).toEqual({
      kind: 'wrapped',
      wrapped: { wrapper: 'carbon', delays: [], message: undefined },
    });
  });

  it('does not hide a <c/> of the stanza itself', () => {
    expect(read(`${inner}${C}`)).toEqual({ kind: 'encrypted', c: child(stanza(C), 'c', NS.encrypted) });
  });
});
