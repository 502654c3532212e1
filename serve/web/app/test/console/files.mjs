// What leaves the console as a file, and what comes back in.
import { readFile } from 'node:fs/promises';
import { that, same } from './guard.mjs';
import { open } from './trace.mjs';
import { heading } from './session.mjs';

async function download(page, press) {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

const begins = (words) => (b) => b.toString('utf8').startsWith(words);
const holds = (...words) => (b) => words.every((w) => b.toString('utf8').includes(w));

// Each format with what its first bytes or its words must be.
const formats = [
  ['Picture (PNG)', '.png', (b) => b.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) && b.length > 10_000],
  ['Picture (SVG)', '.svg', (b) => begins('<svg')(b) && holds('</svg>', 'Folded')(b)],
  ['Exits (CSV)', '.csv', (b) => b.toString('utf8').trim().split('\n').length > 10 && holds('unspent')(b)],
  ['Graph (GraphML)', '.graphml', holds('<graphml', '</graphml>', '<node', '<edge')],
  ['Page (HTML)', '.html', holds('<!doctype html>', '</html>')],
  ['Holders list', '.txt', (b) => b.length > 0],
  ['Result (JSON)', '.json', (b) => /^sha256:/.test(JSON.parse(b.toString('utf8')).result_digest)],
];

export async function exports({ page, trace }) {
  await open(page, trace);
  for (const [item, ending, good] of formats) {
    const file = await download(page, async () => {
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: item }).click();
    });
    that(file.name.startsWith('clew-trace-') && file.name.endsWith(ending), `${item} is called ${file.name}`);
    that(good(file.bytes), `${item} is not one: ${file.bytes.subarray(0, 200).toString('utf8')}`);
  }
}

/** A case that left as a file and came back says the same. */
export async function caseFile({ page }) {
  await page.goto('/cases');
  await page.getByRole('region', { name: 'Cases' }).getByRole('link').first().click();
  await page.waitForURL(/\/cases\/(?!new)/);
  const before = page.url();
  const press = () => page.getByRole('button', { name: 'Export case file' }).click();
  const out = await download(page, press);
  await page.goto('/cases');
  const give = async (button) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: button }).click()]);
    await chooser.setFiles({ name: out.name, mimeType: 'application/yaml', buffer: out.bytes });
  };
  await give('Import a case file');
  await page.waitForURL((url) => /\/cases\/(?!new)/.test(url.pathname) && url.href !== before);
  await page.getByRole('button', { name: 'Export case file' }).waitFor();
  const back = await download(page, press);
  same(back.bytes.toString('utf8'), out.bytes.toString('utf8'), 'a case file that went out, in and out');
  await give('Compare with a file');
  await page.getByText('The file and the case say the same.').waitFor();
  await page.getByRole('button', { name: 'Delete case' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete case' }).click();
  await heading(page, 'Cases');
}
