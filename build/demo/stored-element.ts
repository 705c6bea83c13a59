/** An element as a server keeps it. */
export interface StoredElement {
  readonly name: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly (StoredElement | string)[];
}
