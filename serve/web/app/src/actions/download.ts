// Exports: the picture as it is shown, made here, and all of the trace in the
// formats of the command line, made by the server.
import type { Client } from '../state/client';

export type ServerFormat = 'csv' | 'graphml' | 'html' | 'holders' | 'json';

const extensions: Record<ServerFormat, string> = { csv: 'csv', graphml: 'graphml', html: 'html', holders: 'txt', json: 'json' };

/** Gives a blob to the browser to save. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  document.body.append(a);
  a.click();
  a.remove();
  // The browser reads the blob after this returns.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function exportTrace(client: Client, id: string, format: ServerFormat, name: string): Promise<void> {
  const blob = await client.blob(`/v1/traces/${encodeURIComponent(id)}/export`, { query: { format } });
  save(blob, `${name}.${extensions[format]}`);
}

export async function exportCase(client: Client, id: string): Promise<void> {
  save(await client.blob(`/v1/cases/${encodeURIComponent(id)}/file`), 'case.yaml');
}

/** A file name from a result's digest: the same answer, the same name. */
export function traceName(digest: string): string {
  const hex = /^sha256:([0-9a-f]{8})/.exec(digest)?.[1];
  return hex === undefined ? 'clew-trace' : `clew-trace-${hex}`;
}
