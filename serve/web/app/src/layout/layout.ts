import { buffersOf, type Input } from './input';
import { place, type Placement } from './place';
import type { Answer, Probe } from './worker';

// Laid is a placement and how long the worker took.
export interface Laid {
  placement: Placement;
  ms: number;
}

// Layouter hands inputs to a worker, one for all pictures of a page. What is asked
// later makes an earlier answer of the same picture worthless, which the caller
// finds out by its signal.
export class Layouter {
  private worker: Worker | null = null;
  private next = 1;
  private waiting = new Map<number, { done(a: Answer): void; failed(e: Error): void }>();
  private drawable: Promise<boolean> | null = null;

  lay(input: Input): Promise<Laid> {
    if (typeof Worker === 'undefined') return Promise.resolve({ placement: place(input), ms: 0 });
    return this.ask((task) => ({ task, input }), buffersOf(input)).then((a) => {
      if (!('placement' in a)) throw new Error('layout: another answer than a placement');
      return { placement: a.placement, ms: a.ms };
    });
  }

  // canDraw says whether there is WebGL; it is found out once.
  canDraw(): Promise<boolean> {
    if (typeof WebGL2RenderingContext === 'undefined' || typeof Worker === 'undefined') return Promise.resolve(false);
    this.drawable ??= this.ask((task) => ({ task, probe: true }) satisfies Probe, []).then((a) => 'canDraw' in a && a.canDraw);
    return this.drawable;
  }

  private ask(make: (task: number) => object, transfer: ArrayBuffer[]): Promise<Answer> {
    const task = this.next++;
    return new Promise((done, failed) => {
      this.waiting.set(task, { done, failed });
      this.started().postMessage(make(task), transfer);
    });
  }

  private started(): Worker {
    if (this.worker !== null) return this.worker;
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = (event: MessageEvent<Answer>) => this.answered(event.data);
    this.worker.onerror = (event) => this.broken(event.message);
    return this.worker;
  }

  private answered(a: Answer) {
    const w = this.waiting.get(a.task);
    this.waiting.delete(a.task);
    if ('error' in a) w?.failed(new Error(`layout: ${a.error}`));
    else w?.done(a);
  }

  // broken fails all that waits; the next question starts a new worker.
  private broken(message: string) {
    this.worker?.terminate();
    this.worker = null;
    for (const w of this.waiting.values()) w.failed(new Error(`layout: the worker failed: ${message}`));
    this.waiting.clear();
  }
}

export const layouter = new Layouter();
