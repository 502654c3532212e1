import type { Input } from './input';
import { place, type Placement } from './place';

export interface Task {
  task: number;
  input: Input;
}

export type Answer = { task: number; placement: Placement; ms: number } | { task: number; error: string };

self.onmessage = (event: MessageEvent<Task>) => {
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
