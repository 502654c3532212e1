import type { Input } from './input';
import { place, type Placement } from './place';

export interface Task {
  task: number;
  input: Input;
}

// Whether pictures can be drawn is asked here and not on the page: the first use of
// the graphics card waits until it has started, and that may be half a second.
export interface Probe {
  task: number;
  probe: true;
}

export type Answer = { task: number; canDraw: boolean } | { task: number; placement: Placement; ms: number } | { task: number; error: string };

function canDraw(): boolean {
  if (typeof OffscreenCanvas === 'undefined') return true;
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

self.onmessage = (event: MessageEvent<Task | Probe>) => {
  if ('probe' in event.data) {
    self.postMessage({ task: event.data.task, canDraw: canDraw() } satisfies Answer);
    return;
  }
  const { task, input } = event.data;
  const begun = performance.now();
  try {
    const p = place(input);
    const answer: Answer = { task, placement: p, ms: performance.now() - begun };
    const lists = [p.x, p.endX, p.y, p.trunk, p.tickTime, p.tickX];
    self.postMessage(answer, { transfer: lists.map((l) => l.buffer) });
  } catch (e) {
    self.postMessage({ task, error: e instanceof Error ? e.message : String(e) } satisfies Answer);
  }
};
