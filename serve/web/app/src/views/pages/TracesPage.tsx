import { Link } from 'react-router-dom';
import { messages } from '../../messages';
import type { Run } from '../../state/api';
import { plain, shortened, shortStart } from '../../state/plain';
import { useTraces } from '../../state/queries';
import { full, seconds } from '../../state/when';
import { Page } from '../parts/Page';
import { Empty, Loading, Trouble } from '../parts/Status';

const text = messages.views.traces;

export function TracesPage() {
  const traces = useTraces();
  const all = traces.data?.pages.flatMap((p) => p.items);
  const fresh = (
    <Link className="btn filled" to="/traces/new">
      {text.fresh}
    </Link>
  );
  const answer = all === undefined || all.length === 0 ? undefined : traces.hasNextPage ? text.answerMore(all.length) : text.answer(all.length);
  return (
    <Page title={text.title} actions={fresh} answer={answer}>
      <Trouble of={traces} />
      {all === undefined && traces.error === null && <Loading />}
      {all?.length === 0 && <Empty title={text.empty}>{text.emptyBody}</Empty>}
      {all !== undefined && all.length > 0 && (
        <div className="card flush">
          <TraceTable traces={all} />
          {traces.hasNextPage && (
            <p className="table-more">
              <button type="button" className="btn" disabled={traces.isFetchingNextPage} onClick={() => void traces.fetchNextPage()}>
                {text.more}
              </button>
            </p>
          )}
        </div>
      )}
    </Page>
  );
}

export function TraceTable({ traces }: { traces: readonly Run[] }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={text.title}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.what}</th>
            <th scope="col">{text.status}</th>
            <th scope="col">{text.policy}</th>
            <th scope="col">{text.asked}</th>
            <th scope="col">{text.digest}</th>
          </tr>
        </thead>
        <tbody>
          {traces.map((t) => (
            <TraceLine key={t.id} run={t} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const policiesShown = 3;

function TraceLine({ run }: { run: Run }) {
  const made = seconds(run.made);
  const policies = run.question.policies ?? [];
  const names = messages.views.trace.policies as Record<string, string>;
  return (
    <tr>
      <td>
        <Link to={`/traces/${encodeURIComponent(run.id)}`}>{plain(run.title || shortStart(run.question.starts?.[0] ?? run.id))}</Link>
      </td>
      <td>
        <span className={run.status === 'failed' || run.status === 'interrupted' ? 'harm-text' : run.status === 'done' ? '' : 'wait-text'}>{text.statuses[run.status]}</span>
      </td>
      <td>{policies.length === 0 || policies.length > policiesShown ? text.allPolicies : policies.map((p) => names[p] ?? plain(p)).join(', ')}</td>
      <td>{made === null ? <span className="missing">{messages.views.unknown}</span> : full(made)}</td>
      <td>{run.result_digest === null ? <span className="soft">{text.noDigest}</span> : <span className="mono" title={plain(run.result_digest)}>{shortened(run.result_digest.replace(/^sha256:/, ''))}</span>}</td>
    </tr>
  );
}
