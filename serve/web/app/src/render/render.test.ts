import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import caseFlow from '../../../../../report/flow/testdata/peel-2019.json';
import { crowd } from '../dev/crowd';
import { claimOf } from '../dev/made';
import { sample } from '../dev/sample';
import type { Flow, FlowNode } from '../graph/flow';
import { modelOf } from '../graph/model';
import { outline } from '../graph/outline';
import { weigh, widest } from '../graph/weight';
import { inputOf, shapes } from '../layout/input';
import { place } from '../layout/place';
import { en } from '../messages/en';
import { fitted } from './camera';
import { glyphOf, glyphs, svgOf } from './glyphs';
import { labelOf, plain } from './label';
import { lanesOf, parted, reached } from './lane';
import { SvgPen } from './pen';
import { sceneOf, strength, type Choice } from './scene';
import { stepFrom } from './step';
import { svgOfFlow } from './svg';
import { ticksOf } from './tick';
import { between, reweighed } from './tween';
import { drawWords, forgetWidths, xOfTime } from './words';

const amountText = (units: string) => `${units} sat`;
const all: Choice = { policy: 'fifo', selected: null, path: null, cutTime: null };

function scene(flow: Flow, choice: Partial<Choice> = {}) {
  const m = modelOf(flow);
  const input = inputOf(m, { scale: 'elastic', width: 1036, height: 404 }, () => 80);
  const p = place(input);
  return { m, p, s: sceneOf(m, input.shape, p, { ...all, ...choice }) };
}

function svg(flow: Flow, choice: Partial<Choice> = {}, caption: string[] = []) {
  const { m, s } = scene(flow, choice);
  const palette = new Proxy({}, { get: (_, token) => `[${String(token)}]` });
  const page = { model: m, scene: s, palette, say: en.flow, amountText };
  const words = { label: (v: number) => labelOf(m.nodes[v]!, 0, amountText, en.flow), weight: weigh(m, 'fifo').node, hovered: -1, pinned: new Set<number>() };
  return svgOfFlow(page, words, caption).text;
}

describe('scene', () => {
  it('stacks bodies at a node so that they fill its side without a gap, in order of slope', () => {
    const { m, s, p } = scene(sample());
    const fan = m.at.get('tx:f')!;
    const out = [...m.out.subarray(m.outAt[fan]!, m.outAt[fan + 1]!)].sort((a, b) => s.y0[a]! - s.y0[b]!);
    out.forEach((e, i) => {
      if (i === 0) return;
      const before = out[i - 1]!;
      expect(s.y0[e]! - s.y0[before]!).toBeCloseTo((s.width0[e]! + s.width0[before]!) / 2, 3);
      expect(s.y1[e]!).toBeGreaterThan(s.y1[before]!);
    });
    expect(s.y0[p.trunk[fan]!]!).toBeCloseTo(s.y1[p.trunk[fan]!]!, 0);
  });

  it('makes bodies as wide as what they carry: 38 pixels for all of it, 1.6 at least', () => {
    const { m, s } = scene(sample());
    expect(s.width0[m.edges.findIndex((e) => e.to === 'peel:b')]).toBeCloseTo(38, 3);
    s.width0.forEach((w) => expect(w).toBeGreaterThanOrEqual(1.6 - 1e-6));
  });

  it('sets the path off and what is later back', () => {
    const { m, s } = scene(sample(), { selected: 'mixer:m' });
    expect(m.edges.filter((_, e) => s.bodyStrength[e] === strength.path).map((e) => e.to)).toEqual(['peel:b', 'tx:f', 'mixer:m']);
    const cut = scene(sample(), { cutTime: sample().time_from });
    expect(cut.m.nodes.filter((_, v) => cut.s.nodeStrength[v] !== strength.later).map((n) => n.id)).toEqual(['theft:a']);
  });

  it('tapers the body inside a card from what comes in to what goes on', () => {
    const { m, s } = scene(sample());
    expect(s.cardBodies.map((v) => m.nodes[v]!.id)).toEqual(['peel:b']);
    const body = m.edges.length;
    expect(s.width0[body]).toBeCloseTo(38, 2);
    expect(s.width1[body]!).toBeLessThan(s.width0[body]!);
  });
});

describe('another policy', () => {
  it('moves widths from those before to those after, and places not at all', () => {
    const flow = sample();
    const [a, b] = [scene(flow, { policy: 'fifo' }).s, scene(flow, { policy: 'pure' }).s];
    expect(reweighed(a, a)).toBe(false);
    expect(reweighed(a, b)).toBe(true);
    expect(between(a, b, 1)).toEqual(b);
    expect([...between(a, b, 0).width0]).toEqual([...a.width0]);
    const half = between(a, b, 0.5);
    half.width0.forEach((w, i) => expect(w).toBeCloseTo((a.width0[i]! + b.width0[i]!) / 2, 3));
    expect(half.placement).toBe(b.placement);
  });
});

