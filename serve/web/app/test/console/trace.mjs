// The trace of the shipped case: the picture and all that is done with it.
import { same, that, until } from './guard.mjs';

export const picture = (page) => page.getByRole('img', { name: 'Flow of the theft' });
const table = (page) => page.getByRole('table', { name: 'Exits and resting places' });
const answer = (page) => page.getByRole('region', { name: 'Answer' });
const slider = (page) => page.getByRole('slider', { name: 'Time of the replay' });
const query = (page, name) => new URL(page.url()).searchParams.get(name);
const details = (page) => page.getByRole('complementary');

/** Opens a trace and waits for its picture; returns the hash of its places. */
export async function open(page, url) {
  await page.goto(url);
  return ready(page);
}

export async function ready(page) {
  await until(() => picture(page).getAttribute('data-phase'), (p) => p === 'ready', 'the phase of the picture');
  return picture(page).getAttribute('data-places');
}

export async function first({ page, trace }) {
  const hash = await open(page, trace);
  that(/^[0-9a-f]+$/.test(hash ?? ''), `the places have no hash: ${hash}`);
  await answer(page).getByText(/BTC/).first().waitFor();
  that(await table(page).getByRole('row').count() > 3, 'the table is empty');
  await page.getByText(/^Folded \d/).waitFor();
  same(await open(page, trace), hash, 'the places of the same trace, drawn again');
}

// The parts of the bar in thousandths of a percent.
async function shareSum(page) {
  const all = await page.getByRole('list', { name: 'Where the theft is, by what can be done about it' }).getByRole('listitem').allTextContents();
  return all.reduce((sum, text) => sum + Number(/(\d+)\.(\d{3})\u202f%/.exec(text)?.slice(1).join('') ?? NaN), 0);
}

export async function policies({ page, trace }) {
  await open(page, trace);
  const group = page.getByRole('radiogroup', { name: /by policy/ });
  const names = (await group.getByRole('radio').allTextContents()).map((t) => /^[A-Za-z]+/.exec(t)[0]);
  same(names.length, 8, 'policies');
  const seen = new Set();
  for (const name of names) {
    await group.getByRole('radio', { name: new RegExp(`^${name}`) }).click();
    await group.getByRole('radio', { name: new RegExp(`^${name}`), checked: true }).waitFor();
    seen.add(await answer(page).innerText());
    if (name === 'Poison') continue; // it apportions nothing, so nothing sums
    same(await shareSum(page), 100_000, `the parts of the bar under ${name}`);
    await table(page).getByText('100.000\u202f%').waitFor();
  }
  that(seen.size > 4, `the answers of ${names.length} policies are ${seen.size}`);
  // One radio holds the focus and arrows choose, as of every group of radios.
  await group.getByRole('radio', { checked: true }).focus();
  const before = query(page, 'policy');
  await page.keyboard.press('ArrowLeft');
  await until(() => query(page, 'policy'), (p) => p !== before, 'the policy after an arrow');
}

const items = (page) => page.getByRole('tree').getByRole('treeitem');
const unfold = (page) => details(page).getByRole('button', { name: 'Unfold', exact: true }).click();

export async function peel({ page, trace }) {
  const folded = await open(page, trace);
  await page.getByRole('button', { name: 'As a list' }).click();
  const before = await items(page).count();
  await items(page).filter({ hasText: 'Peel chain, 173 hops' }).click();
  await unfold(page);
  await until(() => items(page).count(), (n) => n > before, 'the nodes after unfolding');
  const window = query(page, 'open');
  that(/^peel:/.test(window ?? ''), `the address does not say what is open: ${window}`);
  // The window walks: what is left of the chain behind it opens the next hops.
  await items(page).filter({ hasText: /Peel chain, \d+ hops/ }).last().click();
  await unfold(page);
  const next = await until(() => query(page, 'open'), (o) => o !== window, 'the window of the peel chain');
  that(/^peel:[^,]*$/.test(next), `a walked window is another one: ${next}`);
  await page.getByRole('button', { name: 'As a picture' }).click();
  that(await ready(page) !== folded, 'unfolded, the picture is the same');
  await page.getByRole('button', { name: 'Undo' }).click();
  await until(() => query(page, 'open'), (o) => o === window, 'the window after undo');
  await page.getByRole('button', { name: 'Fold all' }).click();
  await until(() => query(page, 'open'), (o) => o === null, 'what is open once all is folded');
  await until(() => ready(page), (h) => h === folded, 'the places once all is folded');
}

