// Takes pictures of pages in Chromium, and compares them with goldens: shoot.mjs PAGES SHOTS GOLDENS [--update]
// Every page of the folder PAGES is taken at two widths, light and dark. The pictures go to SHOTS, or with --update to GOLDENS.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import zlib from 'node:zlib';

const WIDTHS = [900, 390];
const HEIGHT = 1600;
// A picture may have this share of pixels that differ clearly, which is: in one channel by more than this.
const SHARE = 0.01;
const CLEARLY = 32;

const update = process.argv.includes('--update');
const [pages, shots, goldens] = process.argv.slice(2).filter((word) => word !== '--update').map((word) => path.resolve(word));
if (!goldens) {
  console.error('usage: shoot.mjs PAGES SHOTS GOLDENS [--update]');
  process.exit(64);
}
const home = process.env.ORACLE_HOME || path.join(process.env.XDG_CACHE_HOME || path.join(process.env.HOME, '.cache'), 'oppctl-oracles');
const puppeteer = createRequire(path.join(home, 'node-ci/x.js'))('puppeteer-core');

// Runs in Chromium: the pixels of a picture as numbers, and the colours; similar colours become one, until there are 256.
async function indexed(base64) {
  const image = new Image();
  image.src = 'data:image/png;base64,' + base64;
  await image.decode();
  const { width, height } = image;
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const counts = new Map();
  const colour = (i) => (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
  for (let i = 0; i < data.length; i += 4) counts.set(colour(i), (counts.get(colour(i)) || 0) + 1);
  const far = (a, b) => [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2, 0);
  const common = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([value]) => value);
  // Colours nearer than this to a more common one are left out, until 256 are enough.
  let palette = common;
  for (let near = 1; palette.length > 256; near++) {
    palette = [];
    for (const value of common) {
      if (palette.length <= 256 && palette.every((other) => far(value, other) > near * near)) palette.push(value);
    }
  }
  const places = new Map(palette.map((value, place) => [value, place]));
  for (const value of common) {
    if (!places.has(value)) places.set(value, palette.reduce((best, other, place) => (far(value, other) < far(value, palette[best]) ? place : best), 0));
  }
  let bytes = '';
  for (let i = 0; i < data.length; i += 4) bytes += String.fromCharCode(places.get(colour(i)));
  return { width, height, palette, bytes: btoa(bytes) };
}

// A PNG with a palette, which is much smaller than Chromium's own.
function png({ width, height, palette, bytes }) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(zlib.crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8);
  const pixels = Buffer.from(bytes, 'base64');
  const rows = Array.from({ length: height }, (_, y) => Buffer.concat([Buffer.alloc(1), pixels.subarray(y * width, (y + 1) * width)]));
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap((value) => [value >> 16, (value >> 8) & 255, value & 255]))),
    chunk('IDAT', zlib.deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// Runs in Chromium: the share of pixels that differ, or a text about the sizes.
async function difference(one, other, clearly) {
  const [a, b] = await Promise.all([one, other].map(async (base64) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + base64;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  }));
  if (a.width !== b.width || a.height !== b.height) return `${b.width}x${b.height} instead of ${a.width}x${a.height}`;
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if ([0, 1, 2].some((channel) => Math.abs(a.data[i + channel] - b.data[i + channel]) > clearly)) count++;
  }
  return count / (a.width * a.height);
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--hide-scrollbars', '--disable-lcd-text', '--force-device-scale-factor=1', '--font-render-hinting=none', '--host-resolver-rules=MAP * ~NOTFOUND'],
});
let failed = 0;
const fail = (text) => {
  failed++;
  console.log(text);
};
try {
  fs.mkdirSync(update ? goldens : shots, { recursive: true });
  const empty = await browser.newPage();
  const taken = new Set();
  for (const file of fs.readdirSync(pages).filter((name) => name.endsWith('.html')).sort()) {
    const page = await browser.newPage();
    for (const width of WIDTHS) {
      for (const scheme of ['light', 'dark']) {
        const name = `${path.basename(file, '.html')}-${width}-${scheme}.png`;
        taken.add(name);
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        await page.setViewport({ width, height: 800 });
        await page.goto(pathToFileURL(path.join(pages, file)).href, { waitUntil: 'load' });
        // One frame later the table knows its width.
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        const high = await page.evaluate(() => document.documentElement.scrollHeight);
        const clip = { x: 0, y: 0, width, height: Math.min(high, HEIGHT) };
        const shot = Buffer.from(await page.screenshot({ clip, captureBeyondViewport: true, optimizeForSpeed: false }));
        if (update) {
          fs.writeFileSync(path.join(goldens, name), png(await empty.evaluate(indexed, shot.toString('base64'))));
          continue;
        }
        fs.writeFileSync(path.join(shots, name), shot);
        const golden = path.join(goldens, name);
        if (!fs.existsSync(golden)) {
          fail(`${name}: there is no golden`);
          continue;
        }
        const found = await empty.evaluate(difference, fs.readFileSync(golden).toString('base64'), shot.toString('base64'), CLEARLY);
        if (typeof found === 'string') fail(`${name}: ${found} pixels`);
        else if (found > SHARE) fail(`${name}: ${(found * 100).toFixed(1)} % of the pixels differ`);
      }
    }
    await page.close();
  }
  const old = fs.existsSync(goldens) ? fs.readdirSync(goldens).filter((name) => name.endsWith('.png') && !taken.has(name)) : [];
  for (const name of old) {
    if (update) fs.unlinkSync(path.join(goldens, name));
    else fail(`${name}: there is no such page`);
  }
  if (!failed) console.log(`${taken.size} pictures ${update ? 'written' : 'are as before'}`);
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
