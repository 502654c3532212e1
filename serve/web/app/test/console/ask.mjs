// A trace that is asked, watched, cancelled and asked again.
import { same, that, until } from './guard.mjs';
import { ready } from './trace.mjs';

async function ask(page, chain, start, limit) {
  await page.goto(`/traces/new?chain=${chain}&start=${start}`);
  if (limit !== undefined) await page.getByRole('textbox', { name: 'Most hops' }).fill(limit);
  await page.getByRole('button', { name: 'Start trace' }).click();
  await page.waitForURL(/\/traces\/(?!new)/);
}

export async function cancel({ page, chain, slow }) {
  await ask(page, chain, slow);
  await page.getByRole('heading', { name: /Tracing, [\d,]+ transactions so far/ }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('This trace was cancelled').waitFor();
  same(await page.getByRole('button', { name: 'Export' }).count(), 0, 'exports of a trace without a result');
}

export async function wrong({ page, guard, chain }) {
  guard.expect(400, '/v1/traces');
  guard.expect(422, '/v1/traces');
  await page.goto(`/traces/new?chain=${chain}&start=nonsense`);
  await page.getByRole('button', { name: 'Start trace' }).click();
  await until(() => page.getByRole('textbox', { name: 'Starts' }).getAttribute('aria-invalid'), (v) => v === 'true', 'the field that is wrong');
}

export async function done({ page, chain, txid }) {
  await ask(page, chain, txid, '6');
  await ready(page);
  that(await page.getByRole('table', { name: 'Exits and resting places' }).getByRole('row').count() > 2, 'no exit');
  await page.goto('/traces');
  await page.getByRole('cell', { name: 'cancelled' }).first().waitFor();
}
