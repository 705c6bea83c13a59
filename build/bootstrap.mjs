#!/usr/bin/env node
/**
 * Behind every npm script: `node build/bootstrap.mjs <command> [arguments]`. Sets up what the command needs on a fresh
 * clone, saying in one line what it does, then runs it with Node 24. Itself it runs on the system's Node 20 and needs
 * no package.
 *
 * Exit code: the command's own; 64 for an unknown command; 69 if something is missing that must not be installed here.
 */
import { join } from 'node:path';
import process from 'node:process';
import { COMMANDS } from './setup/commands.mjs';
import { installDebianPackages } from './setup/debian.mjs';
import { isBuildFresh } from './setup/freshness.mjs';
import { installPackages } from './setup/packages.mjs';
import { runInForeground, say, toolEnvironment } from './setup/run.mjs';

const EXIT_USAGE = 64;
const root = join(import.meta.dirname, '..');

/** @param {string} node @returns {Promise<number>} */
async function buildIfStale(node) {
  if (isBuildFresh(root)) return 0;
  say('building out/');
  // The build's own line would stand between a command and its output; only its errors matter here.
  return runInForeground(node, ['build/build.mjs', '--quiet'], { cwd: root, env: toolEnvironment(root) });
}

/** @param {string} name @param {string[]} args @returns {Promise<number>} */
async function runCommand(name, args) {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error('usage: node build/bootstrap.mjs <command> [arguments]\n');
    for (const [known, { about }] of Object.entries(COMMANDS)) console.error(`  ${known.padEnd(13)} ${about}`);
    return EXIT_USAGE;
  }
  const node = installPackages(root);
  if (command.debian !== undefined) installDebianPackages(command.debian(args));
  const built = command.build === true ? await buildIfStale(node) : 0;
  if (built !== 0) return built;
  return runInForeground(node, [...command.run, ...args], { cwd: root, env: toolEnvironment(root) });
}

const [name = '', ...args] = process.argv.slice(2);
process.exitCode = await runCommand(name, args);
