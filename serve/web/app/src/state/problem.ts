// What the server says when it refuses or fails (RFC 9457), and what stands in
// its place when there was no server to say it.

export interface ProblemError {
  location?: string;
  message?: string;
  value?: unknown;
}

export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly type: string;
  readonly requestId: string | null;
  readonly errors: readonly ProblemError[];
  /** Seconds to wait before asking again, as the server said. */
  readonly retryAfter: number | null;

  constructor(p: Partial<Pick<Problem, 'status' | 'title' | 'detail' | 'type' | 'requestId' | 'errors' | 'retryAfter'>>) {
    super(p.detail || p.title || 'no answer');
    this.name = 'Problem';
    this.status = p.status ?? 0;
    this.title = p.title ?? '';
    this.detail = p.detail ?? '';
    this.type = p.type ?? 'about:blank';
    this.requestId = p.requestId ?? null;
    this.errors = p.errors ?? [];
    this.retryAfter = p.retryAfter ?? null;
  }
}

const textMax = 4_000;
const errorsMax = 50;

function textOf(v: unknown): string {
  return typeof v === 'string' ? v.slice(0, textMax) : '';
}

/** Reads the problem of an answer that is not 2xx; any body will do. */
export async function problemOf(answer: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = await answer.json();
    if (parsed !== null && typeof parsed === 'object') body = parsed as Record<string, unknown>;
  } catch {
    // A proxy may answer with HTML: the status still says what happened.
  }
  const errors = Array.isArray(body.errors) ? body.errors.slice(0, errorsMax) : [];
  return new Problem({
    status: answer.status,
    title: textOf(body.title) || answer.statusText,
    detail: textOf(body.detail),
    type: textOf(body.type) || 'about:blank',
    requestId: textOf(body.request_id) || answer.headers.get('X-Request-Id'),
    errors: errors.filter((e): e is ProblemError => e !== null && typeof e === 'object'),
    retryAfter: retryAfterOf(answer.headers.get('Retry-After')),
  });
}

/** Retry-After in seconds; a date is not sent by our server and is not read. */
export function retryAfterOf(header: string | null): number | null {
  if (header === null || !/^\d{1,6}$/.test(header.trim())) return null;
  return Number(header.trim());
}

export function isProblem(e: unknown): e is Problem {
  return e instanceof Problem;
}
