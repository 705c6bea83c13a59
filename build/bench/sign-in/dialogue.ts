import type { Socket } from 'node:net';

interface Wait {
  readonly fits: RegExp;
  readonly done: (said: string) => void;
}

/** Says something on a socket and waits for words that answer it; reads no further than that. */
export class Dialogue {
  readonly #socket: Socket;
  readonly #waits = new Set<Wait>();
  readonly #broke = Promise.withResolvers<never>();
  #heard = '';
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#broke.promise.catch(() => undefined);
    socket.on('data', this.#read).on('close', this.#lost).on('error', this.#lost);
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  /** @returns what was heard up to and with the words waited for. @throws Error if the connection ends before */
  ask(text: string, fits: RegExp): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#waits.add({ fits, done: resolve });
    this.say(text);
    return Promise.race([promise, this.#broke.promise]);
  }

  /** An iq, and the answer to it, be that an error. */
  question(type: 'get' | 'set', payload: string, to?: string): Promise<string> {
    const id = `q${(this.#lastId += 1)}q`;
    const whom = to === undefined ? '' : ` to='${to}'`;
    return this.ask(`<iq type='${type}' id='${id}'${whom}>${payload}</iq>`, new RegExp(`<iq [^>]*id=.${id}.[^>]*>`));
  }

  /** For a socket that goes on in TLS. */
  stop(): void {
    this.#socket.off('data', this.#read).off('close', this.#lost).off('error', this.#lost);
  }

  readonly #read = (octets: Buffer): void => {
    this.#heard += octets.toString('latin1');
    for (const wait of [...this.#waits]) if (wait.fits.test(this.#heard)) this.#finish(wait);
    if (this.#waits.size === 0) this.#heard = '';
  };

  readonly #lost = (): void => {
    this.#broke.reject(new Error(`the server ended a bare sign-in: ${this.#heard.slice(-300)}`));
  };

  #finish(wait: Wait): void {
    this.#waits.delete(wait);
    wait.done(this.#heard);
  }
}
