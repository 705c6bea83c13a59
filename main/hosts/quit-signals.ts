/** The signals by which a system or a terminal asks a program to end. */
export const QUIT_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
export type QuitSignal = (typeof QUIT_SIGNALS)[number];

/**
 * Takes these signals from the libraries. What conf and electron-store bring along (when-exit) hears each once and then
 * sends it to the process again, as if somebody were impatient: the program would end without leaving (L-054).
 */
export function takeQuitSignals(process: Pick<NodeJS.Process, 'removeAllListeners'>): void {
  for (const signal of QUIT_SIGNALS) process.removeAllListeners(signal);
}
