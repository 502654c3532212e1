// Opens the dev page in Chromium, under the Content-Security-Policy of serve/web,
// and measures: layout in the worker, long tasks of the page, first paint, whether
// the places are the same twice. Pictures go to shots/. Usage:
//   npx vite build --mode dev-page && node test/measure.mjs [shots|times]
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../dist-dev/', import.meta.url));
const shots = fileURLToPath(new URL('../shots/', import.meta.url));
const kinds = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.woff': 'font/woff' };
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; img-src 'self' blob: data:; style-src 'self'";

// What the issue asks of a flow of 10,000 nodes, in milliseconds.
const bounds = { layout: 3000, longest: 200, paint: 2000 };

function serve() {
  const server = createServer(async (request, response) => {
    const path = normalize(join(root, new URL(request.url, 'http://x').pathname));
    if (!path.startsWith(root) || !existsSync(path)) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': kinds[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': policy });
    response.end(await readFile(path));
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (browserPath === undefined) {
  console.error('measure: no Chromium; scripts/browser.sh installs it');
  process.exit(1);
}
const server = await serve();
const base = `http://127.0.0.1:${server.address().port}/dev.html`;
const browser = await chromium.launch({
  executablePath: browserPath, headless: true,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
});
const complaints = [];

async function open(query, viewport, before) {
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') complaints.push(`${query}: ${m.text()}`); });
  page.on('pageerror', (e) => complaints.push(`${query}: ${e.message}`));
  if (before) await page.addInitScript(before);
  await page.goto(`${base}?${query}`);
  return { context, page };
}

const settled = (page) => page.waitForSelector('.flow[data-phase=ready], .flow[data-phase=failed], .trunk', { timeout: 60_000 });

function watchTasks() {
  const wait = () => {
    if (document.querySelector('.flow[data-phase=ready]') === null) requestAnimationFrame(wait);
    else window.readyAt = performance.now();
  };
  requestAnimationFrame(wait);
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) window.tasks.push([Math.round(e.startTime), Math.round(e.duration)]);
  }).observe({ type: 'longtask', buffered: true });
}

async function times(size) {
  const runs = [];
  for (let i = 0; i < 2; i++) {
    const { context, page } = await open(`flow=${size}`, { width: 1440, height: 900 }, watchTasks);
    await settled(page);
    await page.waitForTimeout(500);
    const opened = await page.evaluate(() => ({
      hash: document.querySelector('.flow').dataset.places,
      layout: Math.round(Number(document.querySelector('.flow').dataset.layoutMs)),
      paint: Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1),
      ready: Math.round(window.readyAt ?? -1),
      tasks: window.tasks.splice(0),
    }));
    await page.mouse.move(700, 500);
    for (let k = 0; k < 5; k++) await page.mouse.wheel(0, 300);
    await page.waitForTimeout(600);
    const zoomed = await page.evaluate(() => window.tasks.splice(0));
    await page.click('.dev-bar button:nth-of-type(2)');
    await page.waitForTimeout(600);
    const switched = await page.evaluate(() => window.tasks.splice(0));
    if (i === 0) await page.screenshot({ path: join(shots, `flow-${size}.png`) });
    runs.push({ ...opened, zoomed, switched });
    await context.close();
  }
  return runs;
}

async function picture(name, query, width, height) {
  const { context, page } = await open(query, { width, height });
  await settled(page);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(shots, `${name}.png`) });
  await context.close();
}

// exported saves what the page would hand out as files.
async function exported() {
  const { context, page } = await open('selected=mixer:m', { width: 1280, height: 520 });
  await settled(page);
  await page.waitForTimeout(250);
  const files = await page.evaluate(async () => {
    const caption = ['Theft of 242.855 BTC', 'result made', 'Folded 370. Left out 14, 0.0008 BTC'];
    const png = new Uint8Array(await (await window.flowHandle.png(caption)).arrayBuffer());
    let text = '';
    for (const byte of png) text += String.fromCharCode(byte);
    return { png: btoa(text), svg: window.flowHandle.svg(caption) };
  });
  await writeFile(join(shots, 'export.png'), Buffer.from(files.png, 'base64'));
  await writeFile(join(shots, 'export.svg'), files.svg);
  const file = await context.newPage();
  await file.setContent(files.svg);
  await file.screenshot({ path: join(shots, 'export-svg.png') });
  await context.close();
}

async function pictures() {
  await exported();
  for (const theme of ['light', 'dark']) {
    await picture(`sample-1440-${theme}`, `theme=${theme}&selected=service:n`, 1440, 560);
    await picture(`sample-1280-${theme}`, `theme=${theme}`, 1280, 480);
    await picture(`crowd-1440-${theme}`, `flow=120&theme=${theme}`, 1440, 900);
    await picture(`trunk-390-${theme}`, `trunk=1&theme=${theme}`, 390, 1100);
  }
  await picture('sample-replay', 'cut=1759540000&selected=mixer:m', 1440, 560);
  await picture('sample-linear', 'scale=linear', 1440, 560);
  await picture('sample-hop', 'scale=hop', 1440, 560);
  await picture('sample-pure', 'policy=pure', 1440, 560);
  await picture('case-1440-light', 'flow=case', 1440, 700);
  await picture('case-1280-dark', 'flow=case&theme=dark', 1280, 480);
  await picture('opened-1440-light', 'flow=opened', 1440, 700);
  await picture('case-trunk-390', 'flow=case&trunk=1', 390, 2200);
  await picture('crowd-1000', 'flow=1000', 1440, 900);
}

// still looks at the page in a browser without WebGL: the picture is there all the same.
async function still() {
  const plain = await chromium.launch({ executablePath: browserPath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--disable-background-networking'] });
  const page = await plain.newPage({ viewport: { width: 1280, height: 520 } });
  await page.goto(`${base}?flow=sample`);
  await page.waitForSelector('.flow[data-phase=still] svg', { timeout: 30_000 });
  await page.screenshot({ path: join(shots, 'still.png') });
  await plain.close();
}

mkdirSync(shots, { recursive: true });
const what = process.argv[2] ?? 'all';
let failed = false;
if (what !== 'shots') {
  const runs = await times(10_000);
  for (const r of runs) console.log(JSON.stringify(r));
  const longest = Math.max(0, ...runs.flatMap((r) => [...r.tasks, ...r.zoomed, ...r.switched]).map(([, ms]) => ms));
  failed = runs.some((r) => r.layout > bounds.layout || r.paint > bounds.paint) || longest > bounds.longest || runs[0].hash !== runs[1].hash;
  console.log(`10,000 nodes: layout ${runs.map((r) => r.layout)} ms, longest task ${longest} ms, first paint ${runs.map((r) => r.paint)} ms, flow drawn after ${runs.map((r) => r.ready)} ms, places equal twice: ${runs[0].hash === runs[1].hash}`);
}
if (what !== 'times') {
  await pictures();
  await still();
}
await browser.close();
server.close();
for (const c of [...new Set(complaints)]) console.log('console:', c);
process.exit(failed || complaints.length > 0 ? 1 : 0);
