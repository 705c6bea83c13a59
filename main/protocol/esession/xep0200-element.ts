/** The element `<c/>` (XEP-0200 §5 and §6, profile 5): read strictly, since what a MAC covers is rebuilt from it. */
import { fromBase64, utf8 } from '../../base/bytes.ts';
import { MAC_LENGTHS } from '../../crypto/hash.ts';
import { minimalOctets } from '../../crypto/mpi.ts';
import { isElement, textOf } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { ESessionError } from './errors.ts';

/** A `<c/>` taken apart; nothing in it is verified yet. */
export interface EncryptedStanza {
  /** m_final; undefined if there was no `<data/>`. */
  readonly data?: Uint8Array;
  readonly mac: Uint8Array;
  /** m_content: what the MAC covers besides the counter. */
  readonly content: Uint8Array;
  readonly hasKey: boolean;
  /** The public value of a re-key, minimal octets. */
  readonly key?: Uint8Array;
  /** The number in `<new/>`. */
  readonly newKeys?: number;
}

/**
 * Reads `<c/>`. Content of `<old/>` is ignored.
 *
 * @throws ESessionError `bad-c` if anything in it is foreign, doubled, nested, no Base64 or past a limit.
 */
export function parseEncrypted(c: Element): EncryptedStanza {
  if (c.name !== 'c' || c.ns !== NS.encrypted) throw badC('no <c/>');
  const parts = c.children.filter((node) => isElement(node) || /[^ \t\r\n]/.test(node)).map(partOf);
  for (const [index, { name }] of parts.entries()) {
    if (name !== 'old' && parts.findIndex((part) => part.name === name) !== index) throw badC(`a second ${name}`);
  }
  const mac = octetsOf(parts, 'mac');
  if (mac === undefined || !MAC_LENGTHS.has(mac.length)) throw badC('no MAC');
  const data = octetsOf(parts, 'data');
  if (data !== undefined && data.length > MAX_DATA_OCTETS) throw badC('too much data');
  const key = octetsOf(parts, 'key');
  const newKeys = numberOf(parts);
  return {
    mac,
    content: contentOf(parts),
    hasKey: key !== undefined,
    ...(data === undefined ? {} : { data }),
    ...(key === undefined ? {} : { key: integerOf(key) }),
    ...(newKeys === undefined ? {} : { newKeys }),
  };
}

/** `<c/>` or a part of it. Base64 and numbers need no check for characters that XML cannot carry. */
export function encryptedElement(name: string, ...children: readonly (Element | string)[]): Element {
  return { name, ns: NS.encrypted, attrs: {}, children };
}

interface Part {
  readonly name: string;
  /** Without any white space. */
  readonly text: string;
}

const MAX_DATA_OCTETS = 128 * 1024;
const PARTS: ReadonlySet<string> = new Set(['data', 'key', 'new', 'old', 'mac']);

function partOf(node: Element | string): Part {
  if (typeof node === 'string') throw badC('text between the parts');
  if (node.ns !== NS.encrypted || !PARTS.has(node.name)) throw badC('a foreign element');
  if (Object.keys(node.attrs).length > 0 || node.children.some(isElement)) throw badC('a part that is no plain text');
  return { name: node.name, text: textOf(node).replace(/[ \t\r\n]+/g, '') };
}

function contentOf(parts: readonly Part[]): Uint8Array {
  let content = '';
  for (const { name, text } of parts) if (name !== 'mac') content += `<${name}>${text}</${name}>`;
  return utf8(content);
}

function octetsOf(parts: readonly Part[], name: string): Uint8Array | undefined {
  const part = parts.find((candidate) => candidate.name === name);
  if (part === undefined) return undefined;
  const octets = fromBase64(part.text);
  if (octets === undefined) throw badC(`a ${name} that is no Base64`);
  return octets;
}

function integerOf(octets: Uint8Array): Uint8Array {
  if (octets.length === 0) throw badC('an empty integer');
  return minimalOctets(octets);
}

function numberOf(parts: readonly Part[]): number | undefined {
  const text = parts.find(({ name }) => name === 'new')?.text;
  if (text === undefined) return undefined;
  if (!/^(?:0|[1-9]\d{0,8})$/.test(text)) throw badC('a number that is none');
  return Number(text);
}

function badC(what: string): ESessionError {
  return new ESessionError('bad-c', `<c/> holds ${what}`);
}
