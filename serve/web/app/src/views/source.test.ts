import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// The rules of the design that a compiler does not hold: words stand in the
// catalogue, colours in the tokens, and the made-up server is in no page.
const here = join(import.meta.dirname ?? '', '..');

function filesOf(folder: string): string[] {
  return readdirSync(join(here, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|css)$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

const files = ['views', 'actions', 'state'].flatMap(filesOf);
const code = (name: string): string => readFileSync(join(here, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

describe('the source', () => {
  it('has no colour outside the tokens', () => {
    const found = files.filter((f) => /#[0-9a-f]{3,8}\b(?=[;\s'"])|\b(rgb|hsl|oklch)a?\(/i.test(code(f)));
    expect(found).toEqual([]);
  });
  it('has no words outside the catalogue', () => {
    // Text between tags, and the attributes that are read or spoken.
    const wordy = />[^<>{}=;()]*[A-Za-z]{3,}[^<>{}=;()]*<\/|\b(aria-label|title|placeholder|alt|label|hint)="[^"]*[A-Za-z]/;
    const found = files.filter((f) => f.endsWith('.tsx') && wordy.test(code(f)));
    expect(found).toEqual([]);
  });
  it('has nothing that a strict policy refuses', () => {
    expect(files.filter((f) => /dangerouslySetInnerHTML|innerHTML|\beval\(|new Function/.test(code(f)))).toEqual([]);
  });
  it('has no made-up server in a page', () => {
    expect(files.filter((f) => !f.includes('mock') && /mock\//.test(code(f)))).toEqual([]);
  });
});
