import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import caseFlow from '../../../../../report/flow/testdata/peel-2019.json';
import { crowd } from '../dev/crowd';
import { sample } from '../dev/sample';
import { asOf, eventTimes } from './cut';
import type { Flow } from './flow';
import { modelOf } from './model';
import { openIds, openText, toggled } from './open';
import { outline } from './outline';
import { wayOf, wayTo } from './path';
import { weigh, widest } from './weight';

const real = caseFlow as unknown as Flow;
const madeFlow = fc.record({ size: fc.integer({ min: 1, max: 120 }), seed: fc.integer({ min: 0, max: 1e9 }) }).map((o) => crowd(o.size, o.seed));
const seed = process.env.CLEW_SEED === undefined ? {} : { seed: Number(process.env.CLEW_SEED) };

describe('model', () => {
  it('knows what goes into and out of each node', () => {
    const m = modelOf(real);
    m.edges.forEach((e, i) => {
      const [u, v] = [m.at.get(e.from)!, m.at.get(e.to)!];
      expect([...m.out.subarray(m.outAt[u]!, m.outAt[u + 1]!)]).toContain(i);
      expect([...m.into.subarray(m.intoAt[v]!, m.intoAt[v + 1]!)]).toContain(i);
    });
    expect(m.lost).toBe(0);
  });

  it('leaves out and counts what cannot be drawn', () => {
    const flow = sample();
    flow.edges.push({ ...flow.edges[0]!, id: 'e1', to: 'nowhere' }, { ...flow.edges[0]! });
    flow.nodes.push({ ...flow.nodes[0]! });
    expect(modelOf(flow).lost).toBe(3);
  });
});

describe('weights', () => {
  it('are parts, whatever the amounts are', () => {
    const flow = sample();
    flow.edges[0]!.amounts = ['not a number', '-5', '99999999999999999999999999', ''];
    const m = modelOf(flow);
    for (const list of [...flow.policies.map((p) => weigh(m, p).share), widest(m)]) {
      list.forEach((w) => expect(w >= 0 && w <= 1).toBe(true));
    }
  });
});

describe('way', () => {
  it('leads from the theft to each node of the case, edge by edge', () => {
    const m = modelOf(real);
    m.nodes.forEach((_, v) => {
      const way = wayTo(m, v, 'fifo');
      expect(m.nodes[way.nodes[0]!]!.kind).toBe('theft');
      expect(way.nodes[way.nodes.length - 1]).toBe(v);
      way.edges.forEach((e, i) => expect([m.from[e], m.to[e]]).toEqual([way.nodes[i], way.nodes[i + 1]]));
    });
  });

  it('takes the edge that brings most under the policy', () => {
    const flow = sample();
    flow.edges.push({ ...flow.edges[0]!, id: 'short', from: 'theft:a', to: 'service:n', amounts: ['1', '1', '99000000000', '1'] });
    const m = modelOf(flow);
    const to = m.at.get('service:n')!;
    expect(wayTo(m, to, 'fifo').edges.length).toBeGreaterThan(3);
    expect(wayTo(m, to, 'pure').edges.map((e) => m.edges[e]!.id)).toEqual(['short']);
  });

  it('believes the server where all of its path is shown', () => {
    const m = modelOf(sample());
    expect(wayOf(m, ['theft:a', 'peel:b'], ['theft:a>peel:b'])).toEqual({ nodes: [0, 1], edges: [0] });
    expect(wayOf(m, ['theft:a', 'gone'], [])).toBeNull();
  });
});

describe('cut', () => {
  it('lets nothing come before its time', () => {
    const m = modelOf(real);
    const times = eventTimes(m);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const t of times) {
      const there = asOf(m, t);
      there.nodes.forEach((yes, v) => expect(yes === 1).toBe(m.nodes[v]!.first_time <= t));
    }
    expect(asOf(m, null).edges.every((e) => e === 1)).toBe(true);
  });
});

describe('open', () => {
  it('comes back from the address as it was put there', () => {
    const ids = ['small:0a', 'peel:b~24', 'peel:b~24', 'rest:ff'];
    expect(openIds(openText(ids))).toEqual(['peel:b~24', 'rest:ff', 'small:0a']);
    expect(openIds(null)).toEqual([]);
  });

  it('takes no more than ids, and not many', () => {
    expect(openIds('peel:a,<script>,../x,rest:b%00,')).toEqual(['peel:a']);
    expect(openIds(Array.from({ length: 5000 }, (_, i) => `rest:${i}`).join(',')).length).toBeLessThanOrEqual(256);
  });

  it('has one window of a chain open at a time', () => {
    expect(toggled(['peel:b~12', 'rest:a'], 'peel:b~24')).toEqual(['peel:b~24', 'rest:a']);
    expect(toggled(['rest:a'], 'rest:a')).toEqual([]);
  });
});

describe('outline', () => {
  it('has every node once, each under one that came before', () => {
    fc.assert(fc.property(madeFlow, (flow) => {
      const m = modelOf(flow);
      const rows = outline(m, widest(m));
      expect(rows.map((r) => r.node).sort((a, b) => a - b)).toEqual([...m.nodes.keys()]);
      const seen = new Set<number>();
      rows.forEach((r) => {
        if (r.edge >= 0) expect(seen.has(m.from[r.edge]!)).toBe(true);
        seen.add(r.node);
      });
    }), { numRuns: 60, ...seed });
  });
});