describe('labels', () => {
  it('show marks that hide or reverse text, and bound its length', () => {
    expect(plain('a\u202eb\u0000c\u2066')).toBe('a\ufffdb\ufffdc\ufffd');
    expect([...plain('x'.repeat(500))].length).toBe(40);
  });

  it('say of each node of the case something, and no figure but the policy\'s', () => {
    const m = modelOf(caseFlow as unknown as Flow);
    for (const n of m.nodes) {
      const l = labelOf(n, 0, amountText, en.flow);
      expect(l.name).not.toBe('');
      if (n.kind === 'unspent') expect(l.name).toBe(n.amounts[0] === '0' ? 'At rest' : `${n.amounts[0]} sat`);
      if (n.amounts[0] === '0') expect(`${l.name} ${l.value}`).not.toContain('sat');
    }
  });
});

describe('words on the screen', () => {
  const sizes = [[1036, 345], [908, 290], [1372, 660], [640, 300]] as const;
  const cases = [['case', caseFlow as unknown as Flow], ['sample', sample()], ['crowd', crowd(120, 1)]] as const;

  // A pen that keeps where words were written: left, right and base line.
  function written(flow: Flow, width: number, height: number, labels = (n: FlowNode) => labelOf(n, 0, amountText, en.flow)) {
    const m = modelOf(flow);
    const input = inputOf(m, { scale: 'elastic', width, height }, () => 120);
    const p = place(input);
    const s = sceneOf(m, input.shape, p, all);
    const zoom = Math.max(0.3, Math.min(1, width / p.width, (height - 24) / p.height));
    const theft = m.nodes.findIndex((n) => n.kind === 'theft');
    const state = fitted(width, height, p, 24, { x: p.x[theft]!, y: p.y[theft]! });
    const unit = Math.max(width, height);
    const look = { zoom, width, height, x: width / 2 - (width / 2 + (state.x - 0.5) * unit) * zoom, y: height / 2 - (height / 2 - (state.y - 0.5) * unit) * zoom };
    const words: { text: string; x0: number; x1: number; y: number }[] = [];
    const c = new SvgPen(null);
    const plates: { x: number; y: number; width: number; height: number }[] = [];
    c.fillText = (text, x, y) => void words.push({ text, x0: x, x1: x + c.measureText(text).width, y });
    c.fillRect = (x, y, w, h) => void plates.push({ x, y, width: w, height: h });
    forgetWidths();
    const palette = new Proxy({}, { get: () => '' });
    const label = (v: number) => labels(m.nodes[v]!);
    drawWords({ c, look, model: m, scene: s, palette, say: en.flow, amountText }, { label, weight: weigh(m, 'fifo').node, hovered: -1, pinned: new Set() });
    return { m, s, p, look, words: words.filter((w) => w.y > 24), plates };
  }

  it('stay on the canvas, whole, and the theft 52 pixels from its edge', () => {
    for (const [name, flow] of cases) {
      for (const [width, height] of sizes) {
        const { words, p, m, look } = written(flow, width, height);
        expect(words.length, name).toBeGreaterThan(5);
        for (const w of words) expect(w.x0 >= 4 && w.x1 <= width - 4 && w.y <= height, `${name} ${width}: ${w.text}`).toBe(true);
        const theft = m.nodes.findIndex((n) => n.kind === 'theft');
        expect(p.x[theft]! * look.zoom + look.x, `${name} ${width}`).toBeGreaterThanOrEqual(51.9);
      }
    }
  });

  it('are not struck through by lines of value at rest', () => {
    for (const [name, flow] of cases) {
      for (const [width, height] of sizes) {
        const { words, plates, p, m, s, look } = written(flow, width, height);
        const rests = [...m.nodes.keys()].filter((v) => m.nodes[v]!.kind === 'unspent' && s.nodeStrength[v] === strength.plain);
        const onPlate = (w: { x0: number; y: number }) => plates.some((r) => w.x0 >= r.x && w.x0 <= r.x + r.width && w.y >= r.y && w.y <= r.y + r.height);
        for (const w of words.filter((o) => !onPlate(o))) {
          const struck = rests.filter((v) => {
            const [x, y] = [p.x[v]! * look.zoom + look.x, p.y[v]! * look.zoom + look.y];
            return y > w.y - 9 && y < w.y + 2 && x < w.x1 && p.nowX * look.zoom + look.x > w.x0;
          });
          expect(struck, `${name} ${width}: ${w.text}`).toEqual([]);
        }
      }
    }
  });

  it('of what rests stand by its glyph or not at all', () => {
    for (const [name, flow] of cases) {
      for (const [width, height] of sizes) {
        const { words, p, m, look } = written(flow, width, height, (n) => ({ name: n.id, value: '0.1234 BTC' }));
        for (const w of words) {
          const v = m.at.get(w.text);
          if (v === undefined || m.nodes[v]!.kind !== 'unspent') continue;
          const at = p.x[v]! * look.zoom + look.x;
          expect(Math.max(w.x0 - at, at - w.x1 - 90), `${name} ${width}: ${w.text}`).toBeLessThan(70);
        }
      }
    }
  });

  it('leave out what the policy gives nothing', () => {
    const flow = structuredClone(sample());
    const at = flow.nodes.findIndex((n) => n.id === 'mixer:m');
    flow.nodes[at]!.amounts = flow.nodes[at]!.amounts.map(() => '0');
    flow.edges.filter((e) => e.to === 'mixer:m').forEach((e) => { e.amounts = e.amounts.map(() => '0'); });
    const { words, s, m } = written(flow, 1036, 404);
    expect(words.map((w) => w.text)).not.toContain('CoinJoin');
    expect(s.nodeStrength[at]).toBe(strength.nothing);
    expect(s.width0[m.edges.findIndex((e) => e.to === 'mixer:m')]).toBe(0);
  });
});

