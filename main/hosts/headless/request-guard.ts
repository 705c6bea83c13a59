import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is refused before anything else is looked at. */
export type GuardRefusal = 'host' | 'fetch-site' | 'origin';

/**
 * S-162: the request was meant for us and comes from our own page, or from nobody's page. Host must be exactly one of
 * our two names with our port (a rebound name is another), Origin, when present, the same, and a browser that says
 * where the request comes from must say our own origin or the address bar.
 *
 * @returns undefined when the request may go on; that alone gives it no right to anything.
 */
export function guardRequest(headers: IncomingHttpHeaders, port: number): GuardRefusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (headers.host === undefined || !hosts.includes(headers.host)) return 'host';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'fetch-site';
  const origin = headers.origin;
  if (origin !== undefined && origin !== `http://${headers.host}`) return 'origin';
  return undefined;
}
