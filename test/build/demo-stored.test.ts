import { describe, expect, it } from 'vitest';
import type { StoredElement } from '../../build/demo/stored-element.ts';
import { readEjabberdMessages } from '../../build/demo/stored-ejabberd.ts';
import { readProsodyMessages } from '../../build/demo/stored-prosody.ts';
import { bodyOf, excerptOf, hasInit, sealedOctets } from '../../build/demo/stored-stanzas.ts';

const sealed = (id: string, ...others: StoredElement[]): StoredElement => ({
  name: 'message',
  attrs: { to: 'alice@example.org/desk', id },
  children: [
    ...others,
    { name: 'c', attrs: {}, children: [element('data', 'QUJDRA=='), element('mac', 'RUZHSA==')] },
    element('body', 'It is "sealed".'),
  ],
});

function element(name: string, text: string): StoredElement {
  return { name, attrs: { xmlns: 'u' }, children: [text] };
}

/** As Prosody's serialiser writes it; its order of keys is arbitrary and changes with each start. */
function luaOf({ name, attrs, children }: StoredElement, keysFirst: boolean): string {
  const named = Object.entries(attrs).map(([key, value]) => `["${key}"] = ${luaText(value)};`);
  const keys = `["name"] = "${name}";\n["attr"] = {\n${named.join('\n')}\n};`;
  const list = children.map((one) => (typeof one === 'string' ? luaText(one) : luaOf(one, keysFirst)) + ';').join('\n');
  return keysFirst ? `{\n${keys}\n${list}\n}` : `{\n${list}\n${keys}\n["when"] = 1795344402;\n}`;
}

function luaText(text: string): string {
  return `"${text.replaceAll(/["\\\n]/g, '\\$&')}"`;
}

describe.each([true, false])('readProsodyMessages, keys first: %s', (keysFirst) => {
  const file = (user: string, ...messages: StoredElement[]) => {
    const text = messages.map((message) => `item(${luaOf(message, keysFirst)});\n`).join('');
    return { path: `/data/example%2eorg/offline/${user}.list`, content: Buffer.from(text) };
  };

  it('reads every message of the account, in order', () => {
    const messages = [sealed('1', element('init', 'form')), sealed('2')];
    expect(readProsodyMessages([file('bob', sealed('3')), file('alice', ...messages)], 'alice')).toEqual(messages);
  });

  it('reads nothing where nothing waits', () => {
    expect(readProsodyMessages([file('bob', sealed('1'))], 'alice')).toEqual([]);
    expect(readProsodyMessages([file('alice')], 'alice')).toEqual([]);
  });
});

/** Erlang's external term format, as far as a stanza needs it. */
const etf = {
  atom: (name: string) => Buffer.concat([Buffer.from([100, 0, name.length]), Buffer.from(name)]),
  binary(text: string): Buffer {
    const head = Buffer.alloc(5);
    head[0] = 109;
    head.writeUInt32BE(Buffer.byteLength(text), 1);
    return Buffer.concat([head, Buffer.from(text)]);
  },
  tuple: (...terms: Buffer[]) => Buffer.concat([Buffer.from([104, terms.length]), ...terms]),
  list(terms: readonly Buffer[]): Buffer {
    const nil = Buffer.from([106]);
    const head = Buffer.alloc(5);
    head[0] = 108;
    head.writeUInt32BE(terms.length, 1);
    return terms.length === 0 ? nil : Buffer.concat([head, ...terms, nil]);
  },
};

function erlangOf({ name, attrs, children }: StoredElement): Buffer {
  const pairs = Object.entries(attrs).map(([key, value]) => etf.tuple(etf.binary(key), etf.binary(value)));
  const inner = children.map((one) =>
    typeof one === 'string' ? etf.tuple(etf.atom('xmlcdata'), etf.binary(one)) : erlangOf(one),
  );
  return etf.tuple(etf.atom('xmlel'), etf.binary(name), etf.list(pairs), etf.list(inner));
}

describe('readEjabberdMessages', () => {
  const file = (...messages: StoredElement[]) => {
    const rows = messages.map((message) => Buffer.concat([Buffer.from('row\0\u0083'), erlangOf(message)]));
    return { path: '/spool/offline_msg.DAT', content: Buffer.concat(rows) };
  };

  it('reads every message of the account once, however many copies the table keeps', () => {
    const messages = [sealed('1', element('init', 'form')), sealed('2')];
    const toBob = { ...sealed('3'), attrs: { to: 'bob@example.org', id: '3' } };
    expect(readEjabberdMessages([file(...messages, toBob, sealed('2'))], 'alice')).toEqual(messages);
  });

  it('reads nothing where there is no table', () => {
    expect(readEjabberdMessages([{ path: '/spool/LATEST.LOG', content: erlangOf(sealed('1')) }], 'alice')).toEqual([]);
  });
});

describe('what is said about a stored stanza', () => {
  it('counts the sealed octets, and knows what is not sealed', () => {
    expect(sealedOctets(sealed('1'))).toBe(4);
    expect(sealedOctets({ name: 'message', attrs: {}, children: [element('body', 'Hello')] })).toBeUndefined();
    const withoutMac = { name: 'c', attrs: {}, children: [element('data', 'QUJDRA==')] };
    expect(sealedOctets({ name: 'message', attrs: {}, children: [withoutMac] })).toBeUndefined();
  });

  it('tells a first stanza from a later one, and shows the body', () => {
    expect(hasInit(sealed('1', element('init', 'form')))).toBe(true);
    expect(hasInit(sealed('1'))).toBe(false);
    expect(bodyOf(sealed('1'))).toBe('It is "sealed".');
  });

  it('shows long values by their beginning and length', () => {
    const long = { name: 'c', attrs: {}, children: [element('data', 'A'.repeat(2_000)), element('mac', 'QUJD')] };
    const lines = excerptOf({ name: 'message', attrs: { from: 'bob@example.org/0123456789' }, children: [long] });
    expect(lines.join('\n')).toContain(`<data>${'A'.repeat(24)}… 2,000 characters</data>`);
    expect(lines.join('\n')).not.toContain('A'.repeat(25));
    expect(lines[0]).toContain('bob@example.org/0123…');
  });
});
