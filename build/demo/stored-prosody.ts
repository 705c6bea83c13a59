/** Reads Prosody's own store: one Lua table per message, `item({ ... });`. */
import type { StoredFile } from '../../test/support/servers/test-server.ts';
import type { StoredElement } from './stored-element.ts';

export function readProsodyMessages(files: readonly StoredFile[], user: string): readonly StoredElement[] {
  const file = files.find(({ path }) => path.endsWith(`/offline/${user}.list`));
  if (file === undefined) return [];
  const reader = new LuaReader(file.content.toString('utf8'));
  const messages: StoredElement[] = [];
  while (reader.skip('item(')) messages.push(elementOf(reader.table()));
  return messages;
}

/** A table's part without keys, and its part with keys. */
interface LuaTable {
  readonly list: readonly LuaValue[];
  readonly named: Readonly<Record<string, LuaValue>>;
}
type LuaValue = string | LuaTable;

/** Just what Prosody's serialiser writes: strings, numbers, tables, keys in brackets. */
class LuaReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Goes behind the next occurrence; false if there is none. */
  skip(word: string): boolean {
    const found = this.#text.indexOf(word, this.#at);
    if (found >= 0) this.#at = found + word.length;
    return found >= 0;
  }

  /** @throws Error where the text is no such table */
  table(): LuaTable {
    this.#match(/\s*\{/y);
    const list: LuaValue[] = [];
    const named: Record<string, LuaValue> = {};
    while (this.#try(/\s*\}/y) === undefined) {
      const key = this.#try(/\s*\["((?:[^"\\]|\\.)*)"\]\s*=/y)?.[1];
      const value = this.#value();
      if (key === undefined) list.push(value);
      else named[key] = value;
      this.#try(/\s*[;,]/y);
    }
    return { list, named };
  }

  #value(): LuaValue {
    const text = this.#try(/\s*"((?:[^"\\]|\\[^])*)"/y)?.[1];
    if (text !== undefined) return text.replaceAll(/\\([^])/g, '$1');
    return this.#try(/\s*([\w.+-]+)/y)?.[1] ?? this.table();
  }

  #match(pattern: RegExp): RegExpExecArray {
    const match = this.#try(pattern);
    if (match === undefined) throw new Error(`not what Prosody writes, at ${this.#at}`);
    return match;
  }

  #try(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }
}

function elementOf({ list, named }: LuaTable): StoredElement {
  const { name, attr } = named;
  const attrs = typeof attr === 'object' ? Object.entries(attr.named) : [];
  return {
    name: typeof name === 'string' ? name : '',
    attrs: Object.fromEntries(attrs.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    children: list.map((child) => (typeof child === 'string' ? child : elementOf(child))),
  };
}
