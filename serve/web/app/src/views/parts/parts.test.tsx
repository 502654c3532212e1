// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router-dom';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Flow } from '../../graph/flow';
import { partsOf, policyResults } from '../../state/answer';
import { flowOf, resultOf } from '../../state/mock/world';
import { Problem } from '../../state/problem';
import { AnswerBar } from '../trace/AnswerBar';
import { ExitTable } from '../trace/ExitTable';
import { NodePanel } from '../trace/NodePanel';
import { PeelWalk } from '../trace/PeelWalk';
import { PolicySwitch } from '../trace/PolicySwitch';
import { Strip } from '../trace/Strip';
import { Tree } from '../trace/Tree';
import { Fact, FactList } from './Fact';
import { Failure, Stale } from './Status';

beforeAll(() => {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined }));
});
afterEach(cleanup);

const show = (what: ReactNode) => render(<MantineProvider><MemoryRouter future={{ v7_startTransition: true, v7_relativeSplatPath: true }}>{what}</MemoryRouter></MantineProvider>);
const noop = (): void => undefined;

describe('a fact', () => {
  it('shows its value, its class and its source', () => {
    show(<FactList><Fact label="Received" value="1 BTC" cls="chain" source="block 5" /></FactList>);
    expect(screen.getByText('1 BTC')).toBeTruthy();
    expect(screen.getByRole('img', { name: 'on chain' })).toBeTruthy();
    expect(screen.getByText('block 5')).toBeTruthy();
  });
  it('that is missing says so and why, never 0 or blank', () => {
    show(<FactList><Fact label="Fee" cls="missing" source="2 inputs are from before the ledger" /></FactList>);
    expect(screen.getByText('not known to us').className).toBe('missing');
    expect(screen.getByRole('img', { name: 'missing' })).toBeTruthy();
  });
  it('does not compile without a class, or as missing with a value of another kind', () => {
    // @ts-expect-error a fact has no default class
    const a = <Fact label="x" value="y" source="z" />;
    // @ts-expect-error what is missing has no amount
    const b = <Fact label="x" value={5} cls="missing" source="z" />;
    expect([a, b].length).toBe(2);
  });
});

describe('the answer bar', () => {
  it('gives each absorber its number, and shares that sum', () => {
    show(<AnswerBar parts={partsOf(resultOf(), 'fifo')} sentence="S." />);
    const items = within(screen.getByRole('list')).getAllByRole('listitem');
    const thousandths = items.map((i) => Number((/([\d.]+)\u202f%/.exec(i.textContent ?? '')?.[1] ?? '').replace('.', '')));
    expect(thousandths.reduce((a, b) => a + b, 0)).toBe(100_000);
    expect(items[0]?.textContent).toContain('46.84 named services');
    expect(screen.queryByRole('alert')).toBe(null);
  });
  it('leaves out what is zero, and says when the sum is broken', () => {
    show(<AnswerBar parts={[{ kind: 'fee', tone: 'fee', amount: 0n }, { kind: 'unspent', tone: 'rest', amount: 5n }]} sentence="S." broken />);
    expect(screen.getAllByRole('listitem').length).toBe(1);
    expect(screen.getByRole('alert').textContent).toContain('do not sum');
  });
});

describe('the policy switch', () => {
  it('is a radio group that arrows walk', () => {
    const choose = vi.fn();
    show(<PolicySwitch results={policyResults(resultOf())} measure="services" chosen="fifo" onChoose={choose} />);
    const cells = screen.getAllByRole('radio');
    expect(cells.length).toBe(8);
    expect(cells.filter((c) => c.getAttribute('aria-checked') === 'true').length).toBe(1);
    fireEvent.keyDown(screen.getByRole('radio', { checked: true }), { key: 'ArrowRight' });
    expect(choose).toHaveBeenCalledWith('tiho');
    expect(screen.getByText('at least 31.24, at most 58.49')).toBeTruthy();
    expect(screen.queryByText(/off the scale/)).toBeNull();
  });
  it('tells results apart that differ, and takes Poison off a ruler that would show nothing else', () => {
    const results = [['pure', 4_684_000_000n], ['haircut', 4_684_300_000n], ['fifo', 4_684_300_000n], ['poison', 99_000_000_000n]] as const;
    show(<PolicySwitch results={results.map(([policy, amount]) => ({ policy, amount }))} measure="services" chosen="fifo" onChoose={vi.fn()} />);
    expect(screen.getAllByRole('radio').map((c) => c.lastChild?.textContent)).toEqual(['46.840', '46.843', '46.843', '990.00']);
    expect(screen.getByText('Poison, 990.00, is off the scale')).toBeTruthy();
    expect(document.querySelector('.ruler circle')?.getAttribute('cx')).toBe('98%');
  });
});

