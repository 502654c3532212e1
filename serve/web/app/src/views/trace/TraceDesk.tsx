import { useComputedColorScheme } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useReplay } from '../../actions/replay';
import type { Flow, FlowNode } from '../../graph/flow';
import { toggled } from '../../graph/open';
import { messages } from '../../messages';
import { balanced, firstPolicy, measureOf, partsOf, policyResults } from '../../state/answer';
import { cut } from '../../state/amount';
import type { Policy, Run, TraceResult } from '../../state/api';
import { linearAxis, type Axis } from '../../state/axis';
import { exitRows } from '../../state/exits';
import { useServed, useTracePath } from '../../state/queries';
import { eventTimes, stoodAt } from '../../state/replay';
import { targetOf } from '../../state/targets';
import type { ViewState } from '../../state/view';
import { short, yearOf } from '../../state/when';
import { Phone } from '../parts/Phone';
import { Failure } from '../parts/Status';
import { usePhone, useTitle } from '../parts/screen';
import { AnswerBar, type BarPart } from './AnswerBar';
import { ExitTable } from './ExitTable';
import { FlowPane, useHandle } from './FlowPane';
import { nodeLine, nodeName } from './names';
import { NodePanel } from './NodePanel';
import { NoCase, Notes } from './Notes';
import { PanelFrame } from './PanelFrame';
import { PolicySwitch } from './PolicySwitch';
import { sentenceOf } from './sentence';
import { Strip } from './Strip';
import { TraceTitle, onNetwork, titleOf } from './TraceTitle';
import { useTraceKeys } from './traceKeys';

const text = messages.views.trace;

// Where the strip begins without a picture above it: right of its button and figures.
const stripPad = 56;

interface Props {
  run: Run;
  result: TraceResult;
  flow: Flow;
  graphError: unknown;
  state: ViewState;
}

