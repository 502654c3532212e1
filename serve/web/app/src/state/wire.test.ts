import { describe, expect, it } from 'vitest';
import { Client, queryOf } from './client';
import { EventParser, listen, type ServerEvent } from './events';
import { Problem, retryAfterOf } from './problem';

const stream = ': hello\r\nid: 1\nevent: progress\ndata: {"txs":\ndata: 5}\n\nretry: 40\nid: 2\ndata: x\r\r\nevent: done\ndata:\n\n';

describe('events', () => {
  const all = (parts: string[]): ServerEvent[] => {
    const parser = new EventParser();
    return parts.flatMap((p) => parser.push(p));
  };
  it('are the same wherever the stream is cut', () => {
    const want = all([stream]);
    expect(want.map((e) => [e.id, e.name, e.data])).toEqual([['1', 'progress', '{"txs":\n5}'], ['2', 'message', 'x'], ['2', 'done', '']]);
    for (let i = 0; i <= stream.length; i++) expect(all([stream.slice(0, i), stream.slice(i)])).toEqual(want);
    expect(all([...stream])).toEqual(want);
  });
  it('have a bounded length', () => expect(() => all(['data: ' + 'x'.repeat(2 << 20)])).toThrow('1 MiB'));
});

describe('listening', () => {
  const answerOf = (text: string): Response => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
  it('goes on from the last event after a lost line', async () => {
    const asked: (string | null)[] = [];
    const answers = ['retry: 1\n\nid: 7\nevent: progress\ndata: {}\n\n', 'retry: 1\n\nid: 8\nevent: done\ndata: {}\n\n'];
    const client = new Client(async (_, init) => {
      asked.push(new Headers(init?.headers).get('Last-Event-ID'));
      return answerOf(answers[asked.length - 1] ?? '');
    });
    const lost: boolean[] = [];
    await new Promise<void>((done) => {
      listen(client, '/e', ['done'], { event: (e) => e.name === 'done' && done(), lost: (l) => lost.push(l), refused: () => undefined });
    });
    expect(asked).toEqual([null, '7']);
    expect(lost).toEqual([false, true, false]);
  });
  it('ends where the server refuses', async () => {
    const client = new Client(async () => new Response('{}', { status: 404 }));
    const e = await new Promise((refused) => listen(client, '/e', ['done'], { event: () => undefined, lost: () => undefined, refused }));
    expect((e as Problem).status).toBe(404);
  });
});

describe('a call', () => {
  const recorded = (answers: Response[]) => {
    const calls: { url: string; headers: Headers; method: string | undefined }[] = [];
    const waits: number[] = [];
    const client = new Client(
      async (url, init) => {
        calls.push({ url, headers: new Headers(init?.headers), method: init?.method });
        return answers[calls.length - 1] ?? new Response('{}');
      },
      async (s) => void waits.push(s),
    );
    return { client, calls, waits };
  };
  const busy = (): Response => new Response('{"title":"Busy","request_id":"r1"}', { status: 503, headers: { 'Retry-After': '2' } });
  it('carries the token of the session on writes only', async () => {
    const { client, calls } = recorded([]);
    client.setCsrf('t');
    await client.json('/v1/a');
    await client.json('/v1/a', { method: 'POST', body: {}, idempotencyKey: 'k' });
    expect(calls.map((c) => c.headers.get('X-Clew-Csrf'))).toEqual([null, 't']);
    expect(calls[1]?.headers.get('Idempotency-Key')).toBe('k');
  });
  it('waits as long as the server says, and gives up', async () => {
    const { client, waits } = recorded([busy(), busy(), busy(), busy()]);
    await expect(client.json('/v1/a')).rejects.toMatchObject({ status: 503, requestId: 'r1' });
    expect(waits).toEqual([2, 2]);
  });
  it('does not send a write twice unless it has a key', async () => {
    const { client, calls } = recorded([busy()]);
    await expect(client.json('/v1/a', { method: 'POST' })).rejects.toBeInstanceOf(Problem);
    expect(calls.length).toBe(1);
    const keyed = recorded([busy()]);
    await keyed.client.json('/v1/a', { method: 'POST', idempotencyKey: 'k' });
    expect(keyed.calls.length).toBe(2);
  });
  it('says when nobody answers', async () => {
    const client = new Client(async () => {
      throw new TypeError('Failed to fetch');
    });
    await expect(client.json('/v1/a')).rejects.toMatchObject({ status: 0, type: 'clew:unreachable' });
  });
  it('reads a refusal that is no problem document', async () => {
    const { client } = recorded([new Response('<html>', { status: 502, headers: { 'X-Request-Id': 'r9' } })]);
    await expect(client.json('/v1/a')).rejects.toMatchObject({ status: 502, requestId: 'r9' });
  });
  it('leaves empty parameters out', () => expect(queryOf({ a: '', b: undefined, c: 'x y', d: 0 })).toBe('?c=x+y&d=0'));
  it.each([[null, null], ['5', 5], ['Wed, 21 Oct 2015 07:28:00 GMT', null], ['-1', null]])('Retry-After %j', (header, want) => expect(retryAfterOf(header)).toBe(want));
});
