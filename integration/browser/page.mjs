// Opens a page from disk in Chromium at each width and colour scheme, and
// prints what is wrong with it, a line each. No answer means that all is well.
//
//	node page.mjs CHROMIUM PAGE [FOLDER]      FOLDER takes the pictures
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [executablePath, page, pictures] = process.argv.slice(2);
const widths = [1440, 1280, 390];
const schemes = ['light', 'dark'];

// What a page must not do to its reader. Runs in the page.
function faults() {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    found.push(`it scrolls sideways: ${root.scrollWidth} px in ${root.clientWidth}`);
  }
  const shown = (e) => e.getClientRects().length > 0;
  for (const e of document.querySelectorAll('body *')) {
    if (shown(e) && e.closest('svg') === null && parseFloat(getComputedStyle(e).fontSize) < 11) {
      found.push(`text of ${getComputedStyle(e).fontSize}: ${e.textContent.trim().slice(0, 40)}`);
      break;
    }
  }
  for (const e of document.querySelectorAll('svg text')) {
    const box = e.getBoundingClientRect();
    const svg = e.ownerSVGElement.getBoundingClientRect();
    if (box.width > 0 && (box.right > svg.right + 1 || box.left < svg.left - 1)) {
      found.push(`cut off in a picture: ${e.textContent.slice(0, 40)}`);
    }
  }
  return found;
}

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
});
for (const width of widths) {
  for (const colorScheme of schemes) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor: 1 });
    const tab = await context.newPage();
    const where = `${width} px, ${colorScheme}`;
    const url = pathToFileURL(page).href;
    tab.on('console', (m) => console.log(`${where}: the console says: ${m.text()}`));
    tab.on('pageerror', (e) => console.log(`${where}: error: ${e.message}`));
    tab.on('request', (r) => { if (r.url() !== url && !r.url().startsWith('data:')) console.log(`${where}: it asks for ${r.url()}`); });
    await tab.goto(url);
    for (const fault of await tab.evaluate(faults)) console.log(`${where}: ${fault}`);
    if (pictures) {
      await tab.screenshot({ path: path.join(pictures, `${width}-${colorScheme}.png`), fullPage: true });
    }
    await context.close();
  }
}
const context = await browser.newContext();
const tab = await context.newPage();
await tab.goto(pathToFileURL(page).href);
const pdf = await tab.pdf({ format: 'A4' });
if (pdf.length < 10_000) console.log('printed, it is empty');
await browser.close();
