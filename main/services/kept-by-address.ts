import type { Json, SettingStore } from '../stores/settings.ts';
import type { BareJid } from '../wire/jid.ts';

/** One small value for some contacts, in one sealed row; what another account left in it does not count. */
export class KeptByAddress<Value extends Json> {
  readonly #name: string;
  readonly #settings: SettingStore;
  readonly #account: () => BareJid | undefined;

  constructor(name: string, settings: SettingStore, account: () => BareJid | undefined) {
    this.#name = name;
    this.#settings = settings;
    this.#account = account;
  }

  all(): readonly (readonly [address: BareJid, value: Value])[] {
    const kept = this.#settings.get(this.#name) as Kept<Value> | undefined;
    return kept === undefined || kept.account !== this.#account() ? [] : kept.values;
  }

  get(address: BareJid): Value | undefined {
    return this.all().find(([kept]) => kept === address)?.[1];
  }

  /** @param value - Undefined: none any more. */
  set(address: BareJid, value: Value | undefined): void {
    const others = this.all().filter(([kept]) => kept !== address);
    const account = this.#account();
    if (account === undefined || (value === undefined && others.length === 0)) this.#settings.remove(this.#name);
    else {
      const values = value === undefined ? others : [...others, [address, value] as const];
      this.#settings.put(this.#name, { account, values });
    }
  }
}

interface Kept<Value> {
  readonly account: BareJid;
  readonly values: readonly (readonly [BareJid, Value])[];
}
