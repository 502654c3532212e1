import { useEffect, useRef, useState, type Ref } from 'react';
import type { Flow, FlowPath } from '../../graph/flow';
import { messages } from '../../messages';
import { FlowTrunk } from '../../render/FlowTrunk';
import { FlowView, type FlowHandle } from '../../render/FlowView';
import { cut, flowAmount, grouped, percent, units } from '../../state/amount';
import type { Axis } from '../../state/axis';
import type { TraceResult } from '../../state/api';
import { leftOutOf } from '../../state/exits';
import type { Scale, View } from '../../state/view';
import { Icon, type IconName } from '../parts/Icon';
import { moved, windowsOf, without } from '../../state/window';
import { Hidden } from './Hidden';
import { PeelWalk } from './PeelWalk';
import { Tree } from './Tree';

const text = messages.views.trace;
const words = messages.flow;

interface Props {
  flow: Flow;
  result: TraceResult;
  /** The way to what is selected as the server has it; null: not yet, or none. */
  path: FlowPath | null;
  policy: string;
  view: View;
  at: number | null;
  theme: 'light' | 'dark';
  handle: Ref<FlowHandle>;
  tools: FlowHandle | null;
  asTree: boolean;
  phone: boolean;
  onAsTree: (on: boolean) => void;
  onView: (patch: Partial<View>) => void;
  /** As onView, without a step of undo. */
  onSlide: (patch: Partial<View>) => void;
  onOpen: (id: string) => void;
  onAll: () => void;
  onAxis: (a: Axis) => void;
  onWidth: (px: number) => void;
}

// One function for all drawings: a new one would have every label made again.
const inPicture = (base: string): string => {
  const amount = flowAmount(base);
  return amount === '' ? '' : messages.views.amount(amount);
};

/** The picture with its key and tools, or its twin in text. */
export function FlowPane(p: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { onWidth } = p;
  useEffect(() => {
    const el = box.current;
    if (el === null) return;
    const watch = new ResizeObserver(() => onWidth(el.clientWidth));
    watch.observe(el);
    return () => watch.disconnect();
  }, [onWidth]);
  return (
    <section className="flow-pane" aria-label={words.label}>
      <div className="flow-box" ref={box}>
        {p.asTree ? (
          <Tree flow={p.flow} policy={p.policy} selected={p.view.selected} onSelect={(id) => p.onView({ selected: id })} onOpen={p.onOpen} />
        ) : p.phone ? (
          <FlowTrunk
            flow={p.flow}
            policy={p.policy}
            selected={p.view.selected}
            cutTime={p.at}
            amountText={flowAmount}
            shareText={(a) => (a === '0' ? '' : percent(units(a), units(p.flow.theft)))}
            onSelect={(id) => p.onView({ selected: id })}
          />
        ) : (
          <FlowView
            flow={p.flow}
            policy={p.policy}
            theme={p.theme}
            scale={p.view.scale}
            selected={p.view.selected}
            path={p.path}
            amountText={inPicture}
            cutTime={p.at}
            pinned={p.view.pins}
            onSelect={(id) => p.onView({ selected: id })}
            onOpen={p.onOpen}
            onAxis={p.onAxis}
            handle={p.handle}
          />
        )}
      </div>
      <div className="walks">
        {windowsOf(p.flow, p.view.open).map((w) => (
          <PeelWalk key={w.chain} window={w} onMove={(to) => p.onSlide({ open: moved(p.view.open, w, to) })} onFold={() => p.onView({ open: without(p.view.open, w.chain) })} />
        ))}
      </div>
      <Legend {...p} />
    </section>
  );
}

function Legend(p: Props) {
  return (
    <div className="legend">
      {!p.asTree && (
        <ul className="legend-key">
          <li>
            <svg width="24" height="8" aria-hidden="true"><line className="core" x1="0" x2="24" y1="4" y2="4" /></svg>
            {words.legendSolid}
          </li>
          <li>
            <svg width="24" height="8" aria-hidden="true"><line className="core dashed" x1="0" x2="24" y1="4" y2="4" /></svg>
            {words.legendDashed}
          </li>
          <li className="taint">
            <span className="taint-steps" aria-hidden="true"><i className="t1" /><i className="t2" /><i className="t3" /><i className="t4" /><i className="t5" /></span>
            {words.legendTaint}
          </li>
        </ul>
      )}
      <Counted {...p} />
      {!p.phone && <Tools {...p} />}
    </div>
  );
}

function Tools(p: Props) {
  return (
    <div className="legend-tools">
      <select className="quiet-select" aria-label={text.scale} value={p.view.scale} onChange={(e) => p.onView({ scale: e.target.value as Scale })}>
        <option value="elastic">{text.elastic}</option>
        <option value="linear">{text.linear}</option>
        <option value="hop">{text.hop}</option>
      </select>
      <Tool icon="list" label={p.asTree ? text.picture : text.tree} onClick={() => p.onAsTree(!p.asTree)} pressed={p.asTree} />
      <Tool icon="unfold" label={p.flow.open.length > 0 ? text.foldAll : text.unfoldAll} onClick={p.onAll} />
      <Tool icon="minus" label={text.zoomOut} onClick={() => p.tools?.zoom(1 / 1.4)} />
      <Tool icon="plus" label={text.zoomIn} onClick={() => p.tools?.zoom(1.4)} />
      <Tool icon="fit" label={text.fit} onClick={() => p.tools?.fit()} />
    </div>
  );
}

function Tool({ icon, label, onClick, pressed }: { icon: IconName; label: string; onClick: () => void; pressed?: boolean }) {
  return (
    <button type="button" className="btn icon-only quiet" aria-label={label} title={label} aria-pressed={pressed} onClick={onClick}>
      <Icon name={icon} size={15} />
    </button>
  );
}

/** What is not drawn is counted and shown, always; the counts open their list. */
function Counted({ flow, policy, result, view, onOpen, onView }: Props) {
  const [open, setOpen] = useState(false);
  const left = leftOutOf(flow, policy);
  return (
    <span className="counted">
      <button type="button" className="link" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {text.folded(grouped(flow.folded.nodes))}
      </button>{' '}
      {flow.left_out.nodes === 0 ? (
        text.leftOutNone
      ) : (
        <button type="button" className="link" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          {text.leftOut(grouped(flow.left_out.nodes), cut(left, 4))}
        </button>
      )}
      {flow.left_out.nodes > 0 && <span> {text.showing(grouped(flow.left_out.total - flow.left_out.nodes), grouped(flow.left_out.total))}.</span>}
      <Hidden flow={flow} policy={policy} result={result} open={view.open} opened={open} onShut={() => setOpen(false)} onOpen={onOpen} onFold={(id) => onView({ open: without(view.open, id) })} />
    </span>
  );
}

/** Keeps the handle of the picture as state, so that tools are off while there is none. */
export function useHandle(): [FlowHandle | null, Ref<FlowHandle>] {
  const [handle, setHandle] = useState<FlowHandle | null>(null);
  return [handle, setHandle];
}
