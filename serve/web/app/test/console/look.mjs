// Every page at three widths and in both themes: not wider than the screen, no
// violation of WCAG 2.2 AA that axe can see, and a picture for who wants to look.
// Then every page without a mouse.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { that } from './guard.mjs';
import { picture as flow, ready } from './trace.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [[1440, 900], [1280, 800], [390, 844]];
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function pagesOf({ page, chain, txid, address, trace }) {
  await page.goto('/cases');
  const theCase = await page.getByRole('region', { name: 'Cases' }).getByRole('link').first().getAttribute('href');
  const all = await page.evaluate(() => fetch('/v1/traces').then((r) => r.json()));
  const of = (status) => all.items.filter((t) => t.status === status).map((t) => [`trace-${status}`, `/traces/${t.id}`]).slice(0, 1);
  const flow = await page.evaluate((t) => fetch(`/v1${t}/graph?strip=true`).then((r) => r.json()), trace);
  const node = (pick) => encodeURIComponent(flow.nodes.find(pick).id);
  const middle = Math.round((flow.time_from + flow.time_to) / 2);
  return [
    ['search', '/'], ['found', `/search?q=${txid}`], ['nothing', '/search?q=nothing'],
    ['tx', `/tx/${chain}/${txid}`], ['address', `/address/${chain}/${address}`],
    ['traces', '/traces'], ['new-trace', `/traces/new?chain=${chain}&start=${txid}`],
    ['trace', trace],
    ['trace-peel', `${trace}?node=${node((n) => n.fold?.kind === 'peel')}`],
    ['trace-open', `${trace}?open=${node((n) => n.fold?.kind === 'peel')}&node=${node((n) => n.kind === 'unknown_input')}`],
    ['trace-replay', `${trace}?at=${middle}`],
    ['trace-exits', `${trace}?tab=exits&policy=pure`],
    ...of('cancelled'),
    ['cases', '/cases'], ['case', theCase], ['case-new', '/cases/new'], ['settings', '/settings'], ['login', '/login'], ['missing', '/no/such/page'],
  ];
}

/** Nothing is asked for any more, and what is drawn stands. */
async function still(page, guard) {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await guard.quiet(page);
  if (await flow(page).count() > 0) await ready(page);
}

async function inspect(page, guard, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) guard.fault(`${wide} px wider than the screen`, page);
  if (width === 1280) return;
  await page.evaluate(`${axe}; 0`);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), rules);
  for (const v of found.violations) guard.fault(`axe ${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} (${n.failureSummary?.split('\n')[1]?.trim()})`).join('; ')}`, page);
}

async function picture(page, file, [width, height]) {
  if (width > 760) return void (await page.screenshot({ path: file }));
  // A phone is drawn as long as what it scrolls.
  const rest = await page.evaluate(() => 200 + Math.max(document.querySelector('main')?.scrollHeight ?? 0, document.querySelector('.phone-scroll')?.scrollHeight ?? 0));
  await page.setViewportSize({ width, height: Math.min(Math.max(height, rest), 3000) });
  await page.screenshot({ path: file });
  await page.setViewportSize({ width, height });
}

async function scheme(all, list, state, name) {
  const { guard, shots } = all;
  for (const [width, height] of widths) {
    if (width === 1280 && !shots) continue; // nobody looks, and for axe it is the page of 1440
    const person = await guard.person({ width, height, scheme: name, state });
    const tab = await person.newPage();
    for (const [what, path] of list) {
      const at = `${what}-${width}-${name}`;
      guard.names(tab, at);
      await tab.goto(path);
      await still(tab, guard).catch((e) => guard.fault(e.message, tab));
      await inspect(tab, guard, width);
      if (shots) await picture(tab, join(shots, `${at}.png`), [width, height]);
    }
    await person.close();
  }
}

/** Light and dark side by side: each waits for a server and a worker much of the time. */
export async function pages(all) {
  const list = await pagesOf(all);
  const state = await all.page.context().storageState();
  await Promise.all(['light', 'dark'].map((name) => scheme(all, list, state, name)));
}

// What has the focus: its name, whether an outline shows it, and whether it is inside the window. Runs in the page.
function focused() {
  const e = document.activeElement;
  if (e === null || e === document.body) return null;
  const drawn = (of) => getComputedStyle(of).outlineStyle !== 'none' && parseFloat(getComputedStyle(of).outlineWidth) >= 2;
  const box = e.getBoundingClientRect();
  return {
    name: `${e.tagName.toLowerCase()} ${e.getAttribute('aria-label') ?? e.textContent.trim().slice(0, 40)}`,
    seen: drawn(e) || drawn(e.parentElement), // the paste box draws it around its icon too
    inside: box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    mark: (e.dataset.walked = 'yes'),
  };
}

// What can be used but was not reached: a radio group and a tree have one stop.
function missed() {
  const use = 'a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, [tabindex="0"]';
  return [...document.querySelectorAll(use)]
    .filter((e) => e.tabIndex >= 0 && e.checkVisibility({ checkVisibilityCSS: true }) && e.dataset.walked === undefined)
    .filter((e) => !(e.type === 'radio' && document.querySelector(`input[name="${e.name}"][data-walked]`)))
    .map((e) => e.outerHTML.slice(0, 120));
}

const stopsMax = 400;
const sameByKeyboard = ['nothing', 'trace', 'trace-replay', 'trace-exits', 'missing']; // as others of the list

export async function keyboard(all) {
  const { page, guard } = all;
  for (const [name, path] of await pagesOf(all)) {
    if (sameByKeyboard.includes(name)) continue;
    guard.at = `${name} by keyboard`;
    await page.goto(path);
    await still(page, guard);
    let stops = 0;
    for (; stops < stopsMax; stops++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(focused);
      if (at === null) break;
      if (!at.seen) guard.fault(`the focus is not seen on ${at.name}`);
      if (!at.inside) guard.fault(`the focus is outside the window on ${at.name}`);
    }
    that(stops < stopsMax, `${name} is a trap, or has more than ${stopsMax} stops`);
    const left = await page.evaluate(missed);
    if (left.length > 0) guard.fault(`not reached by Tab: ${left.slice(0, 3).join(' ')}`);
  }
}
