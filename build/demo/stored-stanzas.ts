/** What lies in the server's files for someone who is away, read from the files themselves and shown shortened. */
import type { TestServer } from '../../test/support/servers/test-server.ts';
import { readEjabberdMessages } from './stored-ejabberd.ts';
import type { StoredElement } from './stored-element.ts';
import { readProsodyMessages } from './stored-prosody.ts';

/** @returns the messages that wait for the account, in the order of the file. */
export async function readStoredMessages(server: TestServer, user: string): Promise<readonly StoredElement[]> {
  const files = await server.storedFiles();
  return server.kind === 'prosody' ? readProsodyMessages(files, user) : readEjabberdMessages(files, user);
}

/** Octets of an element's `<c/>`; undefined if it has none or a part is missing: then it is not sealed. */
export function sealedOctets(message: StoredElement): number | undefined {
  const c = childOf(message, 'c');
  const [data, mac] = [textOf(childOf(c, 'data')), textOf(childOf(c, 'mac'))];
  return data === '' || mac === '' ? undefined : Buffer.from(data, 'base64').length;
}

export function hasInit(message: StoredElement): boolean {
  return childOf(message, 'init') !== undefined;
}

/** The text for clients that do not know the protocol; empty if there is none. */
export function bodyOf(message: StoredElement): string {
  return textOf(childOf(message, 'body'));
}

/** The stanza in a few lines: names as they are, long values as their beginning and length. */
export function excerptOf(message: StoredElement): readonly string[] {
  const { from = '', to = '' } = message.attrs;
  const init = childOf(message, 'init');
  const c = childOf(message, 'c');
  const body = bodyOf(message);
  return [
    `<message from="${shortJid(from)}" to="${shortJid(to)}">`,
    ...(init === undefined ? [] : [`  <init>${lengthIn(init)}: public values, a sealed and signed identity</init>`]),
    `  <c><data>${shortened(textOf(childOf(c, 'data')))}</data>`,
    `     <mac>${shortened(textOf(childOf(c, 'mac')))}</mac></c>`,
    ...(body === '' ? [] : [`  <body>${body}</body>`]),
    '</message>',
  ];
}

function childOf(parent: StoredElement | undefined, name: string): StoredElement | undefined {
  return parent?.children.find((child): child is StoredElement => typeof child !== 'string' && child.name === name);
}

function textOf(element: StoredElement | undefined): string {
  return element?.children.filter((child) => typeof child === 'string').join('') ?? '';
}

function lengthIn(element: StoredElement): string {
  return `${allText(element).length.toLocaleString('en-GB')} characters in all`;
}

function allText(element: StoredElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : allText(child))).join('');
}

function shortened(text: string): string {
  const shown = 24;
  return text.length <= shown ? text : `${text.slice(0, shown)}… ${text.length.toLocaleString('en-GB')} characters`;
}

function shortJid(jid: string): string {
  const [bare = '', resource] = jid.split('/');
  return resource === undefined ? bare : `${bare}/${resource.slice(0, 4)}…`;
}
