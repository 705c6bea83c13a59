/**
 * Being there and being away: signing in, coming online (profile 6.2), losing the stream, leaving. The one conductor
 * of both sequences; every collaborator is called and returns.
 */
import { toHex } from '../base/bytes.ts';
import { MINUTE_MS, SECOND_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import {
  LinkError,
  type CertificateFault,
  type Link,
  type LinkFactory,
  type LinkOptions,
  type Opened,
  type OpeningPhase,
} from '../protocol/xmpp/link.ts';
import type { OfflinePolicy, StoredAccount } from '../stores/accounts.ts';
import type { Stores } from '../stores/stores.ts';
import { parseBareJid, resourceOf, type BareJid } from '../wire/jid.ts';
import { WireError } from '../wire/wire-error.ts';
import { reconnectDelayMs } from './backoff.ts';
import { CommandError, certificateFaultOf, toCommandError, type CommandErrorCode } from './command-error.ts';
import type { ComingOnline } from './coming-online.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { GoingOffline } from './going-offline.ts';
import { afterLogin, leastMechanism } from './login-strength.ts';
import type { LinkTraffic } from './link-traffic.ts';

export interface AvailabilityParts {
  readonly stores: Stores;
  readonly createLink: LinkFactory;
  readonly linkSettings: Pick<LinkOptions, 'server' | 'ca'>;
  readonly traffic: LinkTraffic;
  readonly comingOnline: ComingOnline;
  readonly goingOffline: GoingOffline;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly announcer: Announcer<ServiceEvents>;
}

/** What `account.signIn` takes. */
export interface SignInWish {
  readonly address: string;
  readonly password?: string;
  readonly remember?: boolean;
  /** Where to connect; the certificate must name the address's domain all the same. */
  readonly place?: NonNullable<LinkOptions['server']>;
}

export type AccountState =
  | ({ readonly kind: 'signedOut' } & Obstacle)
  | { readonly kind: 'connecting'; readonly phase?: OpeningPhase | 'reading' }
  | { readonly kind: 'online' }
  | ({ readonly kind: 'offline'; readonly retryAt?: Date } & Obstacle);

/** Why there is no connection. */
interface Obstacle {
  readonly reason?: CommandErrorCode;
  /** With the reason `certificate`. */
  readonly certificate?: CertificateFault;
}

/** A stream that lasted so long was a good one. */
const STABLE_MS = MINUTE_MS;
const DEFAULT_POLICY: OfflinePolicy = { awayKeyDays: 3, backupKeyDays: 7, whoMayWrite: 'contacts' };

export class Availability {
  readonly #parts: AvailabilityParts;
  #state: AccountState = { kind: 'signedOut' };
  #link: Link | undefined;
  /** Kept for this run, so that coming back needs nobody. */
  #password: string | undefined;
  #hasLeft = true;
  #failures = 0;
  #onlineSince: number | undefined;
  #cancelRetry: Cancel = () => undefined;
  /** Grows with each decision to be there or not: what an older one still waits for is dropped. */
  #epoch = 0;

  constructor(parts: AvailabilityParts) {
    this.#parts = parts;
  }

  /** Left or signed out on purpose: nothing is tried again by itself. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** What applies before anyone has chosen. */
  get defaultPolicy(): OfflinePolicy {
    return DEFAULT_POLICY;
  }

  get state(): AccountState {
    return this.#state;
  }

  get link(): Link | undefined {
    return this.#link;
  }

  /** @throws CommandError `not-signed-in` before the first sign-in of the profile. */
  account(): StoredAccount {
    const account = this.#parts.stores.account.get();
    if (account === undefined) throw new CommandError('not-signed-in', 'Sign in first.');
    return account;
  }

  /**
   * Signs in and comes online; resolves when the presence set is withdrawn and read back, or given up for now.
   *
   * @throws CommandError
   */
  async signIn(wanted: SignInWish): Promise<void> {
    if (this.#state.kind !== 'signedOut') throw new CommandError('already-signed-in', 'You are signed in already.');
    const address = readAddress(wanted.address);
    const stored = this.#parts.stores.account.get();
    const password = wanted.password ?? stored?.password;
    if (password === undefined) throw new CommandError('wrong-password', 'Enter the password.');
    const account = this.#placed(this.#accountFor(address), wanted);
    this.#password = password;
    try {
      await this.#connect(account, { resume: false }, true, wanted.password !== undefined);
    } catch (error) {
      const failure = toCommandError(error);
      this.#password = undefined;
      this.#link = undefined;
      // A profile belongs to the account that once signed in, not to one that was mistyped.
      if (stored === undefined) this.#parts.stores.eraseAccount();
      this.#set({ kind: 'signedOut', ...obstacleOf(failure) });
      throw failure;
    }
    const { password: _former, ...rest } = this.account();
    const remember = wanted.remember ?? rest.remember;
    this.#parts.stores.account.put({ ...rest, remember, ...(remember ? { password } : {}) });
  }

  /**
   * Connects again with the password of this run. Where it is connected and the presence set could not be withdrawn,
   * that is tried at once (E13).
   *
   * @throws CommandError
   */
  async comeBack(): Promise<void> {
    if (this.#state.kind === 'online') return this.#parts.comingOnline.withdrawNow(this.#link);
    if (this.#state.kind === 'connecting') return;
    if (this.#password === undefined) throw new CommandError('not-signed-in', 'Sign in first.');
    this.#cancelRetry();
    this.#failures = 0;
    try {
      await this.#connect(this.account(), { resume: false }, false);
    } catch (error) {
      this.#failed(error);
      throw toCommandError(error);
    }
  }

  /** Publishes the away key, waits for the answer, disconnects (ux.md 3.6). Never throws. */
  async leave(): Promise<void> {
    this.#epoch += 1;
    this.#hasLeft = true;
    this.#cancelTimers();
    const link = this.#link;
    if (link !== undefined && this.#state.kind === 'online') await this.#parts.goingOffline.leave(link);
    else await link?.close(SECOND_MS);
    this.#disconnected();
    this.#set(this.#password === undefined ? { kind: 'signedOut' } : { kind: 'offline' });
  }

  /** As `leave`, and the password of this run is forgotten. */
  async signOut(): Promise<void> {
    await this.leave();
    this.#password = undefined;
    this.#set({ kind: 'signedOut' });
  }

  /** The desktop sleeps: one durable mark and one write, nothing is awaited (H-25). */
  suspend(): void {
    this.#epoch += 1;
    this.#hasLeft = true;
    this.#cancelTimers();
    const link = this.#link;
    if (link !== undefined && this.#state.kind === 'online') this.#parts.goingOffline.leaveAtOnce(link);
    else link?.abandon();
    this.#disconnected();
    if (this.#password !== undefined) this.#set({ kind: 'offline', reason: 'suspended' });
  }

  /** The desktop woke: everything as from a cold start (L-052). */
  async resume(): Promise<void> {
    await this.#parts.comingOnline.openKeys();
    if (this.#password === undefined) return;
    await this.comeBack().catch(() => undefined);
  }

  /** Forgets the stream after the store refused what arrived: the server still has it. */
  cutOff(reason: CommandErrorCode): void {
    this.#link?.abandon();
    this.#lost(new LinkError('server-unreachable', reason));
  }

  async #connect(account: StoredAccount, how: { resume: boolean }, isFirst: boolean, isTyped = false): Promise<void> {
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#hasLeft = false;
    this.#set({ kind: 'connecting' });
    const link = how.resume && this.#link !== undefined ? this.#link : this.#newLink(account, isTyped);
    this.#link = link;
    const opened = await link.open(how);
    if (epoch === this.#epoch) this.#set({ kind: 'connecting', phase: 'reading' });
    if (epoch !== this.#epoch) {
      await link.close(SECOND_MS);
      throw givenUp();
    }
    const loggedIn = afterLogin(this.account(), opened.mechanism);
    if (loggedIn !== undefined) this.#parts.stores.account.put(loggedIn);
    if (opened.resumed && this.#parts.comingOnline.wasAnnounced(link)) this.#parts.comingOnline.goOn(link);
    else await this.#comeOnline(account, link, opened);
    if (epoch !== this.#epoch) throw givenUp();
    this.#onlineSince = this.#parts.clock.elapsedMs();
    this.#set({ kind: 'online' });
    void this.#parts.comingOnline.settleIn(link, isFirst);
  }

  async #comeOnline(account: StoredAccount, link: Link, opened: Opened): Promise<void> {
    // If the server binds another resource, that one counts from now on (6.2 step 1).
    const resource = resourceOf(opened.jid) ?? account.resource;
    if (resource !== account.resource) this.#parts.stores.account.put({ ...this.account(), resource });
    try {
      await this.#parts.comingOnline.run(link, account.address, resource);
    } catch (error) {
      // A step got no answer, perhaps on a stream that is still up: while it is, no other can be opened.
      link.abandon();
      throw error;
    }
  }

  #newLink(account: StoredAccount, isTyped: boolean): Link {
    const { createLink, linkSettings, traffic } = this.#parts;
    const least = leastMechanism(account, isTyped);
    const link: Link = createLink(
      {
        ...(account.place !== undefined && { server: account.place }),
        ...linkSettings,
        onPhase: (phase) => {
          if (link === this.#link && this.#state.kind === 'connecting') this.#set({ kind: 'connecting', phase });
        },
        account: account.address,
        password: this.#password ?? '',
        resource: account.resource,
        ...(least !== undefined && { leastMechanism: least }),
      },
      {
        stanza: (stanza, handled, isOnlyHere) => {
          traffic.stanza(stanza, handled, isOnlyHere);
        },
        iq: (payload, type, from) => traffic.iq(payload, type, from),
        ignoredAnswer: () => {
          traffic.ignoredAnswer();
        },
        closed: (error) => {
          if (link === this.#link) this.#lost(error);
        },
      },
    );
    return link;
  }

  /** The stream broke: presences and sessions are kept until it is known whether it goes on (XEP-0198). */
  #lost(error: LinkError): void {
    if (this.#state.kind === 'signedOut') return;
    this.#epoch += 1;
    this.#cancelTimers();
    this.#parts.comingOnline.paused();
    if (error.code !== 'replaced') return this.#retryLater(error);
    this.#disconnected();
    this.#set({ kind: 'offline', reason: 'server-refused' });
    const text = 'This account was opened on another computer.';
    this.#parts.announcer.announce('alertRaised', { code: 'signed-in-elsewhere', text });
  }

  /** A server that lets us in and closes at once is no better than one that does not let us in (S-107). */
  #forgiveFailures(): void {
    const since = this.#onlineSince;
    this.#onlineSince = undefined;
    if (since !== undefined && this.#parts.clock.elapsedMs() - since >= STABLE_MS) this.#failures = 0;
  }

  #retryLater(error: unknown): void {
    this.#forgiveFailures();
    const delayMs = reconnectDelayMs(this.#failures, this.#parts.random);
    this.#failures += 1;
    const retryAt = new Date(this.#parts.clock.now().getTime() + delayMs);
    this.#set({ kind: 'offline', ...obstacleOf(toCommandError(error)), retryAt });
    this.#cancelRetry = this.#parts.timers.after(delayMs, () => {
      this.#connect(this.account(), { resume: true }, false).catch((failure: unknown) => {
        this.#failed(failure);
      });
    });
  }

  /** An attempt failed: another one follows, unless somebody left meanwhile or the password is not good any more. */
  #failed(error: unknown): void {
    if (this.#state.kind !== 'connecting') return;
    const { code } = toCommandError(error);
    if (code === 'wrong-password') this.#set({ kind: 'offline', reason: code });
    else this.#retryLater(error);
  }

  #disconnected(): void {
    this.#link = undefined;
    this.#parts.comingOnline.ended();
  }

  #cancelTimers(): void {
    this.#cancelRetry();
  }

  #set(state: AccountState): void {
    this.#state = state;
    this.#parts.announcer.announce('accountChanged', undefined);
    this.#parts.announcer.announce('leavingChanged', undefined);
  }

  /** Who types a password decides about the place anew; without one, what was kept holds. */
  #placed({ place, ...account }: StoredAccount, wanted: SignInWish): StoredAccount {
    const next = wanted.place ?? (wanted.password === undefined ? place : undefined);
    const placed = { ...account, ...(next !== undefined && { place: next }) };
    this.#parts.stores.account.put(placed);
    return placed;
  }

  #accountFor(address: BareJid): StoredAccount {
    const stored = this.#parts.stores.account.get();
    if (stored !== undefined && stored.address !== address) {
      throw new CommandError('bad-address', `This profile belongs to ${stored.address}.`);
    }
    if (stored !== undefined) return stored;
    const account: StoredAccount = {
      address,
      resource: toHex(this.#parts.random.bytes(8)),
      deviceId: toHex(this.#parts.random.bytes(16)),
      remember: false,
      policy: DEFAULT_POLICY,
      olderEncryption: false,
    };
    this.#parts.stores.account.put(account);
    return account;
  }
}

function obstacleOf(error: CommandError): Obstacle {
  const certificate = certificateFaultOf(error);
  return { reason: error.code, ...(certificate !== undefined && { certificate }) };
}

function readAddress(text: string): BareJid {
  try {
    return parseBareJid(text);
  } catch (error) {
    if (error instanceof WireError) throw new CommandError('bad-address', 'An address looks like name@example.org.');
    throw error;
  }
}

/** Somebody left, or the system went to sleep, while the connection was being made. */
function givenUp(): CommandError {
  return new CommandError('not-signed-in', 'The attempt was given up.');
}
