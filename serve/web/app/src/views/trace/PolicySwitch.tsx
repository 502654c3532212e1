import { useRef, type KeyboardEvent } from 'react';
import { messages } from '../../messages';
import { apart, cut, ratio } from '../../state/amount';
import type { Measure, PolicyResult } from '../../state/answer';
import type { Policy } from '../../state/api';
import { usePhone } from '../parts/screen';

const text = messages.views.trace;

interface Props {
  results: readonly PolicyResult[]; // the least first
  measure: Measure;
  chosen: Policy;
  onChoose: (p: Policy) => void;
}

const digits = 2;
// How many characters fit into a cell, eight beside each other and four, and into the
// ends above them.
const room = { wide: 7, phone: 10, ends: 14 };
// Others that take less than this part of the ruler would stand on one point of it.
const point = 0.025;

/** Cells in order of their result; the ends are the bracket; the ruler has the true distances. */
export function PolicySwitch({ results, measure, chosen, onChoose }: Props) {
  const cells = useRef<(HTMLButtonElement | null)[]>([]);
  const least = results[0]?.amount ?? 0n;
  const most = results[results.length - 1]?.amount ?? 0n;
  const texts = apart(results.map((r) => r.amount), digits, usePhone() ? room.phone : room.wide);
  const [low, high] = apart([least, most], digits, room.ends);
  const off = offScale(results);
  const keys = (e: KeyboardEvent, i: number) => {
    const step = e.key === 'ArrowRight' || e.key === 'ArrowDown' ? 1 : e.key === 'ArrowLeft' || e.key === 'ArrowUp' ? -1 : 0;
    const to = (i + step + results.length) % results.length;
    const next = results[to];
    if (step === 0 || next === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    cells.current[to]?.focus();
    onChoose(next.policy);
  };
  return (
    <section className="policy">
      <p className="policy-head">
        <span id="policy-question">{text.measure[measure]}</span>
        <span>{text.bracket(low ?? '', high ?? '')}</span>
      </p>
      <div className="policy-cells" role="radiogroup" aria-labelledby="policy-question">
        {results.map((r, i) => (
          <button
            key={r.policy}
            ref={(el) => void (cells.current[i] = el)}
            type="button"
            role="radio"
            aria-checked={r.policy === chosen}
            tabIndex={r.policy === chosen ? 0 : -1}
            title={text.policyMeans[r.policy]}
            onClick={() => onChoose(r.policy)}
            onKeyDown={(e) => keys(e, i)}
          >
            <span>{text.policies[r.policy]}</span>
            <span>{texts[i]}</span>
          </button>
        ))}
      </div>
      <Ruler results={off === null ? results : results.filter((r) => r !== off)} chosen={chosen} />
      {off !== null && <p className="ruler-note">{text.offScale(text.policies[off.policy], cut(off.amount, digits))}</p>}
    </section>
  );
}

/** Poison, where it is so far away that all others, which differ, would stand on one point. */
function offScale(results: readonly PolicyResult[]): PolicyResult | null {
  const last = results[results.length - 1];
  const others = results.filter((r) => r !== last);
  const [first, next] = [others[0], others[others.length - 1]];
  if (last?.policy !== 'poison' || first === undefined || next === undefined || next.amount === first.amount) return null;
  return ratio(next.amount - first.amount, last.amount - first.amount) < point ? last : null;
}

function Ruler({ results, chosen }: { results: readonly PolicyResult[]; chosen: Policy }) {
  const least = results[0]?.amount ?? 0n;
  const most = results[results.length - 1]?.amount ?? 0n;
  const at = (a: bigint): string => `${2 + 96 * ratio(a - least, most - least)}%`;
  return (
    <svg className="ruler" width="100%" height="14" aria-hidden="true">
      <line x1="2%" x2="98%" y1="7" y2="7" />
      {results.map((r) => (
        <line key={r.policy} x1={at(r.amount)} x2={at(r.amount)} y1={r.amount === least || r.amount === most ? 2 : 4} y2={r.amount === least || r.amount === most ? 12 : 10} />
      ))}
      {results
        .filter((r) => r.policy === chosen)
        .map((r) => (
          <circle key={r.policy} cx={at(r.amount)} cy="7" r="5" />
        ))}
    </svg>
  );
}
