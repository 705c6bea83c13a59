/** Reads ejabberd's own store: Erlang terms `{xmlel, Name, Attributes, Children}` in the file of the table offline_msg. */
import type { StoredFile } from '../../test/support/servers/test-server.ts';
import type { StoredElement } from './stored-element.ts';

/** How a `<message/>` begins: a tuple of four, the atom xmlel, the binary "message". */
const MESSAGE = Buffer.concat([
  Buffer.from([104, 4, 100, 0, 5]),
  Buffer.from('xmlel'),
  Buffer.from([109, 0, 0, 0, 7]),
  Buffer.from('message'),
]);

export function readEjabberdMessages(files: readonly StoredFile[], user: string): readonly StoredElement[] {
  const file = files.find(({ path }) => path.endsWith('/offline_msg.DAT'));
  if (file === undefined) return [];
  const messages = new Map<string, StoredElement>();
  for (let at = file.content.indexOf(MESSAGE); at >= 0; at = file.content.indexOf(MESSAGE, at + 1)) {
    const message = elementOf(new TermReader(file.content, at).term());
    // The table keeps old copies of a row that moved.
    if (message.attrs['to']?.startsWith(`${user}@`) === true) messages.set(message.attrs['id'] ?? '', message);
  }
  return [...messages.values()];
}

/** Atoms and binaries come as text, tuples and lists as arrays. */
type Term = string | number | readonly Term[];

/** The part of Erlang's external term format that stanzas are made of. */
class TermReader {
  readonly #octets: Buffer;
  #at: number;

  constructor(octets: Buffer, at: number) {
    this.#octets = octets;
    this.#at = at;
  }

  /** @throws Error for a kind of term that no stanza has */
  term(): Term {
    const tag = this.#number(1);
    switch (tag) {
      case 97:
        return this.#number(1);
      case 98:
        return this.#number(4);
      case 100:
      case 107:
        return this.#text(this.#number(2));
      case 109:
        return this.#text(this.#number(4));
      case 104:
        return this.#terms(this.#number(1));
      case 106:
        return [];
      case 108:
        return this.#list();
      default:
        throw new Error(`not what ejabberd writes: tag ${tag} at ${this.#at}`);
    }
  }

  /** Elements, and the empty list at the end. */
  #list(): readonly Term[] {
    const items = this.#terms(this.#number(4));
    this.term();
    return items;
  }

  #terms(count: number): readonly Term[] {
    return Array.from({ length: count }, () => this.term());
  }

  #number(octets: number): number {
    this.#at += octets;
    return this.#octets.readUIntBE(this.#at - octets, octets);
  }

  #text(octets: number): string {
    this.#at += octets;
    return this.#octets.toString('utf8', this.#at - octets, this.#at);
  }
}

function elementOf(term: Term): StoredElement {
  const [, name, attrs, children] = asList(term);
  return {
    name: String(name),
    attrs: Object.fromEntries(asList(attrs).map((pair) => asList(pair).map(String))) as Record<string, string>,
    children: asList(children).map((child) => {
      const [kind, text] = asList(child);
      return kind === 'xmlcdata' ? String(text) : elementOf(child);
    }),
  };
}

function asList(term: Term | undefined): readonly Term[] {
  return Array.isArray(term) ? term : [];
}