describe('glyphs', () => {
  it('are drawn with tokens only', () => {
    for (const name of Object.keys(glyphs) as (keyof typeof glyphs)[]) {
      expect(svgOf(name, (t) => `[${t}]`)).not.toMatch(/#|rgb/);
    }
  });

  it('know every kind, and a kind that they do not know is not decoded', () => {
    expect(glyphOf('unspent', 'rest', false)).toBe('rest');
    expect(glyphOf('tx', 'branches', false)).toBe('fold');
    expect(glyphOf('tx', null, true)).toBe('pill');
    expect(glyphOf('something new', null, false)).toBe('undec');
  });
});

describe('svg', () => {
  it('is the picture that is written down', () => {
    expect(svg(sample(), { selected: 'service:n' }, ['Theft', 'digest']).replace(/></g, '>\n<')).toMatchSnapshot();
  });

  it('holds names from outside as text, and nothing that runs or loads', () => {
    const flow = sample();
    flow.nodes.forEach((n) => { n.claim = claimOf('</text><script>alert(1)</script>" onload="x'); });
    const text = svg(flow, {}, ['<b>&']);
    expect(text).not.toMatch(/<script|style=|https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
    expect(text.match(/<[a-z]+[^>]* on[a-z]+=/)).toBeNull();
  });

  it('gives every body a line, and a lead no body', () => {
    const flow = sample();
    flow.edges[0]!.certainty = 'lead';
    expect((svg(flow).match(/stroke="\[core\]"/g) ?? []).length + 0).toBeGreaterThanOrEqual(flow.edges.length);
    expect(svg(flow)).toContain('stroke-dasharray="0.1 5"');
  });
});

describe('axis', () => {
  it('names a time once, says a day where it changes, and never writes over itself', () => {
    const { p } = scene(sample());
    const ticks = ticksOf(p, (x) => x, (t) => 6 * (t.day.length + t.clock.length), 1000);
    expect(ticks.map((t) => `${t.day} ${t.clock}`.trim())).toEqual(['3 Oct 2025 17:56', '17:57', '19:16', '19:58', '21:30', '23:05', '4 Oct 03:10', '04:22']);
  });

  it('places a time between its columns', () => {
    const p = { tickTime: Float64Array.of(10, 20), tickX: Float32Array.of(100, 200), nowX: 400 };
    expect([5, 10, 15, 20, 30, 99].map((t) => xOfTime(p, 40, t))).toEqual([100, 100, 150, 200, 300, 400]);
  });
});

describe('camera', () => {
  it('shows all of a picture that fits, at its own size', () => {
    const state = fitted(1000, 424, { width: 1000, height: 400 }, 24, { x: 50, y: 200 });
    expect(state.ratio).toBe(1);
    expect(state.x).toBeCloseTo(0.5, 6);
  });

  it('shows all of a picture of any size, when that is asked for', () => {
    const s = fitted(1000, 424, { width: 9000, height: 5000 }, 24, { x: 40, y: 300 }, 0.005);
    expect(1 / s.ratio).toBeCloseTo(0.08, 9);
    const at = (x: number, y: number) => [500 + (x - (500 + (s.x - 0.5) * 1000)) / s.ratio, 212 + (y - (212 - (s.y - 0.5) * 1000)) / s.ratio];
    expect(at(0, 0)[1]).toBeCloseTo(24, 6);
    expect(at(9000, 5000)[1]).toBeCloseTo(424, 6);
    expect(at(0, 0)[0]).toBeGreaterThanOrEqual(0);
    expect(at(9000, 5000)[0]).toBeLessThanOrEqual(1000);
  });

  it('begins with the theft where all would be too small', () => {
    fc.assert(fc.property(fc.integer({ min: 4000, max: 90000 }), fc.integer({ min: 2000, max: 40000 }), fc.double({ min: 0, max: 1, noNaN: true }), (width, height, at) => {
      const theft = { x: 52, y: 40 + at * (height - 80) };
      const s = fitted(1000, 424, { width, height }, 24, theft);
      const zoom = 1 / s.ratio;
      const left = 500 + (s.x - 0.5) * 1000 - 500 / zoom;
      const top = 212 - (s.y - 0.5) * 1000 - 212 / zoom;
      const on = { x: (theft.x - left) * zoom, y: (theft.y - top) * zoom };
      expect(on.x).toBeGreaterThan(0);
      expect(on.x).toBeLessThan(1000);
      expect(on.y).toBeGreaterThan(20);
      expect(on.y).toBeLessThan(424);
    }));
  });
});

describe('steps and lanes', () => {
  it('go along the widest edge, and come back', () => {
    const { m, p } = scene(sample());
    const share = weigh(m, 'fifo').share;
    let v = 0;
    const way = ['theft:a'];
    for (let next = stepFrom(m, p, share, v, 'later'); next >= 0; next = stepFrom(m, p, share, v, 'later')) way.push(m.nodes[(v = next)]!.id);
    expect(way).toEqual(['theft:a', 'peel:b', 'tx:f', 'tx:1', 'tx:2', 'tx:3', 'service:n']);
    expect(m.nodes[stepFrom(m, p, share, v, 'earlier')]!.id).toBe('tx:3');
    expect(p.y[stepFrom(m, p, share, 0, 'up')]!).toBeLessThan(p.y[0]!);
  });

  it('let a trunk go on with what its branches leave', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const m = modelOf(crowd(60, seed));
      const w = weigh(m, 'fifo');
      const rows = outline(m, widest(m));
      lanesOf(rows, w).forEach((lanes, i) => {
        lanes.forEach((l) => expect(l.above >= 0 && l.below >= 0 && l.depth <= rows[i]!.depth).toBe(true));
      });
    }), { numRuns: 30 });
    const m = modelOf(sample());
    const rows = outline(m, widest(m));
    expect(rows.map((r) => `${r.depth} ${m.nodes[r.node]!.id}`)).toEqual([
      '0 theft:a', '0 peel:b', '1 service_name:k', '1 rest:p', '0 tx:f', '1 unspent:d', '1 undecoded:e', '1 tx:h', '1 listed:x', '1 mixer:m',
      '0 tx:1', '0 tx:2', '1 unspent:2', '0 tx:3', '1 unspent:3', '0 service:n',
    ]);
  });

  it('set apart what is later than the replay, so that what stays is a tree of its own', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 60 }), (seed, k) => {
      const m = modelOf(crowd(60, seed));
      const rows = outline(m, widest(m));
      const cut = m.nodes[k % m.nodes.length]!.first_time;
      const { before, after } = parted(rows, (v) => m.nodes[v]!.first_time > cut);
      expect([...before, ...after].sort((a, b) => a.node - b.node)).toEqual([...rows].sort((a, b) => a.node - b.node));
      const stays = new Set(before.map((r) => r.node));
      before.forEach((r) => {
        expect(m.nodes[r.node]!.first_time).toBeLessThanOrEqual(cut);
        if (r.edge >= 0) expect(stays.has(m.from[r.edge]!)).toBe(true);
      });
    }), { numRuns: 30 });
    const m = modelOf(sample());
    const all = outline(m, widest(m));
    expect(parted(all, () => false)).toEqual({ before: all, after: [] });
  });

  it('leave out on a phone what the policy does not reach, and all that hangs on it', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 5 }), (seed, every) => {
      const flow = crowd(60, seed);
      flow.nodes.forEach((n, i) => { if (i % every === 0) n.amounts = n.amounts.map(() => '0'); });
      const m = modelOf(flow);
      const w = weigh(m, 'fifo');
      const rows = outline(m, widest(m));
      const kept = new Set(reached(rows, w.node, -1).map((r) => r.node));
      m.nodes.forEach((_, v) => { if (w.node[v]! > 0) expect(kept.has(v)).toBe(true); });
      const left = rows.filter((r) => !kept.has(r.node)).map((r) => r.node);
      expect(left.every((v) => w.node[v] === 0)).toBe(true);
      expect(reached(rows, w.node, left[0] ?? -1).some((r) => r.node === left[0])).toBe(left.length > 0);
    }), { numRuns: 30 });
  });

  it('draw a card of a chain, and glyphs for all else', () => {
    const { s } = scene(sample());
    expect(s.shape.filter((x) => x === shapes.card).length).toBe(1);
  });
});
