// One function for every call to the server. It adds what a browser's session
// needs, turns refusals into problems, and waits where the server says so.

import { Problem, problemOf } from './problem';

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  query?: Record<string, string | number | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, with its type. */
  raw?: { text: string; type: string };
  /** The same key twice is the same write once. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const waitsMax = 3;
const waitSecondsMax = 30;

export class Client {
  private csrf: string | null = null;
  private readonly fetch: Fetch;
  private readonly wait: (seconds: number) => Promise<void>;

  constructor(fetch?: Fetch, wait?: (seconds: number) => Promise<void>) {
    this.fetch = fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.wait = wait ?? ((s) => new Promise((done) => setTimeout(done, s * 1000)));
  }

  /** The token of the session; without it the server refuses writes. */
  setCsrf(token: string | null): void {
    this.csrf = token;
  }

  async json<T>(path: string, call: Call = {}): Promise<T> {
    const answer = await this.send(path, call, 'application/json');
    if (answer.status === 204) return undefined as T;
    return (await answer.json()) as T;
  }

  async text(path: string, call: Call = {}): Promise<string> {
    return (await this.send(path, call, '*/*')).text();
  }

  async blob(path: string, call: Call = {}): Promise<Blob> {
    return (await this.send(path, call, '*/*')).blob();
  }

  /** An open answer whose body is read as it comes. */
  async stream(path: string, signal: AbortSignal, lastEventId: string | null): Promise<Response> {
    const headers = new Headers({ Accept: 'text/event-stream' });
    if (lastEventId !== null) headers.set('Last-Event-ID', lastEventId);
    const answer = await this.once(path, { headers, signal, credentials: 'same-origin', cache: 'no-store' });
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }

  private async send(path: string, call: Call, accept: string): Promise<Response> {
    const method = call.method ?? 'GET';
    const init = this.init(method, call, accept);
    const url = path + queryOf(call.query);
    for (let tries = 1; ; tries++) {
      const answer = await this.once(url, init);
      if (answer.ok) return answer;
      const problem = await problemOf(answer);
      // A write with a key may be sent again; one without may not.
      const again = method === 'GET' || call.idempotencyKey !== undefined;
      const busy = problem.status === 429 || problem.status === 503;
      if (!busy || !again || problem.retryAfter === null || tries >= waitsMax) throw problem;
      if (problem.retryAfter > waitSecondsMax) throw problem;
      await this.wait(problem.retryAfter);
    }
  }

  private init(method: string, call: Call, accept: string): RequestInit {
    const headers = new Headers({ Accept: accept });
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (method !== 'GET') {
      if (this.csrf !== null) headers.set('X-Clew-Csrf', this.csrf);
      if (call.idempotencyKey !== undefined) headers.set('Idempotency-Key', call.idempotencyKey);
    }
    if (call.raw !== undefined) {
      headers.set('Content-Type', call.raw.type);
      init.body = call.raw.text;
    } else if (call.body !== undefined) {
      headers.set('Content-Type', 'application/json');
      init.body = JSON.stringify(call.body);
    }
    if (call.signal !== undefined) init.signal = call.signal;
    return init;
  }

  private async once(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(url, init);
    } catch (e) {
      if (e instanceof DOMException && e.name === 'AbortError') throw e;
      throw new Problem({ type: 'clew:unreachable', detail: e instanceof Error ? e.message : '' });
    }
  }
}

export function queryOf(query: Call['query']): string {
  const all = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') all.set(key, String(value));
  }
  const text = all.toString();
  return text === '' ? '' : '?' + text;
}

/** A new key for a write that may be sent twice. */
export function newKey(): string {
  return crypto.randomUUID();
}
