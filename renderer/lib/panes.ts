/** F6 goes from pane to pane: list, conversation, details (ux.md 3.10, 3.11). */
const PANES = ['nav', 'main', 'aside'] as const;
const FIRST_STOP = 'textarea:not(:disabled), [tabindex="0"], input:not(:disabled), button:not(:disabled)';

/** @param steps - forward or back; round at the ends. */
export function movePane(steps: 1 | -1): void {
  const panes = PANES.flatMap((name) => document.querySelector<HTMLElement>(`.panes ${name}`) ?? []);
  const visible = panes.filter((pane) => pane.checkVisibility());
  const at = visible.findIndex((pane) => pane.contains(document.activeElement));
  const next = visible.at((at + steps) % visible.length);
  next?.querySelector<HTMLElement>(FIRST_STOP)?.focus();
}
