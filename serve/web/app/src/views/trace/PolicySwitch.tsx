import { useRef, type KeyboardEvent } from 'react';
import { messages } from '../../messages';
import { cut, ratio } from '../../state/amount';
import type { Measure, PolicyResult } from '../../state/answer';
import type { Policy } from '../../state/api';

const text = messages.views.trace;

interface Props {
  results: readonly PolicyResult[]; // the least first
  measure: Measure;
  chosen: Policy;
  onChoose: (p: Policy) => void;
}

const digits = 2;

/** Cells in order of their result; the ends are the bracket; the ruler has the true distances. */
export function PolicySwitch({ results, measure, chosen, onChoose }: Props) {
  const cells = useRef<(HTMLButtonElement | null)[]>([]);
  const least = results[0]?.amount ?? 0n;
  const most = results[results.length - 1]?.amount ?? 0n;
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
        <span>{text.bracket(cut(least, digits), cut(most, digits))}</span>
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
            <span>{cut(r.amount, digits)}</span>
          </button>
        ))}
      </div>
      <Ruler results={results} chosen={chosen} least={least} most={most} />
    </section>
  );
}

function Ruler({ results, chosen, least, most }: { results: readonly PolicyResult[]; chosen: Policy; least: bigint; most: bigint }) {
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
