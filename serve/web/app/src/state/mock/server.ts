// A server that remembers nothing beyond its own life, for tests and for
// looking at pages. It answers as serve/api is planned to; it is in no build.
import type { ApiKey, Asked, Case, CaseText, Hit, Note, Question, Run } from '../api';
import { addressOf, addressText, chains, moves, txOf } from './chain';
import { bitcoin, digest, flowOf, pathOf, policies, resultOf, theft, txid } from './world';

const question: Question = { chain: bitcoin, starts: [`bitcoin:${txid(1)}`], policies };
const made = '2026-09-01T08:00:00Z';
const by = { revision: 1, made, made_by: 'owner', changed: made, changed_by: 'owner' };

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'req-mock' } });
}

export function problem(status: number, title: string, detail: string, errors: { location: string; message: string }[] = []): Response {
  const body = { type: `/docs#problem-${status}`, title, status, detail, instance: '', request_id: 'req-7f31c0', errors };
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } });
}

type Handler = (m: string[], request: Request, url: URL) => Response | Promise<Response>;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export class MockServer {
  loggedIn = true;
  stepMs = 250;
  runs: Run[] = [];
  cases: Case[] = [{ id: 'c1', title: 'A made-up theft', notes: 'Nothing here happened.', question, ...by }];
  notes = new Map<string, Note[]>([['c1', [{ id: 'n1', target: 'case', text: 'Larch Exchange was asked at 10:02.\nNo answer yet.', pinned: true, ...by }]]]);
  keys: ApiKey[] = [{ id: 'k3v9d2m1', name: 'night export', scopes: ['read'], made, used: null, ends: null, revoked: null }];
  private count = 1;

  constructor() {
    const run = { title: '', case: 'c1', progress: null, question, finalised: true, error: null, made, made_by: 'owner', started: made, ended: null, input_digest: null };
    this.runs.push(
      { ...run, id: 't1', status: 'done', result_digest: digest },
      { ...run, id: 't2', status: 'running', progress: { policy: 'haircut', height: 558_104, txs: 41_208, stage: 'visiting' as const }, result_digest: null, finalised: null },
      { ...run, id: 't3', status: 'failed', result_digest: null, finalised: null, error: { title: 'the ledger is damaged', detail: 'column value, row 5,120: checksum does not fit' } },
    );
  }

  private readonly routes: [string, RegExp, Handler][] = [
    ['GET', /^\/v1\/session$/, () => (this.loggedIn ? json({ user: 'owner', via: 'session', scopes: ['read', 'write'], csrf: 'mock-csrf', expires: '2026-12-01T00:00:00Z' }) : problem(401, 'Unauthorized', 'there is no session'))],
    ['POST', /^\/v1\/session$/, async (_, r) => this.logIn(((await r.json()) as { token: string }).token)],
    ['DELETE', /^\/v1\/session$/, () => this.logOut()],
    ['GET', /^\/v1\/chains$/, () => json({ items: chains })],
    ['GET', /^\/v1\/search$/, (_m, _r, u) => this.search(u.searchParams.get('q') ?? '')],
    ['GET', /^\/v1\/txs\/[^/]+\/([^/]+)$/, ([id = '']) => (/^[0-9a-f]{64}$/.test(id) ? json(txOf(id)) : problem(404, 'Not Found', 'the ledger does not hold this transaction'))],
    ['GET', /^\/v1\/addresses\/[^/]+\/([^/]+)\/txs$/, () => json({ items: moves, next: null })],
    ['GET', /^\/v1\/addresses\/[^/]+\/([^/]+)$/, ([a = '']) => json(addressOf(decodeURIComponent(a)))],
    ['GET', /^\/v1\/traces$/, (_m, _r, u) => json({ items: this.runs.filter((r) => !u.searchParams.get('case') || r.case === u.searchParams.get('case')), next: null })],
    ['POST', /^\/v1\/traces$/, async (_, r) => this.start((await r.json()) as Asked)],
    ['GET', /^\/v1\/traces\/([^/]+)$/, ([id]) => this.found(this.runs.find((r) => r.id === id))],
    ['DELETE', /^\/v1\/traces\/([^/]+)$/, ([id]) => this.dropRun(id ?? '')],
    ['GET', /^\/v1\/traces\/([^/]+)\/result$/, () => json(resultOf())],
    ['GET', /^\/v1\/traces\/([^/]+)\/graph$/, (_m, _r, u) => json(flowOf((u.searchParams.get('open') ?? '').split(',').filter((o) => o !== '')))],
    ['GET', /^\/v1\/traces\/([^/]+)\/path$/, (_m, _r, u) => this.found(pathOf(u.searchParams.get('to') ?? '', Number(u.searchParams.get('policy') ?? '0')))],
    ['GET', /^\/v1\/traces\/([^/]+)\/export$/, (_m, _r, u) => new Response(`made up, as ${u.searchParams.get('format')}\n`)],
    ['GET', /^\/v1\/traces\/([^/]+)\/events$/, ([id], r) => this.events(id ?? '', r)],
    ['GET', /^\/v1\/cases$/, () => json({ items: this.cases, next: null })],
    ['POST', /^\/v1\/cases$/, async (_, r) => this.makeCase((await r.json()) as Case)],
    ['POST', /^\/v1\/cases\/import$/, async (_, r) => this.importCase(await r.text())],
    ['POST', /^\/v1\/cases\/([^/]+)\/diff$/, () => json({ same: false, lines: [{ field: 'title', here: 'A made-up theft', there: 'Another title', moved: false }, { field: 'starts', here: null, there: `bitcoin:${txid(2)}`, moved: false }] })],
    ['GET', /^\/v1\/cases\/([^/]+)\/file$/, ([id]) => new Response(`title: ${this.cases.find((c) => c.id === id)?.title}\nchain: bitcoin\nstarts: [${txid(1)}]\n`)],
    ['GET', /^\/v1\/cases\/([^/]+)\/notes$/, ([id]) => json({ items: this.notes.get(id ?? '') ?? [], next: null })],
    ['POST', /^\/v1\/cases\/([^/]+)\/notes$/, async ([id], r) => this.makeNote(id ?? '', (await r.json()) as Note)],
    ['PUT', /^\/v1\/cases\/([^/]+)\/notes\/([^/]+)$/, async ([id, n], r) => this.changeNote(id ?? '', n ?? '', (await r.json()) as Note)],
    ['DELETE', /^\/v1\/cases\/([^/]+)\/notes\/([^/]+)$/, ([id, n]) => this.dropNote(id ?? '', n ?? '')],
    ['GET', /^\/v1\/cases\/([^/]+)$/, ([id]) => this.found(this.cases.find((c) => c.id === id))],
    ['PUT', /^\/v1\/cases\/([^/]+)$/, async ([id], r) => this.changeCase(id ?? '', (await r.json()) as Case)],
    ['DELETE', /^\/v1\/cases\/([^/]+)$/, ([id]) => this.dropCase(id ?? '')],
    ['GET', /^\/v1\/keys$/, () => json({ items: this.keys, next: null })],
    ['POST', /^\/v1\/keys$/, async (_, r) => this.makeKey((await r.json()) as ApiKey)],
    ['DELETE', /^\/v1\/keys\/([^/]+)$/, ([id]) => this.dropKey(id ?? '')],
  ];

  /** Answers a request as the server would. */
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const write = request.method !== 'GET';
    const login = url.pathname === '/v1/session' && request.method === 'POST';
    if (!this.loggedIn && !login) return problem(401, 'Unauthorized', 'there is no session');
    if (write && !login && request.headers.get('X-Clew-Csrf') !== 'mock-csrf') return problem(403, 'Forbidden', 'the header X-Clew-Csrf is missing');
    for (const [method, path, handler] of this.routes) {
      const m = request.method === method ? path.exec(url.pathname) : null;
      if (m !== null) return handler(m.slice(1), request, url);
    }
    return problem(404, 'Not Found', `nothing is at ${url.pathname}`);
  }

  /** In place of the browser's fetch. */
  readonly asFetch = (input: string, init?: RequestInit): Promise<Response> => this.fetch(new Request(new URL(input, 'http://127.0.0.1'), init));

  private found(v: unknown): Response {
    return v === undefined ? problem(404, 'Not Found', 'there is no such thing, or it was deleted') : json(v);
  }

  private logIn(token: string): Response {
    if (token !== 'good') return problem(401, 'Unauthorized', 'the link was used before, or is older than 15 minutes');
    this.loggedIn = true;
    return json({ user: 'owner', via: 'session', scopes: ['read', 'write'], csrf: 'mock-csrf', expires: null });
  }

  private logOut(): Response {
    this.loggedIn = false;
    return new Response(null, { status: 204 });
  }

  private search(q: string): Response {
    if (q === 'slow') return new Response(null, { status: 429, headers: { 'Retry-After': '120' } });
    const seen = { first_seen: '2019-01-24T11:02:00Z', last_seen: '2019-01-25T14:43:20Z' };
    const tx: Hit = { kind: 'tx', chain: 'bitcoin', id: txid(7), title: '', ...seen, labels: [] };
    const address: Hit = { kind: 'address', chain: 'bitcoin', id: addressText, title: '', ...seen, labels: ['Larch Exchange'] };
    const kase: Hit = { kind: 'case', chain: null, id: 'c1', title: 'A made-up theft', first_seen: null, last_seen: null, labels: [] };
    if (q === '559900') return json({ query: q, hits: [{ kind: 'block', chain: 'bitcoin', id: q, title: `block ${txid(77)}`, first_seen: seen.first_seen, last_seen: seen.first_seen, labels: [] }] });
    if (q === 'nothing') return json({ query: q, hits: [] });
    if (/^[0-9a-f]{64}$/.test(q)) return json({ query: q, hits: [{ ...tx, id: q }] });
    return json({ query: q, hits: [tx, address, kase] });
  }

  private start({ case: kase, ...asked }: Asked): Response {
    const bad = (asked.starts ?? []).findIndex((s) => s.includes('nonsense'));
    if (bad >= 0) return problem(422, 'Unprocessable Entity', 'the question can not mean anything', [{ location: `body.starts[${bad}]`, message: 'want TXID, TXID:VOUT or ADDRESS' }]);
    const run: Run = { id: `t${++this.count + 10}`, status: 'running', title: '', case: kase ?? null, progress: null, question: asked, result_digest: null, finalised: null, error: null, made, made_by: 'owner', started: made, ended: null, input_digest: null };
    this.runs.unshift(run);
    return json(run, 202);
  }

  private dropRun(id: string): Response {
    const run = this.runs.find((r) => r.id === id);
    if (run?.status === 'running' || run?.status === 'queued') run.status = 'cancelled';
    else this.runs = this.runs.filter((r) => r.id !== id);
    return new Response(null, { status: 204 });
  }

  private events(id: string, request: Request): Response {
    const run = this.runs.find((r) => r.id === id);
    if (run === undefined) return problem(404, 'Not Found', 'there is no such trace');
    const first = Number(request.headers.get('Last-Event-ID') ?? '0') + 1;
    const { stepMs } = this;
    const stays = id === 't2';
    const stream = new ReadableStream<Uint8Array>({
      async start(to) {
        const say = (text: string): void => to.enqueue(new TextEncoder().encode(text));
        for (let i = first; i <= 4 && run.status === 'running'; i++) {
          run.progress = { policy: 'fifo', height: 556_000 + i * 900, txs: i * 10_302, stage: 'visiting' as const };
          say(`id: ${i}\nevent: progress\ndata: ${JSON.stringify(run.progress)}\n\n`);
          await pause(stepMs);
        }
        if (stays) return; // a trace that does not end while one looks
        if (run.status === 'running') Object.assign(run, { status: 'done', result_digest: digest, finalised: true });
        say(`id: 5\nevent: ${run.status}\ndata: {}\n\n`);
        to.close();
      },
    });
    return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  private makeCase(c: CaseText): Response {
    const fresh: Case = { ...c, id: `c${++this.count}`, ...by };
    this.cases.unshift(fresh);
    return json(fresh, 201);
  }

  private importCase(yaml: string): Response {
    const title = /^title: (.*)$/m.exec(yaml)?.[1];
    if (title === undefined) return problem(422, 'Unprocessable Entity', 'line 1: key "x" is not known');
    return this.makeCase({ title, notes: '', question });
  }

  private changeCase(id: string, next: Case): Response {
    this.cases = this.cases.map((c) => (c.id === id ? { ...next, id, changed: made } : c));
    return this.found(this.cases.find((c) => c.id === id));
  }

  private dropCase(id: string): Response {
    this.cases = this.cases.filter((c) => c.id !== id);
    return new Response(null, { status: 204 });
  }

  private makeNote(id: string, n: Note): Response {
    const fresh = { ...n, id: `n${++this.count}`, ...by };
    this.notes.set(id, [...(this.notes.get(id) ?? []), fresh]);
    return json(fresh, 201);
  }

  private changeNote(id: string, n: string, next: Note): Response {
    this.notes.set(id, (this.notes.get(id) ?? []).map((one) => (one.id === n ? { ...one, ...next } : one)));
    return this.found(this.notes.get(id)?.find((one) => one.id === n));
  }

  private dropNote(id: string, n: string): Response {
    this.notes.set(id, (this.notes.get(id) ?? []).filter((one) => one.id !== n));
    return new Response(null, { status: 204 });
  }

  private makeKey(k: ApiKey): Response {
    const fresh: ApiKey = { id: `k${++this.count}x7c2q9`, name: k.name, scopes: k.scopes, made, used: null, ends: null, revoked: null };
    this.keys.push(fresh);
    return json({ ...fresh, key: `clew_${fresh.id}_made-up-secret-of-no-server` }, 201);
  }

  private dropKey(id: string): Response {
    this.keys = this.keys.map((k) => (k.id === id ? { ...k, revoked: made } : k));
    return new Response(null, { status: 204 });
  }
}

/** The theft in coins as pages show it. */
export const theftCoins = `${theft / 100_000_000n}.855`;
