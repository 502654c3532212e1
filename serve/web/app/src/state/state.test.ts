import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanced, firstPolicy, partsOf, policyResults, rangeOf } from './answer';
import { apart, compare, cut, flowAmount, percent, ratio, shares, shareText, sum, units, whole } from './amount';
import { timeAt, xOf } from './axis';
import { exitRows, leftOutOf, rowsSum } from './exits';
import { flowOf, policies, resultOf, theft } from './mock/world';
import { pathTo } from './path';
import { plain, plainText, shortOutpoint } from './plain';
import { draftOf, linesOf, questionOf } from './question';
import { eventBefore, eventTimes, nextEvent, stoodAt } from './replay';
import { startOf, targetOf } from './targets';
import { readView, writeView, type View } from './view';
import { full, span } from './when';

// A failing property prints its seed; CLEW_SEED gives it back.
fc.configureGlobal(process.env.CLEW_SEED === undefined ? {} : { seed: Number(process.env.CLEW_SEED) });

const amounts = fc.bigInt({ min: 0n, max: 21_000_000n * 100_000_000n });

describe('amounts', () => {
  it('are never more on screen than they are', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 8 }), (a, digits) => {
        const text = cut(a, digits).replaceAll(',', '');
        const [coins = '', fraction = ''] = text.split('.');
        const shown = BigInt(coins) * 100_000_000n + BigInt(fraction.padEnd(8, '0'));
        expect(shown <= a).toBe(true);
        // What is there is never shown as nothing.
        if (a > 0n && digits > 0) expect(shown > 0n).toBe(true);
      }),
    );
  });
  it('that differ read differently where there is room, and never wider than that for it', () => {
    const near = fc.array(fc.bigInt({ min: 0n, max: 3_000_000n }), { maxLength: 8 }).map((list) => list.map((a) => 4_684_000_000n + a).sort(compare));
    fc.assert(
      fc.property(near, (list) => {
        const texts = apart(list, 2, 14);
        texts.forEach((t, i) => i > 0 && expect(t === texts[i - 1]).toBe(list[i] === list[i - 1]));
        apart(list, 2, 7).forEach((t, i) => expect(t.length <= 7 && whole(list[i]!).startsWith(t)).toBe(true));
      }),
    );
  });
  it('are whole in full', () => {
    fc.assert(fc.property(amounts, (a) => void expect(a === 0n ? 0n : units(whole(a).replaceAll(',', '').replace('.', ''))).toBe(a)));
  });
  it.each(['', '-1', '1.5', '0x10', 'NaN', '1'.repeat(61), ' 1'])('%j is none', (text) => expect(() => units(text)).toThrow('not an amount'));
  it('share 100.000 % to the last thousandth', () => {
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 20 }), (parts) => {
        const all = shares(parts);
        expect(sum(all)).toBe(sum(parts) === 0n ? 0n : 100_000n);
        parts.forEach((p, i) => expect((p === 0n && (all[i] ?? 0n) === 0n) || p > 0n).toBe(true));
      }),
    );
  });
  it('are said as text', () => {
    expect(cut(24_285_527_612n, 3)).toBe('242.855');
    expect(cut(1_250n, 3)).toBe('0.0000125');
    expect(cut(41_299n, 2)).toBe('0.000412');
    expect(cut(99n, 2)).toBe('0.00000099');
    expect([flowAmount('0'), flowAmount('41299'), flowAmount('24285527612')]).toEqual(['', '0.000412', '242.85']);
    expect(cut(0n, 2)).toBe('0');
    expect(percent(1n, 10_000n)).toBe('<0.1\u202f%');
    expect(percent(5n, 0n)).toBe('');
    expect(shareText(18_005n)).toBe('18.005\u202f%');
    expect(ratio(3n, 2n)).toBe(1);
  });
});

describe('an answer', () => {
  const result = resultOf();
  it('has parts that sum to the theft and to 100.000 %', () => {
    for (const p of policies.filter((p) => p !== 'poison')) {
      expect(balanced(result, p)).toBe(true);
      expect(sum(partsOf(result, p).map((part) => part.share))).toBe(100_000n);
    }
    expect(balanced(result, 'poison')).toBe(null);
  });
  it('that does not sum is found', () => {
    const broken = resultOf();
    (broken.policies.fifo?.absorbers?.[0] ?? { amount: '' }).amount = '1';
    expect(balanced(broken, 'fifo')).toBe(false);
  });
  it('orders what acts, what waits, what is lost', () => {
    expect(partsOf(result, 'fifo').map((p) => p.kind)).toEqual(['service', 'unspent', 'mixer', 'undecoded', 'unknown_input', 'fee']);
  });
  it('orders policies by result, with the bracket at the ends', () => {
    const all = policyResults(result);
    expect(all[0]?.policy).toBe('pure');
    expect(all[all.length - 1]?.policy).toBe('poison');
    expect(firstPolicy(result)).toBe('fifo');
  });
  it('leaves poison out of the range', () => {
    expect(rangeOf(['5', '3', '99'], ['fifo', 'lifo', 'poison'])).toEqual({ least: 3n, most: 5n });
    expect(rangeOf(['9'], ['poison'])).toBe(null);
  });
});

describe('the rows of exits', () => {
  it.each([[[]], [['rest:f4']], [['rest:f4', 'rest:p1']]])('sum to the theft, open %j', (open) => {
    const flow = flowOf(open);
    for (const p of policies.filter((p) => p !== 'poison')) expect(rowsSum(exitRows(flow, p)) + leftOutOf(flow, p)).toBe(theft);
  });
  it('begin with the greatest', () => {
    const rows = exitRows(flowOf(), 'fifo');
    rows.forEach((r, i) => expect(i === 0 || (rows[i - 1]?.theft ?? 0n) >= r.theft).toBe(true));
  });
  it('say how value came', () => {
    const rows = exitRows(flowOf(), 'fifo');
    expect(rows.find((r) => r.id.startsWith('service:aa01'))?.link).toBe('chain');
    expect(rows.find((r) => r.id.startsWith('service:bb02'))?.link).toBe('rule');
  });
});

