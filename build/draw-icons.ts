/**
 * Draws the program's icon, a moon whose dark part is a keyhole, into build/icons/NxN.png: `node build/draw-icons.ts`.
 * The pictures are committed; electron-builder then needs no tool of its own to make them (toolchain.md 6).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const SIZES = [16, 24, 32, 48, 64, 96, 128, 256, 512];
/** Samples per pixel and direction. */
const SAMPLES = 4;

type Colour = readonly [red: number, green: number, blue: number];
const NIGHT: Colour = [0x22, 0x30, 0x3f];
const MOON: Colour = [0xf4, 0xe9, 0xc4];

/** The colour at a point of the unit square; undefined outside the picture. */
function colourAt(x: number, y: number): Colour | undefined {
  if (!isInRoundedSquare(x, y, 0.03, 0.22)) return undefined;
  const inMoon = Math.hypot(x - 0.5, y - 0.5) < 0.33;
  return inMoon && !isInKeyhole(x, y) ? MOON : NIGHT;
}

function isInRoundedSquare(x: number, y: number, margin: number, radius: number): boolean {
  const reach = 0.5 - margin - radius;
  const dx = Math.max(0, Math.abs(x - 0.5) - reach);
  const dy = Math.max(0, Math.abs(y - 0.5) - reach);
  return Math.hypot(dx, dy) < radius;
}

/** A round eye, off the middle so that the moon is waning, and a foot that widens. */
function isInKeyhole(x: number, y: number): boolean {
  const [eyeX, eyeY] = [0.55, 0.43];
  if (Math.hypot(x - eyeX, y - eyeY) < 0.105) return true;
  const depth = (y - eyeY) / 0.26;
  return depth > 0 && depth < 1 && Math.abs(x - eyeX) < 0.035 + 0.045 * depth;
}

/** Eight-bit RGBA, row by row, each with the filter octet 0 in front. */
function drawRows(size: number): Uint8Array {
  const rows = new Uint8Array(size * (1 + size * 4));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) rows.set(drawPixel(x, y, size), y * (1 + size * 4) + 1 + x * 4);
  }
  return rows;
}

function drawPixel(x: number, y: number, size: number): number[] {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i += 1) {
    const at = (pixel: number, sample: number) => (pixel + (sample + 0.5) / SAMPLES) / size;
    const colour = colourAt(at(x, i % SAMPLES), at(y, Math.floor(i / SAMPLES)));
    if (colour === undefined) continue;
    covered += 1;
    for (const [channel, value] of colour.entries()) sum[channel] = (sum[channel] ?? 0) + value;
  }
  const colour = sum.map((total) => (covered === 0 ? 0 : Math.round(total / covered)));
  return [...colour, Math.round((255 * covered) / (SAMPLES * SAMPLES))];
}

function encodePng(size: number, rows: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')]);
}

function chunk(type: string, data: Uint8Array = new Uint8Array(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

const folder = join(import.meta.dirname, 'icons');
mkdirSync(folder, { recursive: true });
for (const size of SIZES) writeFileSync(join(folder, `${size}x${size}.png`), encodePng(size, drawRows(size)));
