import type { Model } from './model';

// What had happened by a time, for the replay: 1 for a node or an edge that was
// there, 0 for what came later. Without a time all is there.
export function asOf(m: Model, time: number | null): { nodes: Uint8Array; edges: Uint8Array } {
  return {
    nodes: Uint8Array.from(m.nodes, (n) => (time === null || n.first_time <= time ? 1 : 0)),
    edges: Uint8Array.from(m.edges, (e) => (time === null || e.first_time <= time ? 1 : 0)),
  };
}

// eventTimes are the times at which something comes into the picture, each once,
// in order: what "one event on" steps through.
export function eventTimes(m: Model): number[] {
  const all = new Set<number>();
  for (const n of m.nodes) all.add(n.first_time);
  for (const e of m.edges) all.add(e.first_time);
  return [...all].sort((a, b) => a - b);
}
