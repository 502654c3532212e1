// Walks all pages in Debian's Chromium, at three widths and in both themes, takes
// pictures, and asks axe and the console what is wrong.
//
//	npm run walk                 against a made-up server that it starts itself
//	CLEW_URL=... npm run walk    against another one that answers likewise
//
// Pictures land in the folder shots. It fails where axe finds a violation of WCAG
// 2.2 AA, where the console says an error, or where a page is wider than the screen.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const out = process.env.CLEW_SHOTS ?? 'shots';
const only = process.env.CLEW_ONLY ?? '';
const chrome = process.env.CHROMIUM ?? '/usr/bin/chromium';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [[1440, 900], [1280, 800], [390, 844]];
const tx = '0007'.repeat(16);
const address = 'bc1qlarchmadeupmadeupmadeupmadeup5e9a';
const chain = 'bip122%3A000000000019d6689c085ae165831e93';

const pages = [
  ['search', '/'],
  ['found', '/search?q=0007'],
  ['block', '/search?q=559900'],
  ['nothing', '/search?q=nothing'],
  ['tx', `/tx/${chain}/${tx}`],
  ['tx-unserved', `/tx/bitcoin-signet/${tx}`],
  ['address', `/address/${chain}/${address}`],
  ['traces', '/traces'],
  ['new-trace', `/traces/new?chain=${chain}&start=${tx}`],
  ['trace', '/traces/t1'],
  ['trace-selected', '/traces/t1?node=service%3Abb02'],
  ['trace-replay', '/traces/t1?at=1546338000&node=mixer%3Acc03'],
  ['trace-exits', '/traces/t1?tab=exits&policy=pure&open=rest%3Af4'],
  ['trace-nothing', '/traces/t1?policy=pure&node=rest%3Ap1'],
  ['trace-running', '/traces/t2'],
  ['trace-failed', '/traces/t3'],
  ['cases', '/cases'],
  ['case', '/cases/c1'],
  ['case-new', '/cases/new'],
  ['settings', '/settings'],
  ['login', '/login'],
  ['missing', '/no/such/page'],
];

async function serve() {
  if (process.env.CLEW_URL) return { url: process.env.CLEW_URL, close: async () => {} };
  const { preview, build } = await import('vite');
  const outDir = process.env.CLEW_DIST ?? 'dist-mock';
  if (!process.env.CLEW_DIST) await build({ configFile: 'test/mock.config.ts', logLevel: 'warn' });
  const server = await preview({ configFile: 'test/mock.config.ts', build: { outDir }, preview: { host: '127.0.0.1', port: 0 }, logLevel: 'warn' });
  return { url: server.resolvedUrls.local[0].replace(/\/$/, ''), close: () => server.close() };
}

const faults = [];
const fault = (where, what) => {
  faults.push(`${where}: ${what}`);
  console.log(`FAULT ${where}: ${what}`);
};

function watch(page, place) {
  page.on('pageerror', (e) => fault(place.at, `error: ${e.message}`));
  page.on('console', (m) => {
    // A refused request is what some of these pages show.
    if ((m.type() === 'error' || m.type() === 'warning') && !/status of (401|404|429)|GL Driver|GPU stall|Automatic fallback to software WebGL/.test(m.text())) fault(place.at, `console: ${m.text()}`);
  });
}

async function look(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) fault(where, `${wide} px wider than the screen`);
  await page.evaluate(`${axe}; 0`).catch((e) => fault(where, `axe could not be loaded: ${e.message}`));
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  for (const v of found.violations) fault(where, `axe ${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message})`).join('; ')}`);
}

const server = await serve();
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: chrome, args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'] });
try {
  for (const theme of ['light', 'dark']) {
    for (const [width, height] of widths) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', bypassCSP: false });
      const page = await context.newPage();
      const place = { at: '' };
      watch(page, place);
      for (const [name, path] of pages) {
        if (only !== '' && !only.split(',').includes(name)) continue;
        place.at = `${name}-${width}-${theme}`;
        await page.goto(server.url + path, { waitUntil: 'load' });
        await page.waitForSelector('h1');
        await page.waitForTimeout(name.startsWith('trace') ? 900 : 350);
        await look(page, place.at);
        const full = width === 390;
        const rest = full ? await page.evaluate(() => Math.max(document.querySelector('main')?.scrollHeight ?? 0, (document.querySelector('.phone-scroll')?.scrollHeight ?? 0) + 90) + 110) : height;
        if (full) await page.setViewportSize({ width, height: Math.min(Math.max(height, rest), 3000) });
        if (full) await page.waitForTimeout(200);
        await page.screenshot({ path: `${out}/${place.at}.png` });
        if (full) await page.setViewportSize({ width, height });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(faults.length === 0 ? `no fault in ${out}` : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
