/** A scripted server's login by SCRAM: right unless a test changes what it says. */
import { TLSSocket } from 'node:tls';
import { ScramServer } from './scram-server.ts';
import { honestWith } from './scripted-server.ts';
import type { Script, ScriptedConnection } from './scripted-server.ts';

export interface ScramPlay {
  /** What is offered. Default SCRAM-SHA-256 alone. */
  readonly mechanisms?: readonly string[];
  /** Kinds of channel binding listed (XEP-0440). */
  readonly bindings?: readonly string[];
  readonly password?: string;
  readonly iterations?: number;
  /** In place of the first challenge, in clear. */
  readonly challenge?: (right: string) => string;
  /** In place of the success, given what would be right in it; undefined for the right one. */
  readonly success?: (signature: string) => string | undefined;
}

export interface ScramScript {
  readonly script: Script;
  /** What the client said first, and whether its channel binding was that of this connection. */
  readonly heard: { mechanism?: string; header?: string; isBound?: boolean };
}

const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";
const HASHES: Readonly<Record<string, string>> = {
  'SCRAM-SHA-1': 'sha1',
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-512': 'sha512',
};

export function scramLogin(play: ScramPlay = {}): ScramScript {
  const { mechanisms = ['SCRAM-SHA-256'], bindings, password = 'secret' } = play;
  const heard: ScramScript['heard'] = {};
  let scram: ScramServer | undefined;
  const login = (said: string, connection: ScriptedConnection): string | undefined => {
    const [, mechanism, first] = /<auth [^>]*mechanism="([^"]+)"[^>]*>([^<]*)<\/auth>/.exec(said) ?? [];
    if (mechanism !== undefined && first !== undefined) {
      scram = new ScramServer(HASHES[mechanism.replace('-PLUS', '')] ?? '', password, play.iterations);
      const clientFirst = decode(first);
      Object.assign(heard, { mechanism, header: ScramServer.headerOf(clientFirst) });
      return `<challenge ${SASL}>${encode((play.challenge ?? same)(scram.first(clientFirst)))}</challenge>`;
    }
    const [, last] = /<response [^>]*>([^<]*)<\/response>/.exec(said) ?? [];
    if (last === undefined || scram === undefined) return undefined;
    const { knows, binding, message } = scram.final(decode(last));
    heard.isBound = isBoundTo(connection, heard.header ?? '', binding);
    if (!knows) return `<failure ${SASL}><not-authorized/></failure>`;
    return play.success?.(message) ?? `<success ${SASL}>${encode(message)}</success>`;
  };
  return { script: honestWith(offerOf(mechanisms, bindings), login), heard };
}

/** `<success/>` with this in it. */
export function success(text: string): string {
  return `<success ${SASL}>${encode(text)}</success>`;
}

function offerOf(mechanisms: readonly string[], bindings: readonly string[] | undefined): string {
  const list = mechanisms.map((name) => `<mechanism>${name}</mechanism>`).join('');
  const kinds = bindings?.map((type) => `<channel-binding type='${type}'/>`).join('');
  const binding =
    kinds === undefined ? '' : `<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>${kinds}</sasl-channel-binding>`;
  return `<mechanisms ${SASL}>${list}</mechanisms>${binding}`;
}

/** RFC 9266, from the other end of the same connection. */
function isBoundTo({ socket }: ScriptedConnection, header: string, binding: Buffer): boolean {
  if (!(socket instanceof TLSSocket)) return false;
  const exported = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  return binding.equals(Buffer.concat([Buffer.from(header), exported]));
}

function same(text: string): string {
  return text;
}

function encode(text: string): string {
  return text === '' ? '' : Buffer.from(text).toString('base64');
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
