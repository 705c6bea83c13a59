import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elements } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { readError } from '../../../main/wire/rfc6120-error.ts';
import { buildForm, parseForm } from '../../../main/wire/xep0004-data-form.ts';
import type { DataForm } from '../../../main/wire/xep0004-data-form.ts';
import { readItems } from '../../../main/wire/xep0060-pubsub.ts';
import { readAmpAnswer } from '../../../main/wire/xep0079-amp.ts';
import { buildHeaders, readHeaders } from '../../../main/wire/xep0131-headers.ts';
import { buildReceipt, buildReceiptRequest, readReceipts } from '../../../main/wire/xep0184-receipts.ts';
import { readDelays } from '../../../main/wire/xep0203-delay.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';

const ROOT = new URL('../../xml/', import.meta.url);

/** How a folder's cases are read; `build` where we write the same thing, undefined where this case is only read. */
const MODULES: Readonly<
  Record<string, { read: (el: Element) => unknown; build?: (value: unknown) => Element | undefined }>
> = {
  xep0004: { read: parseForm, build: (value) => buildForm(value as DataForm) },
  xep0060: { read: (el) => readItems(el, 'princely_musings') },
  xep0079: { read: (el) => readAmpAnswer(readError(el)) },
  xep0131: { read: (el) => readHeaders([el]), build: buildCreated },
  xep0184: { read: (el) => readReceipts([el]), build: buildReceiptPayload },
  xep0203: { read: readDelays },
};

describe('the examples of the specifications', () => {
  const cases = globSync('xep*/*.xml', { cwd: ROOT.pathname }).sort();

  it('are there', () => {
    expect(new Set(cases.map((name) => name.split('/')[0]))).toEqual(new Set(Object.keys(MODULES)));
  });

  it.each(cases)('%s', (name) => {
    const module = MODULES[name.slice(0, name.indexOf('/'))];
    const xml = parseElement(readFileSync(new URL(name, ROOT), 'utf8').trim());
    const value: unknown = JSON.parse(readFileSync(new URL(name.replace(/xml$/, 'json'), ROOT), 'utf8'));
    expect(JSON.parse(JSON.stringify(module?.read(xml)))).toEqual(value);
    const built = module?.build?.(value);
    if (built !== undefined) expect(built).toEqual(withoutSpace(xml));
  });
});

function buildCreated(value: unknown): Element | undefined {
  const { createdAt } = value as { createdAt?: string };
  return createdAt === undefined ? undefined : buildHeaders(new Date(createdAt));
}

function buildReceiptPayload(value: unknown): Element {
  const { receiptFor } = value as { receiptFor?: string };
  return receiptFor === undefined ? buildReceiptRequest() : buildReceipt(receiptFor);
}

function withoutSpace(el: Element): Element {
  const children = elements(el).length === 0 ? el.children : elements(el).map(withoutSpace);
  return { ...el, children };
}
