// Server-sent events, read from an open answer rather than by EventSource: it
// tells a refusal from a lost line, and says from which event it goes on.

import type { Client } from './client';
import { isProblem } from './problem';

export interface ServerEvent {
  id: string | null;
  name: string;
  data: string;
}

const lineMax = 1 << 20;

/** Cuts a stream of text into events (WHATWG HTML, 9.2.6). */
export class EventParser {
  private rest = '';
  private id: string | null = null;
  private name = '';
  private data: string[] = [];
  retryMs: number | null = null;

  /** The events that are whole once this text has come. */
  push(text: string): ServerEvent[] {
    this.rest += text;
    if (this.rest.length > lineMax) throw new Error('an event is longer than 1 MiB');
    const events: ServerEvent[] = [];
    for (;;) {
      const end = this.rest.search(/\r\n|\n|\r/);
      // A lone CR at the end may be half of a CRLF.
      if (end < 0 || (this.rest[end] === '\r' && end === this.rest.length - 1)) return events;
      const line = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + (this.rest.startsWith('\r\n', end) ? 2 : 1));
      const event = this.line(line);
      if (event !== null) events.push(event);
    }
  }

  private line(line: string): ServerEvent | null {
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') this.name = value;
    if (field === 'data') this.data.push(value);
    if (field === 'id' && !value.includes('\0')) this.id = value;
    if (field === 'retry' && /^\d{1,6}$/.test(value)) this.retryMs = Number(value);
    return null;
  }

  private dispatch(): ServerEvent | null {
    const event = { id: this.id, name: this.name || 'message', data: this.data.join('\n') };
    const empty = this.data.length === 0;
    this.name = '';
    this.data = [];
    return empty ? null : event;
  }
}

export interface Listener {
  event: (e: ServerEvent) => void;
  /** The line was lost (true) or is there again (false). */
  lost: (lost: boolean) => void;
  /** The server refused: there is nothing to wait for. */
  refused: (e: unknown) => void;
}

const waitsMs = [500, 1_000, 2_000, 5_000, 10_000];

/**
 * Listens until it is told to stop, or an event named in last has come. After
 * a lost line it goes on from the last event that was seen.
 */
export function listen(client: Client, path: string, last: readonly string[], to: Listener): () => void {
  const control = new AbortController();
  void (async () => {
    let lastId: string | null = null;
    for (let lost = 0; !control.signal.aborted; lost++) {
      const parser = new EventParser();
      try {
        const answer = await client.stream(path, control.signal, lastId);
        to.lost(false);
        for await (const e of eventsOf(answer, parser)) {
          lost = 0;
          if (e.id !== null) lastId = e.id;
          to.event(e);
          if (last.includes(e.name)) return;
        }
      } catch (e) {
        if (control.signal.aborted) return;
        const refused = isProblem(e) && e.status >= 400 && e.status < 500 && e.status !== 429;
        if (refused) return to.refused(e);
      }
      if (control.signal.aborted) return;
      to.lost(true);
      const pause = parser.retryMs ?? waitsMs[Math.min(lost, waitsMs.length - 1)] ?? 1_000;
      await new Promise((done) => setTimeout(done, pause));
    }
  })();
  return () => control.abort();
}

async function* eventsOf(answer: Response, parser: EventParser): AsyncGenerator<ServerEvent> {
  if (answer.body === null) return;
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
