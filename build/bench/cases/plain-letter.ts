/** A letter sealed and opened with the platform's primitives and a plain XML library: what nobody can do without. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { xml } from '@xmpp/client';
import type { Element } from '../../../main/wire/element.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { plainTextOf, readPlainXml } from './plain-xml.ts';

const COUNTER = Buffer.alloc(16, 1);

/** The keys of one direction. */
export interface Keys {
  readonly cipherKey: Uint8Array;
  readonly macKey: Uint8Array;
  /** The same two as the platform takes them fastest. */
  readonly cipherObject: KeyObject;
  readonly macObject: KeyObject;
}

export function drawKeys(): Keys {
  const [cipherKey, macKey] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(32))];
  return { cipherKey, macKey, cipherObject: createSecretKey(cipherKey), macObject: createSecretKey(macKey) };
}

/** The library's element for one of ours. */
export function libraryElement({ name, ns, attrs, children }: Element, outerNs: string): ReturnType<typeof xml> {
  const own = ns === outerNs ? attrs : { xmlns: ns, ...attrs };
  return xml(name, own, ...children.map((node) => (typeof node === 'string' ? node : libraryElement(node, ns))));
}

/** AES-CTR, HMAC and Base64 of a text that is padded already. @returns `<c/>` as XML */
export function encryptPlainly({ cipherObject, macObject }: Keys, text: string): string {
  const data = createCipheriv('aes-256-ctr', cipherObject, COUNTER).update(text, 'utf8', 'base64');
  const mac = createHmac('sha256', macObject).update(`<data>${data}</data>`).update(COUNTER).digest('base64');
  return `<c xmlns="${NS.encrypted}"><data>${data}</data><mac>${mac}</mac></c>`;
}

/** The way back, the XML inside included. @returns how many elements there were inside */
export function decryptPlainly({ cipherObject, macObject }: Keys, wire: string): number {
  const c = readPlainXml(wire);
  const data = plainTextOf(c, 'data');
  const mac = createHmac('sha256', macObject).update(`<data>${data}</data>`).update(COUNTER).digest();
  if (!timingSafeEqual(mac, Buffer.from(plainTextOf(c, 'mac'), 'base64'))) throw new Error('mismatch');
  const decipher = createDecipheriv('aes-256-ctr', cipherObject, COUNTER);
  const text = decipher.update(Buffer.from(data, 'base64')).toString('utf8');
  return readPlainXml(`<message xmlns="${NS.client}">${text}</message>`).children.length;
}
