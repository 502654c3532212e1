import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { describe, expect, it } from 'vitest';

const here = import.meta.dirname ?? '';

describe('the types of the API', () => {
  it('are what npm run types makes of serve/api/openapi.json', async () => {
    const file = pathToFileURL(join(here, '../../../../api/openapi.json'));
    const made = COMMENT_HEADER + astToString(await openapiTS(file));
    // Where they differ the whole of both says less than what to do.
    expect(made === readFileSync(join(here, 'schema.ts'), 'utf8'), 'openapi.json has changed; run npm run types').toBe(true);
  }, 30_000);
});
