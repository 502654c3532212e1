import { useNavigate } from 'react-router-dom';
import { messages } from '../../messages';
import { grouped } from '../../state/amount';
import type { Progress, Run } from '../../state/api';
import { newKey } from '../../state/client';
import { Problem } from '../../state/problem';
import { useDropTrace, useStartTrace } from '../../state/queries';
import { clock } from '../../state/when';
import { Failure, Stale, StateBox } from '../parts/Status';

const text = messages.views.run;

interface Props {
  run: Run;
  progress: Progress | null;
  lost: boolean;
  /** When the server was last heard, in unix seconds; null: not on this line. */
  heard: number | null;
}

/** A trace that has no result yet, or never will. */
export function RunView({ run, progress, lost, heard }: Props) {
  if (run.status === 'failed') return <Ended run={run} title={text.failed} />;
  if (run.status === 'cancelled') return <Ended run={run} title={text.cancelled} body={text.cancelledBody} />;
  if (run.status === 'interrupted') return <Ended run={run} title={text.interrupted} body={text.interruptedBody} />;
  return (
    <>
      {lost && <Stale title={text.lost}>{heard === null ? text.lostBody : text.lostAt(messages.views.utc(clock(heard)))}</Stale>}
      <Working run={run} progress={progress} />
    </>
  );
}

function Working({ run, progress }: { run: Run; progress: Progress | null }) {
  const drop = useDropTrace(run.id);
  const go = useNavigate();
  const txs = progress?.txs ?? null;
  const height = progress?.height ?? null;
  const policy = progress?.policy ?? null;
  const name = policy === null ? null : ((messages.views.trace.policies as Record<string, string>)[policy] ?? policy);
  const doing = progress?.stage === 'answering' ? text.answering : text.running;
  const head = run.status === 'queued' ? text.queued : txs === null ? text.runningNoCount : doing(grouped(txs));
  return (
    <section className="running">
      <h2 aria-live="polite">{head}</h2>
      <p>{name !== null && height !== null ? text.under(name, grouped(height)) : text.underNoHeight}</p>
      <div className="row">
        <button type="button" className="btn" disabled={drop.isPending} onClick={() => drop.mutate()}>
          {text.cancel}
        </button>
        <button type="button" className="btn quiet" onClick={() => go('/traces')}>
          {text.background}
        </button>
      </div>
      {drop.error !== null && <Failure error={drop.error} />}
      <span className="skeleton s0" aria-hidden="true" />
      <span className="skeleton s1" aria-hidden="true" />
    </section>
  );
}

function Ended({ run, title, body }: { run: Run; title: string; body?: string }) {
  const start = useStartTrace();
  const go = useNavigate();
  const again = () =>
    start.mutate({ question: run.case ? { ...run.question, case: run.case } : run.question, key: newKey() }, { onSuccess: (r) => go(`/traces/${encodeURIComponent(r.id)}`) });
  if (run.status === 'failed') {
    const why = new Problem({ status: 500, title: run.error?.title ?? '', detail: run.error?.detail ?? text.noReason });
    return <Failure error={start.error ?? why} title={title} again={again} />;
  }
  return (
    <>
      <StateBox
        icon="refuse"
        title={title}
        actions={
          <button type="button" className="btn" onClick={again} disabled={start.isPending}>
            {text.againSame}
          </button>
        }
      >
        {body}
      </StateBox>
      {start.error !== null && <Failure error={start.error} />}
    </>
  );
}
