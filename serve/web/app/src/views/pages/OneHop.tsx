import { messages } from '../../messages';
import { cut, ratio, sum, units, unitsOrNull } from '../../state/amount';
import type { Account, Tx } from '../../state/api';
import { shortened } from '../../state/plain';
import { Glyph } from '../parts/Glyph';
import { unspendable } from './unspendable';

const text = messages.views.tx;
const drawnMax = 8;
const rowStep = 30;
const bodyMax = 26;
const floor = 1.6;
const boxWidth = 760;
const left = 250;
const middle = 380;
const right = 510;

interface End {
  key: string;
  name: string;
  amount: bigint | null;
  glyph: 'addr' | 'rest' | 'cutoff';
}

/** What a transaction spends and pays, in the encoding of the flow: width is value. */
export function OneHop({ tx }: { tx: Tx }) {
  const ins = tx.inputs.slice(0, drawnMax).map((i, n) => ({ key: `i${n}`, name: nameOf(i.account), amount: unitsOrNull(i.value), glyph: 'addr' as const }));
  const outs = tx.outputs.slice(0, drawnMax).map((o) => ({ key: `o${o.n}`, name: nameOf(o.account), amount: units(o.value), glyph: unspendable(o.account) ? ('cutoff' as const) : o.spent_by === null ? ('rest' as const) : ('addr' as const) }));
  const all = sum([...tx.outputs.map((o) => units(o.value)), unitsOrNull(tx.fee) ?? 0n]);
  const rows = Math.max(ins.length, outs.length, 1);
  const height = rows * rowStep + 12;
  const more = Math.max(0, tx.inputs.length - drawnMax) + Math.max(0, tx.outputs.length - drawnMax);
  return (
    <figure className="one-hop">
      <svg viewBox={`0 0 ${boxWidth} ${height}`} role="img" aria-label={text.flowLabel(tx.coinbase ? 0 : tx.inputs.length, tx.outputs.length)}>
        <Side ends={tx.coinbase ? [] : ins} all={all} height={height} side="in" />
        <Side ends={outs} all={all} height={height} side="out" />
        <g transform={`translate(${middle} ${height / 2})`}>
          <circle className="hop-node" r="8" />
        </g>
      </svg>
      {more > 0 && <figcaption className="soft">{text.notDrawn(more)}</figcaption>}
    </figure>
  );
}

function nameOf(a: Account | null): string {
  if (a === null) return messages.views.notKnown;
  return a.address === null ? text.noAddress(a.kind) : shortened(a.address);
}

function Side({ ends, all, height, side }: { ends: readonly End[]; all: bigint; height: number; side: 'in' | 'out' }) {
  const x = side === 'in' ? left : right;
  const top = (height - ends.length * rowStep) / 2 + rowStep / 2;
  const middleX = (x + middle) / 2;
  return (
    <>
      {ends.map((e, i) => {
        const y = top + i * rowStep;
        const width = e.amount === null ? floor : Math.max(floor, bodyMax * ratio(e.amount, all));
        const d = `M${x} ${y}C${middleX} ${y} ${middleX} ${height / 2} ${middle} ${height / 2}`;
        return (
          <g key={e.key}>
            <path className={e.amount === null ? 'hop unknown' : 'hop'} d={d} strokeWidth={width} />
            <svg x={x - 10} y={y - 10} width="20" height="20">
              <Glyph name={e.glyph} size={20} />
            </svg>
            <text className="hop-name" x={side === 'in' ? x - 16 : x + 16} y={y + 4} textAnchor={side === 'in' ? 'end' : 'start'}>
              <tspan className="mono">{e.name}</tspan>
              <tspan className="hop-amount" dx="8">{e.amount === null ? messages.views.unknown : cut(e.amount, 3)}</tspan>
            </text>
          </g>
        );
      })}
    </>
  );
}
