/**
 * Being there and being away: signing in, coming online (profile 6.2), losing the stream, leaving. The one conductor
 * of both sequences; every collaborator is called and returns.
 */
import { SECOND_MS, type Clock, type Timers } from '../base/time.ts';
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
import type { StoredAccount } from '../stores/accounts.ts';
import type { Stores } from '../stores/stores.ts';
import { resourceOf } from '../wire/jid.ts';
import { accountToSignIn, readAddress } from './account-record.ts';
import { CommandError, certificateFaultOf, toCommandError, type CommandErrorCode } from './command-error.ts';
import type { ComingOnline } from './coming-online.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { GoingOffline } from './going-offline.ts';
import { afterLogin, leastMechanism } from './login-strength.ts';
import type { LinkTraffic } from './link-traffic.ts';
import { Reconnecting } from './reconnecting.ts';

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

export class Availability {
  readonly #parts: AvailabilityParts;
  readonly #reconnecting: Reconnecting;
  #state: AccountState = { kind: 'signedOut' };
  #link: Link | undefined;
  /** Kept for this run, so that coming back needs nobody. */
  #password: string | undefined;
  #hasLeft = true;
  /** The last stream went on from one before it. */
  #isResumed = false;
  /** Grows with each decision to be there or not: what an older one still waits for is dropped. */
  #epoch = 0;

  constructor(parts: AvailabilityParts) {
    this.#parts = parts;
    this.#reconnecting = new Reconnecting(parts);
  }

  /** Left or signed out on purpose: nothing is tried again by itself. */
  get hasLeft(): boolean {
    return this.#hasLeft;
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
    const { stores, random } = this.#parts;
    const stored = stores.account.get();
    const password = wanted.password ?? stored?.password;
    if (password === undefined) throw new CommandError('wrong-password', 'Enter the password.');
    const account = accountToSignIn(stores.account, random, address, wanted);
    this.#password = password;
    try {
      await this.#connect(account, { resume: false }, true, wanted.password !== undefined);
    } catch (error) {
      const failure = toCommandError(error);
      this.#password = undefined;
      this.#reconnecting.cancel(); // a stream that broke on the way would be tried again
      this.#disconnected();
      // A profile belongs to the account that once signed in, not to one that was mistyped.
      if (stored === undefined) stores.eraseAccount();
      this.#set({ kind: 'signedOut', ...obstacleOf(failure) });
      throw failure;
    }
    const { password: _former, ...rest } = this.account();
    const remember = wanted.remember ?? rest.remember;
    stores.account.put({ ...rest, remember, ...(remember ? { password } : {}) });
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
    this.#reconnecting.beginAnew();
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
    this.#reconnecting.cancel();
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
    this.#reconnecting.cancel();
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
    this.#isResumed = opened.resumed;
    const loggedIn = afterLogin(this.account(), opened.mechanism);
    if (loggedIn !== undefined) this.#parts.stores.account.put(loggedIn);
    if (opened.resumed && this.#parts.comingOnline.wasAnnounced(link)) this.#parts.comingOnline.goOn(link);
    else await this.#comeOnline(account, link, opened);
    if (epoch !== this.#epoch) throw givenUp();
    this.#reconnecting.online();
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
    this.#reconnecting.cancel();
    this.#parts.comingOnline.paused();
    if (error.code !== 'replaced') return this.#retryLater(error);
    this.#disconnected();
    this.#set({ kind: 'offline', reason: 'server-refused' });
    const text = 'This account was opened on another computer.';
    this.#parts.announcer.announce('alertRaised', { code: 'signed-in-elsewhere', text });
  }

  #retryLater(error: unknown): void {
    // Where a stream was cut within a stanza, Prosody 0.12 cannot read the one that takes it up: it is deaf to it, or ends
    // it (measured; decision 0018). So what was taken up and gave no answer is not taken up again.
    const resume = !this.#isResumed || this.#parts.comingOnline.isAnswered;
    const retryAt = this.#reconnecting.later(() => {
      this.#connect(this.account(), { resume }, false).catch((failure: unknown) => {
        this.#failed(failure);
      });
    });
    this.#set({ kind: 'offline', ...obstacleOf(toCommandError(error)), retryAt });
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

  #set(state: AccountState): void {
    this.#state = state;
    this.#parts.announcer.announce('accountChanged', undefined);
    this.#parts.announcer.announce('leavingChanged', undefined);
  }
}

function obstacleOf(error: CommandError): Obstacle {
  const certificate = certificateFaultOf(error);
  return { reason: error.code, ...(certificate !== undefined && { certificate }) };
}

/** Somebody left, or the system went to sleep, while the connection was being made. */
function givenUp(): CommandError {
  return new CommandError('not-signed-in', 'The attempt was given up.');
}
