import { messages } from '../../messages';
import { cut, ratio, shareText, shares, sum, whole } from '../../state/amount';
import type { ExitKind } from '../../state/api';
import type { Tone } from '../../state/kinds';

const text = messages.views.trace;

export interface BarPart {
  kind: ExitKind | 'moving';
  tone: Tone;
  amount: bigint;
}

interface Props {
  parts: readonly BarPart[];
  sentence: string;
  /** The parts do not make the theft: said, never hidden. */
  broken?: boolean;
}

// A part that is there but too small to see is this wide, in thousandths of the bar.
const leastWidth = 5;

/** One sentence, and all that ended side by side, each with its number. */
export function AnswerBar({ parts, sentence, broken = false }: Props) {
  const shown = parts.filter((p) => p.amount > 0n);
  const all = sum(shown.map((p) => p.amount));
  const share = shares(shown.map((p) => p.amount));
  return (
    <section className="answer" aria-label={text.answerLabel}>
      <p className="answer-sentence">{sentence}</p>
      <div className="bar" aria-hidden="true">
        {shown.map((p) => (
          <span key={p.kind} className={`part tone-${p.tone}`} style={{ flexGrow: Math.max(leastWidth, Math.round(ratio(p.amount, all) * 1000)) }} />
        ))}
      </div>
      <ul className="bar-key" aria-label={text.barLabel}>
        {shown.map((p, i) => (
          <li key={p.kind} title={`${messages.views.amount(whole(p.amount))}, ${shareText(share[i] ?? 0n)}`}>
            <span className={`swatch tone-${p.tone}`} aria-hidden="true" />
            <b>{cut(p.amount, 2)}</b> {text.key[p.kind]}
            <span className="hidden-text">, {shareText(share[i] ?? 0n)}</span>
          </li>
        ))}
      </ul>
      {broken && (
        <p className="broken" role="alert">
          {text.sumsNot}
        </p>
      )}
    </section>
  );
}
