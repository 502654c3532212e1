import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Replay } from '../../actions/replay';
import type { Flow } from '../../graph/flow';
import { messages } from '../../messages';
import { linearAxis } from '../../state/axis';
import type { Tab } from '../../state/view';
import { Strip } from '../trace/Strip';

const text = messages.views.trace;

interface Props {
  head: ReactNode;
  tab: Tab;
  onTab: (t: Tab) => void;
  rows: number;
  flow: ReactNode;
  exits: ReactNode;
  replay: Replay;
  flowData: Flow;
  policy: string;
  times: readonly number[];
  sheet: ReactNode;
  onShut: () => void;
  children: ReactNode;
}

const stripPad = 14;
const stripMargin = 76;

/** A trace on a phone: the same order, one thing at a time, details in a sheet from below. */
export function Phone(p: Props) {
  const width = Math.max(160, window.innerWidth - stripMargin);
  const end = p.flowData.tip.time ?? p.flowData.time_to;
  return (
    <div className="phone-desk">
      <div className="phone-scroll">
        {p.head}
        <div className="tabs" role="tablist">
          <button type="button" role="tab" id="tab-flow" aria-selected={p.tab === 'flow'} aria-controls="tab-panel" onClick={() => p.onTab('flow')}>
            {text.flow}
          </button>
          <button type="button" role="tab" id="tab-exits" aria-selected={p.tab === 'exits'} aria-controls="tab-panel" onClick={() => p.onTab('exits')}>
            {text.exitsCount(p.rows)}
          </button>
        </div>
        <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${p.tab}`} className={`tab-panel ${p.tab}`}>
          {p.tab === 'flow' ? p.flow : p.exits}
        </div>
      </div>
      <div className="phone-replay">
        <Strip flow={p.flowData} policy={p.policy} axis={linearAxis(p.flowData.time_from, end, width, stripPad)} width={width} at={p.replay.at} times={p.times} playing={p.replay.playing} onAt={p.replay.seek} onPlay={p.replay.toggle} />
      </div>
      <Drawer opened={Boolean(p.sheet)} onClose={p.onShut} position="bottom" withCloseButton={false} title={text.panelLabel} size="75%" lockScroll={false} transitionProps={{ duration: 0 }} classNames={{ content: 'sheet', header: 'hidden-text', body: 'sheet-body' }}>
        {p.sheet}
      </Drawer>
      {p.children}
    </div>
  );
}