const hostile = (): Flow => {
  const flow = flowOf();
  for (const n of flow.nodes) if (n.claim !== null) n.claim = { ...n.claim, name: '<img src=x onerror=alert(1)>\u202egnp', source: '<script>alert(2)</script>' };
  return flow;
};

describe('the exits table', () => {
  const table = (flow: Flow, more: Partial<Parameters<typeof ExitTable>[0]> = {}) =>
    show(<ExitTable flow={flow} policy="fifo" selected={null} at={null} phone={false} onSelect={noop} {...more} />);
  it('sums to the theft in its last row', () => {
    table(flowOf());
    const rows = screen.getAllByRole('row');
    expect(rows[rows.length - 1]?.textContent).toContain('242.855');
    expect(rows[rows.length - 1]?.textContent).toContain('100.000\u202f%');
  });
  it('selects by its button, and sorts by its heads', () => {
    const select = vi.fn();
    table(flowOf(), { onSelect: select });
    fireEvent.click(screen.getByRole('button', { name: 'Larch Exchange' }));
    expect(select).toHaveBeenCalledWith('service:bb02');
    const head = screen.getByRole('button', { name: 'Sort by Of the theft, BTC' });
    expect(head.closest('th')?.getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(head);
    expect(head.closest('th')?.getAttribute('aria-sort')).toBe('ascending');
  });
  it('walks its rows with arrows', () => {
    table(flowOf());
    const first = screen.getByRole('button', { name: 'Willow rounds' });
    first.focus();
    fireEvent.keyDown(first, { key: 'ArrowDown' });
    expect(document.activeElement?.textContent).toBe('Larch Exchange');
  });
  it('keeps names of strangers text', () => {
    const { container } = table(hostile());
    expect(container.querySelector('img')).toBe(null);
    expect(container.textContent).toContain('<img src=x onerror=alert(1)>\\u202egnp');
    expect(container.textContent).not.toContain('\u202e');
  });
  it('counts what is not shown', () => {
    const flow = flowOf();
    flow.left_out = { nodes: 41, edges: 50, amounts: flow.policies.map(() => '100000000'), total: 60 };
    table(flow);
    expect(screen.getByText('Not shown, 41 nodes').parentElement?.textContent).toContain('1.000');
  });
});

describe('the panel', () => {
  const panel = (flow: Flow, id: string, served: boolean | null = true) => {
    const node = flow.nodes.find((n) => n.id === id);
    if (node === undefined) throw new Error(id);
    return show(<NodePanel flow={flow} policy="fifo" node={node} path={null} pinned={false} notes={null} served={served} onSelect={noop} onOpen={noop} onPin={noop} onNote={noop} />);
  };
  it('says who states a name, and what nobody told us', () => {
    panel(flowOf(), 'service:bb02');
    expect(screen.getAllByText('by made-up list, 2 Feb 2026').length).toBe(2);
    expect(screen.getByText('only Larch Exchange can say')).toBeTruthy();
  });
  it('leads to no page that would be empty', () => {
    panel(flowOf(), 'service:bb02', false);
    expect(screen.queryAllByRole('link')).toEqual([]);
    expect(screen.getByText('no ledger of bitcoin is served here')).toBeTruthy();
    cleanup();
    panel(flowOf(), 'service:bb02');
    expect(screen.getByRole('link', { name: 'Open address' }).getAttribute('href')).toContain('/address/bip122');
  });
  it('says that no list names a place', () => {
    panel(flowOf(), `unspent:${'0007'.repeat(16)}:1`);
    expect(screen.getByText('no list names it')).toBeTruthy();
    expect(screen.getByText('not known to us')).toBeTruthy();
  });
  it('keeps names and sources of strangers text', () => {
    const { container } = panel(hostile(), 'service:bb02');
    expect(container.querySelector('img, script')).toBe(null);
    expect(container.textContent).toContain('<script>alert(2)</script>');
  });
});

describe('the walk along a peel chain', () => {
  const walk = (from: number) => {
    const move = vi.fn();
    show(<PeelWalk window={{ chain: 'peel:aa', from, hops: 173 }} onMove={move} onFold={noop} />);
    return move;
  };
  it('goes by buttons and by keys', () => {
    const move = walk(24);
    expect(screen.getByText('Peel chain, hops 25 to 36 of 173')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Later hops' }));
    fireEvent.keyDown(screen.getByRole('slider'), { key: 'ArrowLeft' });
    fireEvent.keyDown(screen.getByRole('slider'), { key: 'End' });
    expect(move.mock.calls).toEqual([[36], [23], [161]]);
  });
  it('goes by the wheel, a hop for so much of a turn', () => {
    const move = walk(24);
    fireEvent.wheel(screen.getByRole('slider'), { deltaY: 20 });
    fireEvent.wheel(screen.getByRole('slider'), { deltaY: 20 });
    fireEvent.wheel(screen.getByRole('slider'), { deltaY: -120 });
    expect(move.mock.calls).toEqual([[25], [21]]);
  });
  it('ends at the first and the last hop', () => {
    walk(0);
    expect(screen.getByRole('button', { name: 'Earlier hops' })).toHaveProperty('disabled', true);
  });
});

describe('the tree', () => {
  it('has each node once, and arrows walk it', () => {
    const flow = flowOf();
    const select = vi.fn();
    show(<Tree flow={flow} policy="fifo" selected={null} onSelect={select} onOpen={noop} />);
    const items = screen.getAllByRole('treeitem');
    expect(items.length).toBe(flow.nodes.length);
    expect(items.filter((i) => i.tabIndex === 0).length).toBe(1);
    fireEvent.keyDown(items[0] as HTMLElement, { key: 'ArrowDown' });
    expect(select).toHaveBeenCalledWith('peel:c4a1');
    fireEvent.keyDown(items[1] as HTMLElement, { key: 'ArrowLeft' });
    expect(screen.getAllByRole('treeitem').length).toBe(2);
  });
});

describe('the strip', () => {
  it('is a slider whose value is a time', () => {
    const flow = flowOf();
    const at = vi.fn();
    show(<Strip flow={flow} policy="fifo" axis={{ times: [flow.time_from, flow.time_to], x: [50, 500] }} width={600} at={flow.time_from} times={[flow.time_from, flow.time_from + 60]} playing={false} onAt={at} onPlay={noop} />);
    const slider = screen.getByRole('slider');
    expect(slider.getAttribute('aria-valuetext')).toBe('1 Jan 00:00');
    fireEvent.keyDown(slider, { key: 'ArrowRight' });
    expect(at).toHaveBeenCalledWith(flow.time_from + 60, true);
  });
  it('says when there is none', () => {
    show(<Strip flow={flowOf()} policy="poison" axis={null} width={600} at={null} times={[]} playing={false} onAt={noop} onPlay={noop} />);
    expect(screen.queryByRole('slider')).toBe(null);
    expect(screen.getByText(/not shown for this trace/)).toBeTruthy();
  });
});

describe('states', () => {
  it('put the request id behind Details', () => {
    show(<Failure error={new Problem({ status: 500, title: 'Broken', detail: 'row 5: checksum does not fit', requestId: 'req-1' })} again={noop} />);
    expect(screen.queryByText('req-1')).toBe(null);
    fireEvent.click(screen.getByRole('button', { name: 'Details' }));
    expect(screen.getByText('req-1')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });
  it('name the field that the server could not read', () => {
    show(<Failure error={new Problem({ status: 422, title: 'No', errors: [{ location: 'body.starts[0]', message: 'want TXID' }] })} />);
    expect(screen.getByText('body.starts[0]:')).toBeTruthy();
  });
  it('say how long to wait', () => {
    show(<Failure error={new Problem({ status: 429, title: 'Too Many Requests', retryAfter: 120 })} />);
    expect(screen.getByText('Too many requests. Try again in 120 s.')).toBeTruthy();
  });
  it('say that what is old was true then', () => {
    show(<Stale title="Tip is 14 min old">then</Stale>);
    expect(screen.getByText('Tip is 14 min old')).toBeTruthy();
  });
});