describe('the replay', () => {
  const flow = flowOf();
  it('loses nothing at any time', () => {
    for (const t of eventTimes(flow)) {
      const stood = stoodAt(flow.strip, 'fifo', t);
      expect(stood === null ? 0n : stood.moving + sum(stood.ended.map((e) => e.amount))).toBe(theft);
    }
  });
  it('knows nothing of poison', () => expect(stoodAt(flow.strip, 'poison', flow.time_to)).toBe(null));
  it('steps from event to event', () => {
    const times = eventTimes(flow);
    expect(nextEvent(times, times[0] ?? 0)).toBe(times[1]);
    expect(nextEvent(times, times[times.length - 1] ?? 0)).toBe(null);
    expect(eventBefore(times, null)).toBe(times[times.length - 1]);
    expect(eventBefore(times, times[0] ?? 0)).toBe(times[0]);
  });
});

describe('a view', () => {
  const ids = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}:[0-9a-f]{1,12}$/), { maxLength: 20 }).map((all) => all.sort());
  const views: fc.Arbitrary<View> = fc.record({
    policy: fc.constantFrom(null, ...policies), at: fc.option(fc.integer({ min: 0, max: 2_000_000_000 })), selected: fc.option(fc.stringMatching(/^[a-z]{1,9}:[0-9a-f]{1,64}$/)),
    open: ids, pins: ids, scale: fc.constantFrom('elastic', 'linear', 'hop'), tab: fc.constantFrom('flow', 'exits'),
  });
  it('comes back from its link', () => fc.assert(fc.property(views, (v) => void expect(readView(new URLSearchParams(writeView(v).toString()))).toEqual({ ...v }))));
  it('is never taken from nonsense', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), fc.constantFrom('policy', 'at', 'node', 'open', 'pins', 'scale', 'tab'), (text, key) => {
        const v = readView(new URLSearchParams([[key, text]]));
        expect(v.open.length + v.pins.length).toBeLessThan(600);
        expect(v.policy === null || policies.includes(v.policy)).toBe(true);
      }),
    );
    expect(readView(new URLSearchParams({ open: Array.from({ length: 9_000 }, (_, i) => `a:${i}`).join(',') })).open.length).toBeLessThan(300);
  });
});

describe('text of strangers', () => {
  it('shows what would hide or turn it', () => {
    expect(plain('Lar\u202egnp.exe')).toBe('Lar\\u202egnp.exe');
    expect(plain('a\u0000\u001b[2Jb\u200b')).toBe('a\\u0000\\u001b[2Jb\\u200b');
    expect(plain('two\nlines')).toBe('two lines');
    expect(plainText('two\r\nlines')).toBe('two\nlines');
    expect(plain('x'.repeat(999)).length).toBeLessThan(210);
  });
  it('keeps the number of an outpoint', () => expect(shortOutpoint('ab'.repeat(32) + ':12')).toBe('ababab\u2026abab:12'));
});

describe('a question', () => {
  it('keeps what the form does not show', () => {
    const q = questionOf({ ...draftOf({ chain: 'bitcoin', starts: ['a'], labels: ['l.csv'], policies: ['fifo,lifo'] }), case: 'c1' });
    expect(q).toEqual({ chain: 'bitcoin', starts: ['a'], labels: ['l.csv'], policies: ['fifo', 'lifo'], case: 'c1' });
  });
  it('asks backward by share and reach only', () => expect(questionOf({ ...draftOf({ chain: 'x', starts: ['a'], until: '9' }), backward: true })).toEqual({ chain: 'x', starts: ['a'], policies: ['haircut', 'poison'], backward: true }));
  it('takes starts by line, blank and comma', () => expect(linesOf(' a\nb, c\t\n')).toEqual(['a', 'b', 'c']));
});

describe('an axis', () => {
  const axis = { times: [0, 100, 200], x: [50, 60, 200] };
  it('is linear between its ticks and stays at its ends', () => expect([-5, 0, 50, 150, 900].map((t) => xOf(axis, t))).toEqual([50, 50, 55, 130, 200]));
  it('leads back', () => expect(timeAt(axis, 130)).toBe(150));
});

describe('nodes', () => {
  const flow = flowOf();
  it('have a path from the theft', () => expect(pathTo(flow, 'service:bb02', 'fifo').map((n) => n.kind)).toEqual(['theft', 'tx', 'tx', 'tx', 'tx', 'service']));
  it('that are not there have none', () => expect(pathTo(flow, 'nothing:1', 'fifo')).toEqual([]));
  it('are noted one by one', () => {
    const by = (id: string) => flow.nodes.find((n) => n.id === id);
    const fold = by('rest:f4');
    const service = by('service:bb02');
    expect(fold && targetOf(fold)).toBe(null);
    expect(service && targetOf(service)).toMatch(/^account:76a914/);
    expect(fold && startOf(fold)).toBe(null);
  });
});

describe('times', () => {
  it('are UTC', () => expect(full(1_548_439_456)).toBe('25 Jan 2019 18:04:16 UTC'));
  it('are said in two units', () => expect([0, 59, 3_600, 56_700, 90_061].map(span)).toEqual(['0 s', '59 s', '1 h', '15 h 45 min', '1 d 1 h']));
});
