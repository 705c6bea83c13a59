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

/** `/` shows its form, `/bare` the bare one. */
export async function serveConverse(webSocket: string): Promise<StaticServer> {
  installPeers('converse.js/dist/converse.min.js');
  return serveFolder(DIST, { '/': pageOf(webSocket), '/bare': BARE_FORM });
}

function pageOf(webSocket: string): string {
  const settings = {
    ...{ view_mode: 'fullscreen', websocket_url: webSocket, discover_connection_methods: false, assets_path: '/' },
    ...{ allow_muc: false, i18n: 'en', loglevel: 'error', play_sounds: false, show_background: false },
    // It has no keys of this server and would look for a file that its package does not have.
    ...{ blacklisted_plugins: ['converse-omemo'] },
  };
  return `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/converse.min.css"></head><body class="converse-fullscreen"><script type="module">
import converse from '/converse.min.js';
converse.initialize(${JSON.stringify(settings)});
</script></body></html>`;
}
