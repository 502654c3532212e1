// Drives the built console against a server that runs, as a person does, and as
// one without a mouse; fails on the first thing that a person should not see. Called
// by integration/console_test.go with a document of what there is in CLEW_CONSOLE:
//
//	{"url", "link", "chromium", "chain", "txid", "address", "block", "slow", "trace", "shots"}
//
// shots, if it is not empty, is a folder that takes pictures of every page.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Guard } from './console/guard.mjs';
import * as ask from './console/ask.mjs';
import * as files from './console/files.mjs';
import * as look from './console/look.mjs';
import * as session from './console/session.mjs';
import * as trace from './console/trace.mjs';

const there = JSON.parse(process.env.CLEW_CONSOLE ?? 'null');
if (there === null) {
  console.error('console.mjs: CLEW_CONSOLE is not set; integration/console_test.go sets it');
  process.exit(2);
}

const steps = [
  ['log in by a link', session.logIn],
  ['a link that was used', session.usedLink],
  ['search', session.search],
  ['a transaction', session.transaction],
  ['an address', session.address],
  ['the first picture', trace.first],
  ['policies', trace.policies],
  ['a peel chain', trace.peel],
  ['a path', trace.path],
  ['time', trace.time],
  ['the table by keyboard', trace.byKeyboard],
  ['notes', trace.notes],
  ['exports', files.exports],
  ['a link to a view', trace.link],
  ['a case file', files.caseFile],
  ['a wrong question', ask.wrong],
  ['a trace that is cancelled', ask.cancel],
  ['a trace that ends', ask.done],
  ['keys of programs', session.keys],
  ['the theme', session.theme],
  ['every page by keyboard', look.keyboard],
  ['every page at every size', look.pages],
  ['log out', session.logOut],
];

const guard = new Guard(new URL(there.url).origin);
if (there.shots) mkdirSync(there.shots, { recursive: true });
await guard.launch(there.chromium);
const person = await guard.person();
const page = await person.newPage();
const only = (process.env.CLEW_STEPS ?? '').split(',').filter((s) => s !== '');
for (const [name, step] of steps) {
  if (only.length > 0 && name !== 'log in by a link' && !only.includes(name)) continue;
  guard.at = name;
  const began = Date.now();
  try {
    await step({ ...there, guard, page });
  } catch (e) {
    guard.fault(`${e.message}\n${(e.stack ?? '').split('\n').filter((l) => l.includes('/console')).slice(0, 3).join('\n')}`);
    if (there.shots) await page.screenshot({ path: join(there.shots, `fault-${name.replaceAll(' ', '-')}.png`) }).catch(() => undefined);
  }
  guard.settle();
  console.log(`${name}: ${Date.now() - began} ms`);
}
await guard.browser.close();
process.exitCode = guard.faults.length === 0 ? 0 : 1;
