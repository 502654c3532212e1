import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { messages } from '../../messages';
import { cut, ratio, units } from '../../state/amount';
import { timeAt, xOf, type Axis } from '../../state/axis';
import type { ExitKind } from '../../state/api';
import { lookOf, rankOf, type Tone } from '../../state/kinds';
import { eventBefore, nextEvent } from '../../state/replay';
import type { Flow, Strip as StripData } from '../../graph/flow';
import { short } from '../../state/when';
import { Icon } from '../parts/Icon';

const text = messages.views.trace;
const top = 8;
const plotHeight = 46;
const height = 82;
// Left of this the play button stands; a picture that was moved may begin there.
const roomForLabels = 44;

interface Props {
  flow: Flow;
  policy: string;
  axis: Axis | null;
  width: number;
  at: number | null;
  times: readonly number[];
  playing: boolean;
  onAt: (at: number | null, done: boolean) => void;
  onPlay: () => void;
}

/** Where the value was over time, stacked, on the axis of the flow above it. */
export function Strip(p: Props) {
  const box = useRef<SVGSVGElement>(null);
  const { axis, flow, policy, at } = p;
  const strip = flow.strip;
  const shown = strip !== undefined && strip !== null && strip.policies.includes(policy);
  // Until the flow has its places there is no axis, which says nothing of the trace.
  if (!shown || axis === null) {
    return (
      <section className="strip none">
        {!shown && <p>{text.noStrip}</p>}
      </section>
    );
  }
  const end = flow.tip.time ?? flow.time_to;
  const x = xOf(axis, at ?? end);
  const move = (e: PointerEvent, done: boolean) => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    const to = timeAt(axis, e.clientX - left);
    p.onAt(to >= flow.time_to ? null : Math.max(to, flow.time_from), done);
  };
  const left = axis.x[0] ?? 0;
  const said = at === null ? text.nowWord : short(at, yearHere(flow));
  return (
    <section className="strip">
      <button type="button" className="play" onClick={p.onPlay} aria-label={p.playing ? text.pause : text.play}>
        <Icon name={p.playing ? 'pause' : 'play'} size={16} />
      </button>
      <svg
        ref={box}
        width={p.width}
        height={height}
        role="slider"
        tabIndex={0}
        aria-label={text.stripSlider}
        aria-valuemin={flow.time_from}
        aria-valuemax={end}
        aria-valuenow={at ?? end}
        aria-valuetext={said}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          move(e, false);
        }}
        onPointerMove={(e) => e.buttons === 1 && move(e, false)}
        onPointerUp={(e) => move(e, true)}
        onKeyDown={(e) => keys(e, p)}
      >
        <Stack strip={strip} policy={policy} axis={axis} theft={units(flow.theft)} end={end} />
        {left >= roomForLabels && (
          <>
            <text className="axis-label" x={left - 6} y={top + 8} textAnchor="end">
              {cut(units(flow.theft), 1)}
            </text>
            <text className="axis-label" x={left - 6} y={top + plotHeight} textAnchor="end">
              0
            </text>
          </>
        )}
        <text className="moving-label" x={Math.max(left + 12, roomForLabels)} y={top + plotHeight / 2 + 4}>
          {text.moving}
        </text>
        <line className="cursor" x1={x} x2={x} y1={0} y2={top + plotHeight + 8} />
        <circle className="cursor-dot" cx={x} cy={top + plotHeight + 10} r="5.5" />
        <text className="cursor-label" x={x > p.width - 120 ? x - 12 : x + 12} y={top + plotHeight + 15} textAnchor={x > p.width - 120 ? 'end' : 'start'}>
          {said}
        </text>
      </svg>
    </section>
  );
}

function yearHere(flow: Flow): number {
  return new Date(flow.time_from * 1000).getUTCFullYear();
}

function keys(e: KeyboardEvent, p: Props): void {
  const to: Record<string, () => number | null> = {
    ArrowRight: () => nextEvent(p.times, p.at),
    ArrowUp: () => nextEvent(p.times, p.at),
    ArrowLeft: () => eventBefore(p.times, p.at),
    ArrowDown: () => eventBefore(p.times, p.at),
    Home: () => p.flow.time_from,
    End: () => null,
  };
  const step = to[e.key];
  if (step === undefined) return;
  e.preventDefault();
  e.stopPropagation();
  p.onAt(step(), true);
}

interface Layer {
  tone: Tone;
  amounts: bigint[]; // one for each step
}

/** What can be asked at the bottom, then what waits, what is lost, what moves. */
function layersOf(strip: StripData, policy: string): Layer[] {
  const p = strip.policies.indexOf(policy);
  const order = strip.kinds.map((kind, k) => ({ kind: kind as ExitKind, k })).sort((a, b) => rankOf(a.kind) - rankOf(b.kind));
  const layers: Layer[] = order.map(({ kind, k }) => ({
    tone: lookOf(kind).tone,
    amounts: strip.steps.map((s) => units(s.ended[k]?.[p] ?? '0')),
  }));
  layers.push({ tone: 'moving', amounts: strip.steps.map((s) => units(s.moving[p] ?? '0')) });
  return layers.filter((l) => l.amounts.some((a) => a > 0n));
}

function Stack({ strip, policy, axis, theft, end }: { strip: StripData; policy: string; axis: Axis; theft: bigint; end: number }) {
  const below = strip.steps.map(() => 0n);
  return (
    <>
      {layersOf(strip, policy).map((layer, k) => {
        const from = [...below];
        layer.amounts.forEach((a, i) => (below[i] = (below[i] ?? 0n) + a));
        return <path key={k} className={`area tone-${layer.tone}`} d={area(strip, axis, theft, end, from, below)} />;
      })}
      <line className="base" x1={axis.x[0] ?? 0} x2={xOf(axis, end)} y1={top + plotHeight} y2={top + plotHeight} />
    </>
  );
}

function area(strip: StripData, axis: Axis, theft: bigint, end: number, from: readonly bigint[], to: readonly bigint[]): string {
  const y = (a: bigint): string => (top + plotHeight * (1 - ratio(a, theft))).toFixed(1);
  const upper: string[] = [];
  const lower: string[] = [];
  strip.steps.forEach((s, i) => {
    const left = xOf(axis, s.time).toFixed(1);
    const right = xOf(axis, strip.steps[i + 1]?.time ?? end).toFixed(1);
    upper.push(`${left} ${y(to[i] ?? 0n)}`, `${right} ${y(to[i] ?? 0n)}`);
    lower.unshift(`${right} ${y(from[i] ?? 0n)}`, `${left} ${y(from[i] ?? 0n)}`);
  });
  return `M${[...upper, ...lower].join('L')}Z`;
}
