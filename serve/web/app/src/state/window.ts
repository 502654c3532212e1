// The windows of peel chains that are open: which hops of how many are shown.
import type { Flow } from '../graph/flow';

/** How many hops of an open chain are shown at a time; docs/format/flow.md. */
export const windowHops = 12;

export interface PeelWindow {
  chain: string; // id of the fold
  from: number; // the first hop shown, from 0
  hops: number; // of the whole chain
}

/** The open chains that have more hops than a window shows. */
export function windowsOf(flow: Flow, open: readonly string[] = flow.open): PeelWindow[] {
  const hops = new Map<string, number>();
  for (const n of flow.nodes) {
    const peels = n.fold?.peels;
    if (peels) hops.set(peels.chain, peels.hops);
  }
  return open.flatMap((id) => {
    const [chain = '', at = '0'] = id.split('~');
    const all = hops.get(chain) ?? 0;
    // A chain that is no piece beside its own window is not open in this picture.
    const here = flow.open.some((o) => o.split('~', 1)[0] === chain);
    return here && all > windowHops && /^\d{1,9}$/.test(at) ? [{ chain, from: Math.min(Number(at), all - windowHops), hops: all }] : [];
  });
}

/** What is open once a window begins at another hop. */
export function moved(open: readonly string[], w: PeelWindow, to: number): string[] {
  const from = Math.max(0, Math.min(w.hops - windowHops, to));
  return [...without(open, w.chain), `${w.chain}~${from}`].sort();
}

/** What is open once a fold is closed, whichever window of it was shown. */
export function without(open: readonly string[], id: string): string[] {
  const name = id.split('~', 1)[0];
  return open.filter((o) => o.split('~', 1)[0] !== name);
}
