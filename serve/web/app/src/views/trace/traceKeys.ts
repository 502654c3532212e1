// The keys of a trace, as section 7 of the design lists them.
import { useKeys } from '../../actions/keys';
import type { Replay } from '../../actions/replay';
import type { Flow, FlowNode, FlowPath } from '../../graph/flow';
import type { FlowHandle } from '../../render/FlowView';
import type { PolicyResult } from '../../state/answer';
import type { Policy } from '../../state/api';
import { pathTo } from '../../state/path';
import { eventBefore, nextEvent } from '../../state/replay';
import type { ViewState } from '../../state/view';

interface Desk {
  flow: Flow;
  policy: string;
  path: FlowPath | null;
  node: FlowNode | null;
  handle: FlowHandle | null;
  results: readonly PolicyResult[];
  replay: Replay;
  times: readonly number[];
  state: ViewState;
  select: (id: string | null) => void;
  open: (id: string) => void;
  all: () => void;
  pin: () => void;
  choose: (p: Policy) => void;
  note: () => void;
  menu: () => void;
  panel: () => void;
}

const zoomStep = 1.4;

export function useTraceKeys(d: Desk): void {
  const step = (way: Parameters<FlowHandle['step']>[0]) => () => {
    // At the end of an open peel chain the arrow walks its window on.
    const beyond = way === 'later' ? '~after' : way === 'earlier' ? '~before' : null;
    if (beyond !== null && d.node?.id.endsWith(beyond)) return d.open(d.node.id);
    const to = d.handle?.step(way) ?? (d.node === null ? (d.flow.nodes[0]?.id ?? null) : null);
    if (to !== null) d.select(to);
  };
  // One step towards the theft: p, p, p walks the path.
  const back = () => {
    if (d.node === null) return;
    const path = pathTo(d.flow, d.node.id, d.policy, d.path);
    const before = path[path.length - 2];
    if (before !== undefined) d.select(before.id);
  };
  const policies = Object.fromEntries(d.results.map((r, i) => [String(i + 1), () => d.choose(r.policy)]));
  useKeys({
    ...policies,
    ArrowRight: step('later'),
    ArrowLeft: step('earlier'),
    ArrowUp: step('up'),
    ArrowDown: step('down'),
    f: () => d.node !== null && d.open(d.node.id),
    'Shift+F': d.all,
    p: back,
    ' ': d.replay.toggle,
    ',': () => d.replay.seek(eventBefore(d.times, d.replay.at), true),
    '.': () => d.replay.seek(nextEvent(d.times, d.replay.at), true),
    Home: () => d.replay.seek(d.flow.time_from, true),
    End: () => d.replay.seek(null, true),
    '0': () => d.handle?.fit(),
    '+': () => d.handle?.zoom(zoomStep),
    '-': () => d.handle?.zoom(1 / zoomStep),
    n: d.note,
    b: d.pin,
    u: d.state.undo,
    e: d.menu,
    l: () => void navigator.clipboard.writeText(window.location.href),
    ']': d.panel,
    Escape: () => d.select(null),
    Enter: () => document.querySelector<HTMLElement>('.panel button')?.focus(),
  });
}
