import './trunk.css';
import { useMemo, useState } from 'react';
import type { Flow, FlowNode } from '../graph/flow';
import { modelOf, policyIndex, type Model } from '../graph/model';
import { outline, type Row } from '../graph/outline';
import { weigh, widest, type Weights } from '../graph/weight';
import { messages } from '../messages';
import { GlyphShapes } from './GlyphMark';
import { glyphOf } from './glyphs';
import { labelOf, paceOf, type Label } from './label';
import { lanesOf, parted, reached, type Lane } from './lane';
import { clockOf, dayOf } from './tick';

export interface FlowTrunkProps {
  flow: Flow;
  policy: string;
  selected: string | null;
  cutTime: number | null;
  amountText(units: string): string;
  shareText(units: string): string;
  onSelect(id: string): void;
}

// In pixels: a row of the design, and where its trunks stand.
const rowHeight = 58;
const middle = rowHeight / 2;
const firstX = 26;
const laneStep = 38;
const depthMost = 3;
const trunkMost = 20;

const xOf = (depth: number) => firstX + Math.min(depth, depthMost) * laneStep;
const wideOf = (share: number) => Math.max(1.6, share * trunkMost);
const stepOf = (taint: number) => Math.min(5, Math.max(1, Math.ceil(taint * 5)));

// FlowTrunk is the flow on a phone: time runs downwards, the trunk is as wide as
// what is left, branches curve off to the right. It is a list, so it needs no twin.
// What the policy gives nothing is counted at its end, and shown when asked for.
export function FlowTrunk(props: FlowTrunkProps) {
  const { flow, policy } = props;
  const model = useMemo(() => modelOf(flow), [flow]);
  const [every, setEvery] = useState(false);
  const weights = useMemo(() => weigh(model, policy), [model, policy]);
  const all = useMemo(() => outline(model, hanging(model, weights)), [model, weights]);
  const keep = model.at.get(props.selected ?? '') ?? -1;
  const near = useMemo(() => reached(all, weights.node, keep), [all, weights, keep]);
  const rows = every ? all : near;
  const { before, after } = useMemo(() => parted(rows, (v) => props.cutTime !== null && model.nodes[v]!.first_time > props.cutTime), [rows, model, props.cutTime]);
  const lanes = useMemo(() => lanesOf(before, weights), [before, weights]);
  const item = (row: Row, of: Lane[], later: boolean) => (
    <li key={model.nodes[row.node]!.id}>
      <TrunkRow {...props} model={model} row={row} lanes={of} later={later} weights={weights} />
    </li>
  );
  return (
    <ol className="trunk" aria-label={messages.flow.label}>
      {before.map((row, i) => item(row, lanes[i]!, false))}
      {after.length > 0 && <li className="trunk-later">{messages.flow.notYet}</li>}
      {after.map((row) => item(row, [], true))}
      {near.length < all.length && (
        <li>
          <button type="button" className="trunk-more" aria-expanded={every} onClick={() => setEvery(!every)}>
            {messages.flow.notReached(all.length - near.length)}
          </button>
        </li>
      )}
    </ol>
  );
}

// hanging weighs edges for the outline: a row hangs where the policy brings most of
// it, and where that is nothing, where any policy does.
function hanging(m: Model, { share }: Weights): Float32Array {
  const most = widest(m);
  return share.map((s, e) => (s > 0 ? s : most[e]! * 1e-9));
}

interface RowProps extends FlowTrunkProps {
  model: Model;
  row: Row;
  lanes: Lane[];
  later: boolean; // than the replay has come: nothing flows there yet
  weights: Weights;
}

function TrunkRow(p: RowProps) {
  const n = p.model.nodes[p.row.node]!;
  const policy = policyIndex(p.flow, p.policy);
  const units = n.amounts[policy] ?? '0';
  const label = labelOf(n, policy, p.amountText, messages.flow);
  return (
    <button
      type="button" className="trunk-row" aria-current={n.id === p.selected}
      data-later={p.later} data-nothing={units === '0'} onClick={() => p.onSelect(n.id)}
    >
      <TrunkPicture {...p} node={n} />
      <span className="trunk-words">
        <span className="trunk-name">{nameOf(n, label)}</span>
        <span className="trunk-fact">{factOf(n, label)}</span>
      </span>
      {units !== '0' && <span className="trunk-sum">{p.amountText(units)}<small>{p.shareText(units)}</small></span>}
    </button>
  );
}

function nameOf(n: FlowNode, label: Label): string {
  if (n.kind === 'unspent') return `${messages.flow.kinds.unspent}, ${label.value}`;
  return n.fold?.kind === 'peel' ? `${label.name}, ${messages.flow.hops(n.fold.count)}` : label.name;
}

function factOf(n: FlowNode, label: Label): string {
  const pace = paceOf(n, messages.flow);
  if (pace !== '') return pace;
  if (n.fan !== null) return `${dayOf(n.first_time)} ${clockOf(n.first_time)}, ${label.value}`;
  const when = `${dayOf(n.first_time)} ${clockOf(n.first_time)}`;
  if (n.last_time === n.first_time) return when;
  const end = dayOf(n.last_time) === dayOf(n.first_time) ? clockOf(n.last_time) : `${dayOf(n.last_time)} ${clockOf(n.last_time)}`;
  return messages.flow.fromTo(when, end);
}

function TrunkPicture({ row, lanes, later, weights, model, node }: RowProps & { node: FlowNode }) {
  const x = xOf(row.depth);
  const taint = row.edge < 0 ? 1 : weights.taint[row.edge]!;
  const branch = row.edge >= 0 && !row.goesOn && !later;
  return (
    <svg className={`trunk-t${stepOf(taint)}`} width={xOf(Math.min(row.depth, depthMost)) + 20} height={rowHeight} aria-hidden="true">
      {lanes.map((l) => <TrunkLane key={l.depth} lane={l} />)}
      {branch && <TrunkBranch row={row} lanes={lanes} weights={weights} dashed={model.edges[row.edge]!.certainty !== 'chain'} />}
      <g transform={`translate(${x} ${middle})`}>
        <circle className="trunk-ground" r={node.kind === 'tx' && node.fold === null && node.fan === null ? 8 : 13} />
        <GlyphShapes name={glyphOf(node.kind, node.fold?.kind ?? null, node.fan !== null)} />
      </g>
    </svg>
  );
}

function TrunkLane({ lane }: { lane: Lane }) {
  const x = xOf(lane.depth);
  const [a, b] = [wideOf(lane.above), wideOf(lane.below)];
  return (
    <g className={`trunk-t${stepOf(lane.taint)}`}>
      {lane.above > 0 && <rect className="trunk-body" x={x - a / 2} y={-0.5} width={a} height={middle + 1} />}
      {lane.below > 0 && <rect className="trunk-body" x={x - b / 2} y={middle} width={b} height={middle + 0.5} />}
    </g>
  );
}

function TrunkBranch({ row, lanes, weights, dashed }: { row: Row; lanes: Lane[]; weights: Weights; dashed: boolean }) {
  const wide = wideOf(weights.share[row.edge]!);
  const from = lanes.find((l) => l.depth === row.depth - 1);
  const edge = xOf(row.depth - 1) + wideOf(from?.above ?? 0) / 2 - wide / 2;
  const path = `M${edge} -6C${edge} 20 ${edge + 10} ${middle} ${xOf(row.depth) - 11} ${middle}`;
  return (
    <>
      <path className="trunk-branch" d={path} strokeWidth={wide} />
      <path className="trunk-core" d={path} strokeWidth={1.4} strokeDasharray={dashed ? '4 3' : undefined} />
    </>
  );
}
