/** The guarded link alone: everything it checks of a stream is checked, and what arrives is counted. */
import { readFileSync } from 'node:fs';
import { createClientLink } from '../../../main/protocol/xmpp/client-link.ts';
import { buildPresence } from '../../../main/protocol/xmpp/rfc6121-presence.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import type { Figures } from '../bench-case.ts';
import { serveReader } from './reader-process.ts';
import type { Reader, ReaderSetting } from './reader-process.ts';
import { Stopwatch } from './stopwatch.ts';

const CLOSE_MS = 5_000;

class LinkReader implements Reader {
  readonly #setting: ReaderSetting;
  readonly #watch = new Stopwatch();

  constructor(setting: ReaderSetting) {
    this.#setting = setting;
  }

  async read(count: number): Promise<Figures> {
    const { server, account, password } = this.#setting;
    const last = Promise.withResolvers<Figures>();
    let left = count;
    const link = createClientLink(
      {
        account: parseBareJid(`${account}@${server.domain}`),
        password,
        resource: 'link',
        ca: readFileSync(server.caFile, 'utf8'),
        server: { host: '127.0.0.1', port: server.port, directTls: false },
      },
      {
        stanza: (stanza, handled) => {
          handled();
          if (stanza.name === 'message') left -= 1;
          if (left === 0) last.resolve(this.#watch.stop());
        },
        iq: () => undefined,
        closed: (error) => last.reject(error),
      },
    );
    await link.open({ resume: false });
    this.#watch.start();
    void link.send(buildPresence()).catch(last.reject);
    const figures = await last.promise;
    const retained = this.#watch.retainedHeap() / count;
    await link.close(CLOSE_MS);
    return {
      ...figures,
      'retained heap a message': retained,
      'peak memory': process.resourceUsage().maxRSS / 1024,
    };
  }

  leave(): Promise<Figures> {
    return Promise.resolve({});
  }

  comeBack(): Promise<void> {
    return Promise.resolve();
  }
}

serveReader((setting) => Promise.resolve(new LinkReader(setting)));
