/** The project's commands (ruling: each sets up what it needs). Runs on Node 20 without any package. */

/**
 * @typedef {object} Command
 * @property {readonly string[]} run what Node 24 is given; the command's own arguments follow
 * @property {boolean} [build] out/ must be up to date
 * @property {(args: readonly string[]) => { required: readonly string[], wanted: readonly string[] }} [debian]
 * @property {string} about
 */

const BROWSER = ['chromium', 'emoji', 'letters'];

/** @type {Readonly<Record<string, Command>>} */
export const COMMANDS = {
  start: {
    about: 'opens the app: in Electron where its binary is, else in the browser',
    build: true,
    run: ['build/start.mjs'],
  },
  demo: {
    about: 'plays letters to someone who is away, on a real server; --server ejabberd, --json',
    build: true,
    debian: (args) => ({ required: ['openssl', serverOf(args)], wanted: BROWSER }),
    run: ['build/demo/main.ts'],
  },
  test: {
    about: 'all checks and tests',
    debian: () => ({ required: ['openssl', 'prosody', 'ejabberd', ...BROWSER], wanted: [] }),
    run: ['build/test.ts'],
  },
  'test:quick': {
    about: 'types, lint, layers and unit tests, without network',
    run: ['build/test.ts', '--quick'],
  },
  'test:long': {
    about: 'backlogs past the limits of both servers over a line that is reset, and a line cut at every stanza; hours',
    debian: () => ({ required: ['openssl', 'prosody', 'ejabberd'], wanted: [] }),
    run: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'long'],
  },
  'test:mutants': {
    about: 'switches each guard of a part off (link) and tells which test noticed',
    debian: () => ({ required: ['openssl', 'prosody', 'ejabberd'], wanted: [] }),
    run: ['build/mutants/main.ts'],
  },
  fuzz: {
    about: 'feeds mutated streams to the link through a real socket; --seconds N, --stanzas N, --seed N, --replay FILE',
    debian: () => ({ required: ['openssl'], wanted: [] }),
    run: ['build/fuzz/main.ts'],
  },
  check: {
    about: 'types, lint, layers and format',
    run: ['build/test.ts', '--static'],
  },
  build: { about: 'compiles into out/', run: ['build/build.mjs'] },
  bench: {
    about: 'measures against the platform; names of cases to run only those',
    build: true,
    debian: () => ({ required: ['openssl', 'prosody', 'chromium'], wanted: [] }),
    run: ['--expose-gc', 'build/bench/main.ts'],
  },
  screenshots: {
    about: 'makes the pictures of the README anew',
    debian: () => ({ required: BROWSER, wanted: [] }),
    run: ['build/screenshots/main.ts'],
  },
  requirements: {
    about: 'which requirements the last test run showed',
    run: ['build/requirements.ts'],
  },
  dist: {
    about: 'makes the deb and AppImage packages (fetches Electron)',
    build: true,
    run: ['node_modules/electron-builder/cli.js', '--linux', 'deb', 'AppImage', '--publish', 'never'],
  },
};

/** The server that `--server NAME` or `--server=NAME` asks for. @param {readonly string[]} args */
function serverOf(args) {
  const at = args.findIndex((arg) => arg === '--server' || arg.startsWith('--server='));
  const name = args[at]?.split('=')[1] ?? args[at + 1];
  return at >= 0 && name === 'ejabberd' ? 'ejabberd' : 'prosody';
}
