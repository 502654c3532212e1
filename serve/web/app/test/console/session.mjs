// Logging in, searching, reading, keys of programs, logging out.
import { same, that, until } from './guard.mjs';

export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

export async function logIn({ page, guard, link }) {
  guard.expect(401, '/v1/session');
  await page.goto('/cases');
  await heading(page, 'Log in');
  await page.goto(link);
  await page.getByText('What this server holds').waitFor();
  same(new URL(page.url()).hash, '', 'the token stays in the address');
  const cookies = await page.context().cookies();
  that(cookies.length > 0 && cookies.every((c) => c.httpOnly && c.sameSite === 'Strict'), `a cookie that a script may read or another site may use: ${JSON.stringify(cookies.map(({ value, ...c }) => c))}`);
}

/** A link works once. */
export async function usedLink({ guard, link }) {
  guard.expect(401, '/v1/session');
  guard.expect(403, '/v1/session');
  const other = await guard.person();
  const page = await other.newPage();
  await page.goto(link);
  await page.getByText('The link was not accepted').waitFor();
  await other.close();
}

async function paste(page, words) {
  await page.keyboard.press('/');
  await page.getByRole('searchbox', { name: 'Find a transaction, address or block' }).fill(words);
  await page.keyboard.press('Enter');
}

export async function search({ page, txid, address, block }) {
  await page.goto('/');
  await page.getByText('What this server holds').waitFor();
  await paste(page, txid);
  await page.waitForURL(/\/tx\//);
  await paste(page, address);
  await page.waitForURL(/\/address\//);
  await paste(page, block);
  await page.getByRole('cell', { name: 'Block', exact: true }).waitFor();
  await paste(page, 'nonsense <b>');
  await page.getByText('Nothing here matches nonsense <b>').waitFor();
}

export async function transaction({ page, chain, txid }) {
  await page.goto(`/tx/${chain}/${txid}`);
  await page.getByText(/BTC went to \d+ outputs?/).waitFor();
  that(await page.getByRole('region', { name: 'Outputs' }).getByRole('row').count() > 1, 'no output is listed');
  await page.getByRole('link', { name: 'Trace from here' }).waitFor();
}

export async function address({ page, chain, address }) {
  await page.goto(`/address/${chain}/${address}`);
  await page.getByText(/Received .* BTC, holds/).waitFor();
  const moves = page.getByRole('region', { name: 'Moves, newest first' });
  await moves.getByRole('row').nth(1).waitFor();
  const first = moves.getByRole('link').first();
  const to = await first.getAttribute('href');
  await first.click();
  await page.waitForURL((url) => url.pathname === to);
  await page.getByText(/BTC went to \d+ outputs?/).waitFor();
}

const asks = (key) => fetch('/v1/traces', { headers: { Authorization: `Bearer ${key}` }, credentials: 'omit' }).then((r) => r.status);

export async function keys({ page, guard }) {
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Make key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('of the walk');
  await dialog.getByRole('button', { name: 'Make key' }).click();
  await dialog.getByText('It is not shown again').waitFor();
  const key = /clew_[0-9A-Za-z_-]+/.exec(await dialog.innerText())?.[0];
  that(key !== undefined, 'the key is not shown');
  await dialog.getByRole('button', { name: 'Done' }).click();
  same(await page.evaluate(asks, key), 200, 'asked with the key');
  const row = page.getByRole('row').filter({ hasText: 'of the walk' });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await row.getByText('revoked').waitFor();
  guard.expect(401, '/v1/traces');
  same(await page.evaluate(asks, key), 401, 'asked with the revoked key');
}

/** The theme that is chosen stays over a new page. */
export async function theme({ page }) {
  const read = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto('/settings');
  await heading(page, 'Settings');
  const light = await read();
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  const dark = await until(read, (c) => c !== light, 'the theme');
  await page.reload();
  await heading(page, 'Settings');
  same(await read(), dark, 'the theme of a new page');
  await page.getByRole('radio', { name: 'as the system' }).check();
}

export async function logOut({ page, guard }) {
  guard.expect(401, '/v1/');
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Log out' }).click();
  await heading(page, 'Log in');
  same(await page.evaluate(() => fetch('/v1/cases').then((r) => r.status)), 401, 'asked without a session');
  await page.goto('/cases');
  await heading(page, 'Log in');
}
