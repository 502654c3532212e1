import { useCallback, useMemo, useRef, useState } from 'react';
import type { Flow } from '../graph/flow';
import { FlowTrunk } from '../render/FlowTrunk';
import { FlowView, type FlowHandle, type TimeScale } from '../render/FlowView';
import { flowAmount } from '../state/amount';
import peel from '../../../../../report/flow/testdata/peel-2019.json';
import opened from '../../../../../report/flow/testdata/peel-2019-open.json';
import { crowd } from './crowd';
import { sample } from './sample';

// The address says what is shown: ?flow=sample|case|opened|N&theme=&scale=&selected=&cut=&trunk=1.
const query = new URLSearchParams(location.search);

function flowOf(name: string): Flow {
  if (name === 'case') return peel as unknown as Flow;
  if (name === 'opened') return opened as unknown as Flow;
  const size = Number(name);
  return size > 0 ? crowd(size, 1) : sample();
}

const amountText = (units: string) => `${flowAmount(units)} BTC`;

declare global {
  interface Window { flowHandle?: FlowHandle | null }
}

export function Dev() {
  const flow = useMemo(() => flowOf(query.get('flow') ?? 'sample'), []);
  const [policy, setPolicy] = useState(query.get('policy') ?? 'fifo');
  const [theme, setTheme] = useState<'light' | 'dark'>(query.get('theme') === 'dark' ? 'dark' : 'light');
  const [scale, setScale] = useState<TimeScale>((query.get('scale') as TimeScale | null) ?? 'elastic');
  const [selected, setSelected] = useState<string | null>(query.get('selected'));
  const [cut, setCut] = useState<number | null>(query.has('cut') ? Number(query.get('cut')) : null);
  const [opened, setOpened] = useState('');
  const handle = useRef<FlowHandle>(null);
  const keep = useCallback((h: FlowHandle | null) => { handle.current = h; window.flowHandle = h; }, []);
  const shown = { flow, policy, theme, scale, selected, cutTime: cut, amountText, onSelect: setSelected, onOpen: setOpened };
  return (
    <div className="dev" data-theme={theme}>
      <div className="dev-bar">
        {flow.policies.map((p) => <button key={p} aria-pressed={p === policy} onClick={() => setPolicy(p)}>{p}</button>)}
        {(['elastic', 'linear', 'hop'] as const).map((s) => <button key={s} aria-pressed={s === scale} onClick={() => setScale(s)}>{s}</button>)}
        <button onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}>theme</button>
        <button onClick={() => handle.current?.fit()}>fit</button>
        <input type="range" aria-label="time" min={flow.time_from} max={flow.tip.time ?? flow.time_to} value={cut ?? flow.tip.time ?? flow.time_to} onChange={(e) => setCut(Number(e.target.value))} />
        <output>{selected} {opened}</output>
      </div>
      <div className={query.has('trunk') ? 'dev-list' : 'dev-flow'}>
        {query.has('trunk') ? <FlowTrunk {...shown} shareText={(u) => `${(Number(u) * 100 / Number(flow.theft)).toFixed(1)} %`} /> : <FlowView {...shown} handle={keep} />}
      </div>
    </div>
  );
}
