// How it stood at a time, and which times there are to step through.
import { units } from './amount';
import { rankOf, lookOf, type Tone } from './kinds';
import type { ExitKind } from './api';
import type { Flow, Strip } from '../graph/flow';

export interface Stood {
  moving: bigint;
  ended: { kind: ExitKind; tone: Tone; amount: bigint }[];
}

/** The parts at a time under a policy, or null where the strip does not say. */
export function stoodAt(strip: Strip | null | undefined, policy: string, time: number): Stood | null {
  if (!strip) return null;
  const p = strip.policies.indexOf(policy);
  if (p < 0) return null;
  let step = null;
  for (const s of strip.steps) {
    if (s.time > time) break;
    step = s;
  }
  if (step === null) return { moving: 0n, ended: [] };
  return { moving: units(step.moving[p] ?? '0'), ended: endedOf(strip, step.ended, p) };
}

function endedOf(strip: Strip, ended: string[][], p: number): Stood['ended'] {
  return strip.kinds
    .map((kind, k) => ({ kind: kind as ExitKind, tone: lookOf(kind as ExitKind).tone, amount: units(ended[k]?.[p] ?? '0') }))
    .sort((a, b) => rankOf(a.kind) - rankOf(b.kind));
}

/** The times at which anything came to a node, in order, each once. */
export function eventTimes(flow: Flow): number[] {
  const times = new Set<number>();
  for (const n of flow.nodes) times.add(n.first_time);
  for (const s of flow.strip?.steps ?? []) times.add(s.time);
  return [...times].sort((a, b) => a - b);
}

export function nextEvent(times: readonly number[], at: number | null): number | null {
  if (at === null) return null;
  return times.find((t) => t > at) ?? null;
}

export function eventBefore(times: readonly number[], at: number | null): number {
  const before = at === null ? times : times.filter((t) => t < at);
  return before[before.length - 1] ?? times[0] ?? 0;
}