export async function path({ page, trace }) {
  await open(page, trace);
  await table(page).getByRole('button', { name: 'Unknown inputs' }).first().click();
  await details(page).getByRole('heading', { name: /Path from the theft, \d+ hops/ }).waitFor();
  const steps = details(page).getByRole('list').filter({ has: page.getByRole('button', { name: 'Theft', exact: true }) }).getByRole('button');
  const all = await steps.allTextContents();
  that(all.length > 2 && all[0] === 'Theft' && all.at(-1) === 'Unknown inputs', `the path is ${all}`);
  await steps.nth(1).click();
  await details(page).getByRole('heading', { level: 2, name: all[1] }).waitFor();
  await page.keyboard.press('Escape');
  await until(() => query(page, 'node'), (n) => n === null, 'the selection after Escape');
}

export async function time({ page, trace }) {
  await open(page, trace);
  const now = Number(await slider(page).getAttribute('aria-valuenow'));
  await slider(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await answer(page).getByText(/^At .*, .* was still moving\.$|^At .*, nothing was moving\.$/).waitFor();
  that(Number(query(page, 'at')) < now, 'the address does not say the time');
  same(await shareSum(page), 100_000, 'the parts of the bar during a replay');
  const box = await slider(page).boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 30);
  await until(() => slider(page).getAttribute('aria-valuenow'), (v) => Number(v) < now, 'the time after a click on the strip');
  const from = Number(await slider(page).getAttribute('aria-valuenow'));
  await page.getByRole('button', { name: 'Replay' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await until(() => slider(page).getAttribute('aria-valuenow'), (v) => Number(v) > from, 'the time of a replay');
  if (await page.getByRole('button', { name: 'Pause' }).isVisible()) await page.getByRole('button', { name: 'Pause' }).click();
  await slider(page).focus();
  await page.keyboard.press('End');
  await until(() => slider(page).getAttribute('aria-valuetext'), (v) => v === 'now', 'the time after End');
}

/** The table is the way without a mouse: down, Enter, and the panel and the picture follow. */
export async function byKeyboard({ page, trace }) {
  await open(page, trace);
  const rows = table(page).locator('tbody').getByRole('button');
  await rows.first().focus();
  await page.keyboard.press('ArrowDown');
  const name = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press('Enter');
  await until(() => query(page, 'node'), (n) => n !== null, 'the selection after Enter');
  await details(page).getByRole('heading', { level: 2, name, exact: true }).waitFor();
  same(await table(page).locator('tr[aria-selected=true]').count(), 1, 'selected rows');
  const head = table(page).getByRole('columnheader').filter({ hasText: 'Received' });
  await head.getByRole('button').focus();
  await page.keyboard.press('s');
  await until(() => head.getAttribute('aria-sort'), (s) => s !== 'none', 'the order after s');
}

export async function notes({ page, trace }) {
  await open(page, trace);
  const list = page.getByRole('region', { name: 'Notes' });
  const write = async (words) => {
    await list.getByRole('textbox', { name: 'Note' }).fill(words);
    await list.getByRole('button', { name: 'Save note' }).click();
    await list.getByText(words, { exact: true }).waitFor();
  };
  await page.keyboard.press('n');
  await write('asked about it <i>once</i>');
  await list.getByRole('button', { name: 'Edit' }).click();
  await write('asked about it twice');
  await page.reload();
  await list.getByText('asked about it twice').waitFor();
  await list.getByRole('button', { name: 'Delete' }).click();
  await list.getByText('No notes yet.').waitFor();
}

/** What is selected, chosen, open and when stands in the address, and a new page shows the same. */
export async function link({ page, guard, trace }) {
  await open(page, trace);
  await page.keyboard.press('2');
  await table(page).locator('tbody').getByRole('button').nth(1).click();
  await slider(page).focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('combobox', { name: 'Time scale' }).selectOption('linear');
  await until(() => new URL(page.url()).search, (s) => ['policy', 'node', 'at', 'scale'].every((k) => s.includes(`${k}=`)), 'the address');
  const shown = async (p) => [await until(() => ready(p), (h) => h !== null, 'places'), await answer(p).innerText(), await details(p).innerText(), await slider(p).getAttribute('aria-valuetext')];
  await page.waitForTimeout(300); // the places of the scale before are gone by then
  const here = await shown(page);
  const other = await guard.person({ state: await page.context().storageState() });
  const fresh = await other.newPage();
  await fresh.goto(page.url());
  same(await shown(fresh), here, 'the view of a link');
  await other.close();
}
