import { describe, expect, it } from 'vitest';
import openFlow from '../../../../../report/flow/testdata/peel-2019-open.json';
import closedFlow from '../../../../../report/flow/testdata/peel-2019.json';
import type { Flow } from '../graph/flow';
import { flowOf, pathOf } from './mock/world';
import { pathTo } from './path';
import { moved, windowsOf, without } from './window';

const flow = openFlow as unknown as Flow;

describe('the window of a peel chain', () => {
  const w = windowsOf(flow)[0];
  it('says which hops of how many are shown', () => {
    expect(windowsOf(flow).map(({ from, hops }) => ({ from, hops }))).toEqual([{ from: 160, hops: 173 }]);
    expect(windowsOf(closedFlow as unknown as Flow)).toEqual([]);
  });
  it('is moved within its chain, whatever else is open', () => {
    if (w === undefined) throw new Error('no window');
    expect(moved(['rest:aa', `${w.chain}~160`], w, 148)).toEqual([`${w.chain}~148`, 'rest:aa']);
    expect(moved([w.chain], w, 9_999)).toEqual([`${w.chain}~161`]);
    expect(moved([], w, -5)).toEqual([`${w.chain}~0`]);
  });
  it('is closed by the name of its chain', () => {
    expect(without([`${w?.chain}~160`, 'rest:aa'], w?.chain ?? '')).toEqual(['rest:aa']);
  });
  it('comes from a link, which may say anything', () => {
    expect(windowsOf(flow, [`${w?.chain}~x`, 'peel:none~3', `${w?.chain}~999999`]).map((one) => one.from)).toEqual([161]);
  });
});

describe('the path of the server', () => {
  const made = flowOf();
  const to = made.nodes[made.nodes.length - 1]?.id ?? '';
  it('is taken where it leads to the node under the policy', () => {
    const known = pathOf(to, 0) ?? null;
    expect(pathTo(made, to, 'fifo', known).map((n) => n.id)).toEqual(known?.nodes);
  });
  it('is passed over where it is another\'s, or leads through what is not drawn', () => {
    const own = pathTo(made, to, 'fifo').map((n) => n.id);
    const other = pathOf(made.nodes[1]?.id ?? '', 0) ?? null;
    expect(pathTo(made, to, 'fifo', other).map((n) => n.id)).toEqual(own);
    const lost = pathOf(to, 0);
    expect(pathTo(made, to, 'fifo', lost === undefined ? null : { ...lost, nodes: ['gone', ...lost.nodes] }).map((n) => n.id)).toEqual(own);
  });
});
