import type { Account, CommandErrorCode, OwnKey, Place } from '../../preload/contract.ts';
import { bridge, CommandFailure, type Bridge } from '../lib/api.ts';

/** What the sign-in page hands over. Without a password the remembered one is used. */
export interface SignInRequest {
  readonly address: string;
  readonly password?: string;
  readonly remember?: boolean;
  readonly place?: Place;
}

/** Who is signed in, and which page that makes the window show. */
export class AccountState {
  current = $state.raw<Account>({ state: 'signedOut' });
  isLoaded = $state(false);
  isSigningIn = $state(false);
  /** The browser host has stopped; nothing will be answered any more. */
  isHostGone = $state(false);
  /** Why the last sign-in failed. */
  failure = $state.raw<CommandErrorCode>();
  readonly #bridge: Bridge;
  #attempt = 0;

  readonly address = $derived(this.current.address ?? '');
  readonly isOnline = $derived(this.current.state === 'online');
  readonly page = $derived.by(() => {
    if (!this.isLoaded) return 'starting' as const;
    return this.isSigningIn || this.current.state === 'signedOut' ? ('signIn' as const) : ('main' as const);
  });

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  /**
   * Follows the account from now on; a remembered one is signed in without asking.
   *
   * @param others - what else has been asked for and the first page needs.
   */
  async start(others?: Promise<unknown>): Promise<void> {
    this.#bridge.on('account.changed', (account) => (this.current = account));
    const asked = this.#bridge.call('account.state', {}).then((account) => (this.current = account));
    await Promise.all([asked, others]);
    this.isLoaded = true;
    if (this.current.state === 'signedOut' && this.current.address !== undefined) await this.#signInAgain();
  }

  /** @returns whether the account is signed in now; `failure` says why not. */
  async signIn(request: SignInRequest): Promise<boolean> {
    const attempt = ++this.#attempt;
    this.isSigningIn = true;
    this.failure = undefined;
    try {
      this.current = await this.#bridge.call('account.signIn', request);
      return true;
    } catch (failure) {
      // A sign-in that was cancelled fails too, and needs no error under a field.
      if (attempt === this.#attempt) this.failure = failure instanceof CommandFailure ? failure.code : 'internal';
      return false;
    } finally {
      if (attempt === this.#attempt) this.isSigningIn = false;
    }
  }

  /** Gives up a sign-in under way; what was typed stays in the page. */
  async cancelSignIn(): Promise<void> {
    this.#attempt += 1;
    this.isSigningIn = false;
    await this.signOut().catch(() => undefined);
  }

  async signOut(): Promise<void> {
    await this.#bridge.call('account.signOut', {});
    this.current = await this.#bridge.call('account.state', {});
  }

  async ownKey(): Promise<OwnKey> {
    return this.#bridge.call('keys.own', {});
  }

  /** Another key from now on: everyone who compared the old one has to compare again. */
  async replaceKey(): Promise<OwnKey> {
    return this.#bridge.call('keys.replace', {});
  }

  /** The key under a passphrase, for another computer of the same person. */
  async exportKey(passphrase: string): Promise<string> {
    return (await this.#bridge.call('keys.export', { passphrase })).text;
  }

  /** Another computer's key takes the place of the one here. */
  async importKey(text: string, passphrase: string): Promise<OwnKey> {
    return this.#bridge.call('keys.import', { text, passphrase });
  }

  /** What this program says about itself, for asking somebody for help; no secret is in it (M18). */
  async diagnostics(): Promise<string> {
    return (await this.#bridge.call('diagnostics.report', {})).text;
  }

  /** No remembered password is no error at the start: the page simply asks for it. */
  async #signInAgain(): Promise<void> {
    const isSignedIn = await this.signIn({ address: this.address });
    const isOnlyUnknown = this.failure === 'wrong-password' || this.failure === 'invalid-params';
    if (!isSignedIn && isOnlyUnknown) this.failure = undefined;
  }
}

export const account = new AccountState(bridge);
