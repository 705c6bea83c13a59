/** The bare library: parses what waits and counts it. Nothing is opened, kept or told. */
import { readFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setDefaultCACertificates } from 'node:tls';
import { client, xml } from '@xmpp/client';
import type { Figures } from '../bench-case.ts';
import { serveReader } from './reader-process.ts';
import type { Reader, ReaderSetting } from './reader-process.ts';
import { Stopwatch } from './stopwatch.ts';

/** What the remedy below touches of the library, which its types do not show. */
interface Innards {
  parser: { write(text: string): void } | null;
  socket: { setNoDelay?(on: boolean): void; socket?: { setNoDelay?(on: boolean): void } };
  streamManagement: object;
  reconnect: { stop(): void };
  _onData(octets: Buffer | string): void;
  prependListener(event: 'element', listener: (el: { name: string }) => void): void;
  on(event: string, listener: (el: { is(name: string, ns: string): boolean }) => void): void;
}

class BareReader implements Reader {
  readonly #setting: ReaderSetting;
  readonly #watch = new Stopwatch();

  constructor(setting: ReaderSetting) {
    this.#setting = setting;
    setDefaultCACertificates([readFileSync(setting.server.caFile, 'utf8')]);
  }

  async read(count: number): Promise<Figures> {
    const { server, account, password } = this.#setting;
    const service = `xmpp://127.0.0.1:${server.port}`;
    const bare = client({ service, domain: server.domain, username: account, password, resource: 'bare' });
    harden(bare as unknown as Innards);
    bare.on('error', () => undefined);
    const last = Promise.withResolvers<Figures>();
    let left = count;
    bare.on('stanza', (stanza) => {
      if (!stanza.is('message')) return;
      left -= 1;
      if (left === 0) last.resolve(this.#watch.stop());
    });
    const enabled = new Promise<void>((resolve) => {
      bare.on('nonza', (el) => {
        if (el.is('enabled', 'urn:xmpp:sm:3')) resolve();
      });
    });
    await bare.start();
    await enabled;
    this.#watch.start();
    await bare.send(xml('presence'));
    const figures = await last.promise;
    await bare.stop();
    return { ...figures, 'peak memory': process.resourceUsage().maxRSS / 1024 };
  }

  leave(): Promise<Figures> {
    return Promise.resolve({});
  }

  comeBack(): Promise<void> {
    return Promise.resolve();
  }
}

/** What the library needs so that a backlog neither loses characters nor comes again: the remedy known for it. */
function harden(bare: Innards): void {
  bare.reconnect.stop();
  let decoder = new StringDecoder('utf8');
  bare.on('connecting', () => (decoder = new StringDecoder('utf8')));
  bare._onData = function (data) {
    this.parser?.write(typeof data === 'string' ? data : decoder.write(data));
  };
  bare.on('connect', () => {
    const { socket } = bare;
    (socket.setNoDelay === undefined ? socket.socket : socket)?.setNoDelay?.(true);
  });
  let handled = 0;
  bare.on('nonza', (el) => {
    if (el.is('enabled', 'urn:xmpp:sm:3')) handled = 0;
  });
  bare.prependListener('element', ({ name }) => {
    if (['message', 'presence', 'iq'].includes(name)) handled += 1;
  });
  Object.defineProperty(bare.streamManagement, 'inbound', { get: () => handled, set: () => undefined });
}

serveReader((setting) => Promise.resolve(new BareReader(setting)));
