/** axe-core in the page as it is: what it finds wrong, in words that name the place. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 A and AA, and what axe calls good practice. */
const RUN = `axe.run(document, {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    id + ': ' + html.slice(0, 160) + ' ' + failureSummary.split('\\n')[1])))`;

/** @returns one line for each element that breaks a rule. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser's own protocol: the page's policy forbids a script from elsewhere, as it must.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(`${source}; undefined`);
  return page.evaluate<string[]>(RUN);
}
