/** Converse.js, from the bench's own folder: its page, and a server that it can talk to. */
import { join } from 'node:path';
import { freePorts } from '../../../test/support/servers/ports.ts';
import { startProsody } from '../../../test/support/servers/prosody.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import { installPeers, PEERS } from '../install-peers.ts';
import { serveFolder, type StaticServer } from './static-server.ts';

const DIST = join(PEERS, 'node_modules/converse.js/dist');

/** A Prosody that also speaks WebSocket, unencrypted on the loopback address: to Converse.js a protected line. */
export async function startWebServer(): Promise<{ readonly server: TestServer; readonly webSocket: string }> {
  const [port = 0] = await freePorts(1);
  const modules = ['disco', 'roster', 'saslauth', 'tls', 'carbons', 'smacks', 'ping', 'blocklist', 'private', 'pep'];
  const extra = [
    `modules_enabled = { ${[...modules, 'time', 'version', 'websocket'].map((name) => `"${name}"`).join('; ')} }`,
    `http_ports = { ${port} }`,
    'http_interfaces = { "127.0.0.1" }',
    'http_default_host = "example.org"',
    'consider_websocket_secure = true',
  ].join('\n');
  return { server: await startProsody({ extra }), webSocket: `ws://127.0.0.1:${port}/xmpp-websocket` };
}

/** What no window can beat: two fields and a button. */
const BARE_FORM = `<!doctype html><title>Bare</title><form><label>Address <input name="jid"></label>
<label>Password <input type="password"></label><button>Sign in</button></form>`;

/**
 * `/` shows its form, `/bare` the bare one; `/in/NAME` is signed in as that one of the accounts and hands its parts to
 * `window.bench`.
 */
export async function serveConverse(
  webSocket: string,
  accounts: readonly string[],
  password: string,
): Promise<StaticServer> {
  installPeers('converse.js/dist/converse.min.js');
  const signedIn = accounts.map((name) => {
    const account = { jid: `${name}@example.org`, password, auto_login: true, whitelisted_plugins: ['bench'] };
    return [`/in/${name}`, pageOf(webSocket, account, SHOW_PARTS)] as const;
  });
  return serveFolder(DIST, { '/': pageOf(webSocket, {}), '/bare': BARE_FORM, ...Object.fromEntries(signedIn) });
}

/** Its plugins are the documented way to its models. When its stream stands, the page's counting and clock begin. */
const SHOW_PARTS = `converse.plugins.add('bench', { initialize() {
  window.bench = this._converse;
  this._converse.api.listen.on('connected', () => {
    longTasks.length = frameTimes.length = 0;
    window.connectedAt = performance.now();
  });
} });`;

function pageOf(webSocket: string, more: Readonly<Record<string, unknown>>, before = ''): string {
  const settings = {
    ...{ view_mode: 'fullscreen', websocket_url: webSocket, discover_connection_methods: false, assets_path: '/' },
    ...{ allow_muc: false, i18n: 'en', loglevel: 'error', play_sounds: false, show_background: false },
    ...{ allow_non_roster_messaging: true, show_desktop_notifications: false },
    // It has no keys of this server and would look for a file that its package does not have.
    ...{ blacklisted_plugins: ['converse-omemo'] },
    ...more,
  };
  return `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/converse.min.css"></head><body class="converse-fullscreen"><script type="module">
import converse from '/converse.min.js';
${before}
converse.initialize(${JSON.stringify(settings)});
</script></body></html>`;
}
