/** What an entity says about itself (XEP-0030 §3, XEP-0128), as a value. */
import { childrenNamed, element, elements } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';

export interface DiscoIdentity {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
  /** Of `xml:lang`. */
  readonly language?: string;
}

export interface DiscoInfo {
  readonly identities: readonly DiscoIdentity[];
  readonly features: readonly string[];
  /** Forms of XEP-0128, as they came. */
  readonly forms: readonly Element[];
}

/** Reads a <query/>. What is not there is empty; an identity without category or type, or a nameless feature, is left out. */
export function readDiscoInfo(query: Element | undefined): DiscoInfo {
  const parts = query === undefined ? [] : elements(query).filter(({ ns }) => ns === NS.discoInfo);
  return {
    identities: parts.filter(({ name }) => name === 'identity').flatMap(readIdentity),
    features: parts.flatMap(({ name, attrs }) => (name === 'feature' && attrs['var'] ? [attrs['var']] : [])),
    forms: query === undefined ? [] : childrenNamed(query, 'x', NS.form),
  };
}

export function buildDiscoInfo(info: Omit<DiscoInfo, 'forms'>, node?: string): Element {
  const identities = info.identities.map(({ category, type, name, language }) =>
    element('identity', NS.discoInfo, { category, type, name, 'xml:lang': language }),
  );
  const features = info.features.map((feature) => element('feature', NS.discoInfo, { var: feature }));
  return element('query', NS.discoInfo, { node }, ...identities, ...features);
}

function readIdentity({ attrs }: Element): DiscoIdentity[] {
  const { category, type, name, 'xml:lang': language } = attrs;
  if (!category || !type) return [];
  return [{ category, type, ...(name !== undefined && { name }), ...(language !== undefined && { language }) }];
}
