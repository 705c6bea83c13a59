import { SaxesParser } from 'saxes';

export interface PlainNode {
  readonly name: string;
  readonly children: (PlainNode | string)[];
}

/** The least that reading XML can mean: saxes with namespaces, into a tree. No limits, no rules. */
export function readPlainXml(xml: string): PlainNode {
  const parser = new SaxesParser({ xmlns: true });
  const root: PlainNode = { name: '', children: [] };
  const open: PlainNode[] = [root];
  parser.on('opentag', (tag) => {
    const node = { name: tag.local, children: [] };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('text', (text) => open.at(-1)?.children.push(text));
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return root;
}

/** The text below the first element of that name, wherever it is. */
export function plainTextOf(node: PlainNode, name: string): string {
  for (const child of node.children) {
    if (typeof child === 'string') continue;
    if (child.name === name) return child.children.filter((part) => typeof part === 'string').join('');
    const found = plainTextOf(child, name);
    if (found !== '') return found;
  }
  return '';
}
