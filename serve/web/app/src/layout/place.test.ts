import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import caseFlow from '../../../../../report/flow/testdata/peel-2019.json';
import { crowd } from '../dev/crowd';
import { sample } from '../dev/sample';
import type { Flow } from '../graph/flow';
import { modelOf, type Model } from '../graph/model';
import { inputOf, shapes, type TimeScale } from './input';
import { orderOf } from './order';
import { place, type Placement } from './place';

const view = { width: 1036, height: 404 };

// A random test prints its seed; CLEW_SEED gives it back.
const seed = process.env.CLEW_SEED === undefined ? undefined : Number(process.env.CLEW_SEED);
const runs = seed === undefined ? { numRuns: 60 } : { numRuns: 60, seed };

function laid(flow: Flow, scale: TimeScale = 'elastic', size = view): { m: Model; p: Placement; input: ReturnType<typeof inputOf> } {
  const m = modelOf(flow);
  const input = inputOf(m, { scale, ...size }, (n) => (n.kind === 'tx' ? 0 : 90));
  return { m, p: place(input), input };
}

const madeFlow = fc.record({ size: fc.integer({ min: 1, max: 160 }), seed: fc.integer({ min: 0, max: 1e9 }) }).map((o) => crowd(o.size, o.seed));
const anyScale = fc.constantFrom<TimeScale>('elastic', 'linear', 'hop');

describe('place', () => {
  it('gives the small sample the places that are written down', () => {
    const { m, p } = laid(sample());
    const lines = m.nodes.map((n, v) => `${n.id} ${p.x[v]} ${p.endX[v]} ${p.y[v]}`);
    expect([`${p.width} x ${p.height}, ${p.hash}`, ...lines].join('\n')).toMatchSnapshot();
  });

  it('gives the shipped case the places that are written down, on each scale', () => {
    for (const scale of ['elastic', 'linear', 'hop'] as const) {
      const { p } = laid(caseFlow as unknown as Flow, scale);
      expect(`${scale} ${p.width} x ${p.height}, ${p.tickX.length} columns, ${p.hash}`).toMatchSnapshot();
    }
  });

  it('is the same twice', () => {
    fc.assert(fc.property(madeFlow, anyScale, (flow, scale) => laid(flow, scale).p.hash === laid(structuredClone(flow), scale).p.hash), runs);
  });

  it('puts what is later further right, and never an edge back', () => {
    fc.assert(fc.property(madeFlow, fc.constantFrom<TimeScale>('elastic', 'linear'), (flow, scale) => {
      const { m, p, input } = laid(flow, scale);
      const o = orderOf(input);
      const through = [...m.nodes.keys()].filter((v) => m.outAt[v + 1]! > m.outAt[v]!);
      through.sort((a, b) => o.start[a]! - o.start[b]!);
      for (let i = 1; i < through.length; i++) {
        if (o.start[through[i - 1]!]! < o.start[through[i]!]!) expect(p.x[through[i]!]!).toBeGreaterThanOrEqual(p.x[through[i - 1]!]!);
      }
      m.edges.forEach((_, e) => expect(p.x[m.to[e]!]!).toBeGreaterThanOrEqual(p.x[m.from[e]!]!));
    }), runs);
  });

  it('keeps glyphs of one column apart', () => {
    fc.assert(fc.property(madeFlow, anyScale, (flow, scale) => {
      const { p, input } = laid(flow, scale);
      const order = [...p.y.keys()].sort((a, b) => p.x[a]! - p.x[b]! || p.y[a]! - p.y[b]!);
      for (let i = 1; i < order.length; i++) {
        const [u, v] = [order[i - 1]!, order[i]!];
        if (p.x[u] !== p.x[v]) continue;
        const least = input.shape[u] === shapes.dot && input.shape[v] === shapes.dot ? 12 : 14;
        expect(p.y[v]! - p.y[u]!).toBeGreaterThanOrEqual(least);
      }
    }), runs);
  });

  it('keeps everything inside the picture', () => {
    fc.assert(fc.property(madeFlow, anyScale, (flow, scale) => {
      const { p } = laid(flow, scale);
      p.x.forEach((x) => expect(x >= 0 && x <= p.width).toBe(true));
      p.y.forEach((y) => expect(y >= 0 && y <= p.height).toBe(true));
      p.tickX.forEach((x, k) => { if (k > 0) expect(x).toBeGreaterThanOrEqual(p.tickX[k - 1]!); });
    }), runs);
  });

  it('leaves places alone when only amounts of a policy change', () => {
    const flow = sample();
    const other = structuredClone(flow);
    other.edges.forEach((e) => { e.amounts[2] = '0'; });
    expect(laid(other).p.hash).toBe(laid(flow).p.hash);
  });
});

describe('place, with what nobody draws on purpose', () => {
  const made = (edges: [string, string][], times: Record<string, number>): Flow => {
    const flow = sample();
    const one = flow.nodes[0]!;
    const nodes = Object.entries(times).map(([id, t]) => ({ ...one, id, kind: 'tx' as const, first_time: t, last_time: t }));
    return { ...flow, nodes, edges: edges.map(([from, to]) => ({ ...flow.edges[0]!, id: `${from}${to}`, from, to })) };
  };

  it('stands an empty flow and a single node', () => {
    expect(laid(made([], {})).p.x.length).toBe(0);
    expect(laid(made([], { a: 5 })).p.x.length).toBe(1);
  });

  it('stands circles, edges back in time and edges to nowhere', () => {
    const { p, m } = laid(made([['a', 'b'], ['b', 'c'], ['c', 'a'], ['c', 'd'], ['x', 'a'], ['a', 'a']], { a: 9, b: 3, c: 7, d: 1 }));
    expect(m.edges.length).toBe(4);
    expect([...p.x].every(Number.isFinite)).toBe(true);
    expect([...p.y].every(Number.isFinite)).toBe(true);
  });

  it('draws a chain of thousands without a stack that overflows', () => {
    const ids = Array.from({ length: 3000 }, (_, i) => `n${i}`);
    const times = Object.fromEntries(ids.map((id, i) => [id, i]));
    const { p } = laid(made(ids.slice(1).map((id, i) => [ids[i]!, id]), times));
    expect(new Set(p.y).size).toBe(1);
  });

  it('draws a backward trace with the theft at its end', () => {
    const { p, m } = laid({ ...made([['a', 'c'], ['b', 'c'], ['c', 'd']], { a: 1, b: 2, c: 3, d: 4 }), backward: true });
    expect(p.x[m.at.get('d')!]!).toBeGreaterThan(p.x[m.at.get('a')!]!);
  });
});
