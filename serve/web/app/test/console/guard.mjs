// The browser, and what must never happen in it: an error in the console, an error
// of a page, a request to another origin, a violation of the policy, an answer
// that refuses what nobody expected to be refused.
import { chromium } from 'playwright-core';

// What Chromium says of a machine without a graphics card.
const ofTheMachine = /GL Driver|GPU stall|Automatic fallback to software WebGL/;

// Between the answer to one request and the next that it brings about.
const quietMs = 80;

export class Guard {
  faults = [];
  at = 'start';
  #expected = [];
  #at = new WeakMap();
  #asking = new WeakMap(); // of each page: requests without an answer, and when the last one came

  constructor(origin) {
    this.origin = origin;
  }

  async launch(executablePath) {
    this.browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
    });
  }

  fault(what, page = null) {
    const line = `${this.#at.get(page) ?? this.at}: ${what}`;
    this.faults.push(line);
    console.log(`FAULT ${line}`);
  }

  /** Says what a page shows, where several are open at a time. */
  names(page, at) {
    this.#at.set(page, at);
  }

  /** Says that answers with this status are what the next step wants to see. */
  expect(status, path) {
    this.#expected.push({ status, path });
  }

  settle() {
    this.#expected = [];
  }

  /** A context of its own: a person with this screen and, with state, this session. */
  async person({ width = 1440, height = 900, scheme = 'light', state, still = true } = {}) {
    const context = await this.browser.newContext({
      viewport: { width, height }, colorScheme: scheme, reducedMotion: still ? 'reduce' : 'no-preference', storageState: state, acceptDownloads: true, baseURL: this.origin,
    });
    context.setDefaultTimeout(15_000);
    // A violation is told to the page and not always to the console.
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => console.error(`policy violated: ${e.violatedDirective} ${e.blockedURI}`));
    });
    context.on('page', (page) => this.#watch(page));
    return context;
  }

  #watch(page) {
    page.on('pageerror', (e) => this.fault(`error of the page: ${e.message}`, page));
    page.on('console', (m) => {
      if (m.type() !== 'error' && m.type() !== 'warning') return;
      if (ofTheMachine.test(m.text())) return;
      const status = /status of (\d{3})/.exec(m.text())?.[1];
      if (status !== undefined && this.#expects(Number(status), m.location().url)) return;
      this.fault(`console: ${m.text()} ${m.location().url}`, page);
    });
    page.on('request', (r) => {
      const url = new URL(r.url());
      if (url.origin !== this.origin && url.protocol !== 'blob:' && url.protocol !== 'data:') this.fault(`asks for ${r.url()}`, page);
    });
    const asking = { open: new Set(), since: Date.now() };
    const ended = (r) => asking.open.delete(r) && (asking.since = Date.now());
    this.#asking.set(page, asking);
    page.on('request', (r) => {
      // Of what the page before asked for nobody hears again.
      if (r.isNavigationRequest()) asking.open.clear();
      // Nor of a worker's script, which is no request to the server, once the worker ended.
      if (!r.url().startsWith('blob:')) asking.open.add(r);
    });
    page.on('requestfinished', ended);
    page.on('requestfailed', ended);
    page.on('response', (r) => {
      if (r.status() >= 400 && !this.#expects(r.status(), r.url())) this.fault(`${r.request().method()} ${r.url()} is answered ${r.status()}`, page);
    });
  }

  /** Waits until a page asks for nothing any more. */
  quiet(page) {
    const asking = this.#asking.get(page);
    return until(() => (Date.now() - asking.since > quietMs ? [...asking.open].map((r) => r.url()) : null), (open) => open?.length === 0, 'requests without an answer');
  }

  #expects(status, url) {
    return this.#expected.some((e) => e.status === status && url.includes(e.path));
  }
}

/** A check that says what was wanted and what was there. */
export function same(got, want, what) {
  const [g, w] = [JSON.stringify(got), JSON.stringify(want)];
  if (g !== w) throw new Error(`${what}: ${g}, want ${w}`);
}

export function that(ok, what) {
  if (!ok) throw new Error(what);
}

/** Waits until something read is as it should be, and says what it was else. */
export async function until(read, ok, what, ms = 15_000) {
  const late = Date.now() + ms;
  for (;;) {
    const got = await read();
    if (ok(got)) return got;
    if (Date.now() > late) throw new Error(`${what}: it stays ${JSON.stringify(got)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
