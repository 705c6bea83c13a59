import type { IqRequest, Link, LinkFactory, LinkHandlers } from '../../protocol/xmpp/link.ts';

/** Holds every link of the host still while the desktop it plays is asleep. */
export interface LinkFreezer {
  freeze(): void;
  /** Goes on with everything that was held, in order. */
  thaw(): void;
  /** Puts the freezer between a factory's links and their users. */
  wrap(factory: LinkFactory): LinkFactory;
}

/**
 * Nothing arrives and nothing new leaves while frozen, and no connection is closed. A stanza that was held has not been
 * handled, so it is not acknowledged to the server either. `sendLast`, `close` and `abandon` pass: they are what the
 * handlers of sleep and of waking call.
 */
export function createLinkFreezer(): LinkFreezer {
  const gate = new Gate();
  return {
    freeze: () => gate.close(),
    thaw: () => gate.open(),
    wrap: (factory) => (options, handlers) => freezable(factory(options, heldHandlers(handlers, gate)), gate),
  };
}

/** Runs at once while open; keeps in order while closed. */
class Gate {
  #isOpen = true;
  #held: (() => void)[] = [];

  pass(run: () => void): void {
    if (this.#isOpen) run();
    else this.#held.push(run);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  passed(): Promise<void> {
    return new Promise((resolve) => this.pass(resolve));
  }

  close(): void {
    this.#isOpen = false;
  }

  open(): void {
    this.#isOpen = true;
    // Each may close the gate again.
    for (let run = this.#held.shift(); run !== undefined; run = this.#held.shift()) this.pass(run);
  }
}

function heldHandlers(handlers: LinkHandlers, gate: Gate): LinkHandlers {
  return {
    stanza: (stanza, handled, isOnlyHere) => gate.pass(() => handlers.stanza(stanza, handled, isOnlyHere)),
    // An answer cannot wait; whoever sleeps knows nothing, and asks for everything again when it wakes.
    iq: (payload, type, from) => (gate.isOpen ? handlers.iq(payload, type, from) : undefined),
    closed: (error) => gate.pass(() => handlers.closed(error)),
  };
}

function freezable(link: Link, gate: Gate): Link {
  // Called at once where the gate is open: what is handed over leaves before a `sendLast` of the next line.
  const through = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await (gate.isOpen ? run() : gate.passed().then(run));
    } finally {
      await gate.passed();
    }
  };
  return {
    open: (how) => through(() => link.open(how)),
    send: (stanza) => through(() => link.send(stanza)),
    request: (request: IqRequest) => through(() => link.request(request)),
    sendLast: (stanzas) => link.sendLast(stanzas),
    close: (timeoutMs) => link.close(timeoutMs),
    holdBack: (isHeld) => link.holdBack(isHeld),
    abandon: () => link.abandon(),
    get isOpen() {
      return link.isOpen;
    },
  };
}