/** The page people work on: answer, policy, picture, time, table, panel. */
export function TraceDesk({ run, result, flow, graphError, state }: Props) {
  const { view, change, slide } = state;
  const phone = usePhone();
  const theme = useComputedColorScheme('light');
  const policy = view.policy !== null && flow.policies.includes(view.policy) ? view.policy : firstPolicy(result);
  const times = useMemo(() => eventTimes(flow), [flow]);
  const keep = useCallback((at: number | null) => slide({ at }), [slide]);
  const replay = useReplay(times, view.at, keep);
  const [handle, setHandle] = useHandle();
  const [axis, setAxis] = useState<Axis | null>(null);
  const [width, setWidth] = useState(0);
  const [asTree, setAsTree] = useState(false);
  const [writing, setWriting] = useState(false);
  const [menu, setMenu] = useState(false);
  const [panel, setPanel] = useState(true);
  const [sheet, setSheet] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const served = useServed(flow.chain);
  const title = run.title ? onNetwork(run.title, flow.chain) : titleOf(result);
  useTitle(title);

  const node = flow.nodes.find((n) => n.id === view.selected) ?? null;
  const path = useTracePath(run.id, node === null || node.kind === 'theft' ? null : node.id, flow.policies.indexOf(policy), flow.open).data ?? null;
  useEffect(() => {
    if (node !== null) setPanel(true);
    setWriting(false);
  }, [node]);
  const select = useCallback((id: string | null) => change({ selected: id }), [change]);
  const open = useCallback((id: string) => change({ open: toggled(view.open, openNameOf(flow, id)) }), [change, flow, view.open]);
  const all = () => change({ open: view.open.length > 0 ? [] : flow.nodes.filter((n) => n.fold !== null).map((n) => n.fold?.open ?? n.id) });
  const pin = () => node !== null && change({ pins: view.pins.includes(node.id) ? view.pins.filter((p) => p !== node.id) : [...view.pins, node.id] });
  const choose = (p: Policy) => change({ policy: p });
  const results = useMemo(() => policyResults(result), [result]);
  useTraceKeys({ flow, policy, path, node, handle, results, replay, times, state, select, open, all, pin, choose, note: () => (setPanel(true), setWriting(true)), menu: () => setMenu(true), panel: () => setPanel((on) => !on) });

  const answer = <Answer flow={flow} result={result} policy={policy} at={replay.at} />;
  const policies = <PolicySwitch results={results} measure={measureOf(result)} chosen={policy} onChoose={choose} />;
  const pane = (
    <FlowPane flow={flow} result={result} path={path} policy={policy} view={view} at={replay.at} theme={theme} handle={setHandle} tools={handle} asTree={asTree && !phone} phone={phone} onAsTree={setAsTree} onView={change} onSlide={slide} onOpen={open} onAll={all} onAxis={setAxis} onWidth={setWidth} />
  );
  const strip = <Strip flow={flow} policy={policy} axis={asTree ? linearAxis(flow.time_from, flow.tip.time ?? flow.time_to, width, stripPad) : axis} width={width} at={replay.at} times={times} playing={replay.playing} onAt={replay.seek} onPlay={replay.toggle} />;
  const table = <ExitTable flow={flow} policy={policy} selected={view.selected} at={replay.at} phone={phone} onSelect={select} />;
  const notes = run.case ? (
    <Notes caseId={run.case} target={node === null ? null : targetOf(node)} folded={node !== null && targetOf(node) === null} writing={writing} onWriting={setWriting} />
  ) : (
    <NoCase run={run} title={title} />
  );
  const details = node !== null && (
    <NodePanel flow={flow} policy={policy} node={node} path={path} pinned={view.pins.includes(node.id)} notes={notes} served={served} onSelect={select} onOpen={open} onPin={pin} onNote={() => setWriting(true)} />
  );
  const head = (
    <TraceTitle run={run} result={result} flow={flow} title={title} at={replay.at} undo={state.canUndo ? state.undo : null} onNotes={() => (select(null), setPanel(true), setSheet(true))} menu={menu} onMenu={setMenu} handle={handle} onError={setError} />
  );
  const failures = (error ?? graphError) !== null && <Failure error={error ?? graphError} title={error === null ? undefined : messages.views.exports.failed} />;
  const live = (
    <p className="hidden-text" aria-live="polite">
      {node !== null && text.live(nodeLine(node, flow.policies.indexOf(policy)))}
    </p>
  );
  if (phone) {
    return (
      <Phone head={<>{head}{failures}{answer}{policies}</>} tab={view.tab} onTab={(tab) => slide({ tab })} rows={exitRows(flow, policy).length} flow={pane} exits={table} replay={replay} flowData={flow} policy={policy} times={times} sheet={details || (sheet && <div className="panel-body">{notes}</div>)} onShut={() => (select(null), setSheet(false))}>
        {live}
      </Phone>
    );
  }
  return (
    <div className={panel ? 'desk' : 'desk no-panel'}>
      <div className="desk-main">
        {head}
        {failures}
        <div className="answer-row">
          {answer}
          {policies}
        </div>
        {pane}
        {strip}
        {table}
      </div>
      {panel && (
        <PanelFrame name={node === null ? text.panelLabel : nodeName(node)}>
          {details || (
            <div className="panel-body">
              <p className="panel-empty">
                <b>{text.panelEmpty}</b>
                {text.panelEmptyBody}
              </p>
              {notes}
            </div>
          )}
        </PanelFrame>
      )}
      {live}
    </div>
  );
}

// A fan is opened by its own id, a fold by the name that it gives.
function openNameOf(flow: Flow, id: string): string {
  const node: FlowNode | undefined = flow.nodes.find((n) => n.id === id);
  return node?.fold?.open ?? id;
}

function Answer({ flow, result, policy, at }: { flow: Flow; result: TraceResult; policy: Policy; at: number | null }) {
  const stood = at === null ? null : stoodAt(flow.strip, policy, at);
  if (at === null || stood === null) {
    return <AnswerBar parts={partsOf(result, policy)} sentence={sentenceOf(result, policy)} broken={balanced(result, policy) === false} />;
  }
  const moving: BarPart = { kind: 'moving', tone: 'moving', amount: stood.moving };
  const time = short(at, yearOf(flow.tip.time ?? flow.time_to));
  const sentence = stood.moving === 0n ? text.thenNothing(time) : text.thenMoving(time, cut(stood.moving, 3));
  return <AnswerBar parts={[moving, ...stood.ended]} sentence={sentence} />;
}
