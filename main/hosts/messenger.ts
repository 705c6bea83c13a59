/** The composed messenger as a host sees it, whatever the host is. `compose.ts` builds it. */
import type { Api, EventName, EventPayload } from '../../preload/contract.ts';
import type { Clock, Timers } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { SelfTestReport } from '../crypto/self-test.ts';
import type { LinkFactory, LinkOptions } from '../protocol/xmpp/link.ts';
import type { KeyProtector } from '../stores/seal.ts';
import type { LinkInbox } from './link-inbox.ts';
import type { Settings } from './settings.ts';

/** Hears every event; called synchronously, must not throw. */
export type EventListener = <E extends EventName>(event: E, payload: EventPayload<E>) => void;

export interface Messenger {
  readonly api: Api;

  /** @returns a function that ends the subscription. */
  on(listener: EventListener): () => void;

  /**
   * Publishes the away key as far as that is possible, waits for the server's answer (5 s at most), goes offline
   * (ux.md 3.6). Never throws; does nothing where nobody is signed in. `quit` makes coming back impossible.
   */
  leave(kind: 'quit' | 'leave-now'): Promise<void>;

  /** The desktop is about to sleep. Synchronous: on return everything is durable and handed to the socket (H-25). */
  suspend(): void;

  /** The desktop woke: comes online as from a cold start (L-052), in the background. */
  resume(): void;

  /** Ends what still runs and closes the stores. To be called after `leave`; no command may follow. */
  close(): Promise<void>;
}

/** What a host brings. */
export interface Composition {
  /** The profile, existing and locked by this process. */
  readonly directory: string;
  readonly protector: KeyProtector;
  /** False where nothing protects keys and the user has not chosen a passphrase: no offline keys are made (S-062). */
  readonly mayKeepOfflineKeys: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly createLink: LinkFactory;
  readonly modp: ModpEngine;
  /** The search worker's script: `StoresOptions.searchWorker`. */
  readonly searchWorker: URL;
  readonly linkSettings: Pick<LinkOptions, 'server' | 'ca'>;
  readonly settings: Settings;
  /** What this runtime computes rightly; found out at the start unless given. */
  readonly selfTest?: SelfTestReport;
  /** Where links from outside wait; a host that gets none has none. */
  readonly links?: LinkInbox;
}

/** `composeMessenger` of compose.ts, as a type. @throws StoreError, CryptoError `unfit-runtime` */
export type ComposeMessenger = (composition: Composition) => Promise<Messenger>;
