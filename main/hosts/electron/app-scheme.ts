/** The page's own scheme (S-120): a fixed list of files, and the headers. Nothing else is ever loaded. */
import type { CustomScheme, Protocol } from 'electron';
import type { PageFiles } from '../page-files.ts';
import { pageHeaders } from '../page-policy.ts';

export const APP_ORIGIN = 'app://nightlatch';
export const APP_PAGE = `${APP_ORIGIN}/`;

/** Standard and secure, so that the page has an origin; no CORS, no service workers, no way round the policy. */
export const APP_SCHEME: CustomScheme = { scheme: 'app', privileges: { standard: true, secure: true } };

/** Is this the address of something of ours? */
export function isAppUrl(url: string): boolean {
  return url.startsWith(APP_PAGE);
}

export function serveApp(protocol: Pick<Protocol, 'handle'>, files: PageFiles): void {
  protocol.handle(APP_SCHEME.scheme, ({ url, method }) => {
    // The address is compared as it stands: a path that would have to be resolved first is not on the list.
    const file = isAppUrl(url) && method === 'GET' ? files.get(url.slice(APP_ORIGIN.length)) : undefined;
    const headers = pageHeaders('none');
    if (file === undefined) return new Response(null, { status: 404, headers });
    return new Response(file.octets, { status: 200, headers: { ...headers, 'content-type': file.type } });
  });
}
