import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { exportCase } from '../../actions/download';
import { messages } from '../../messages';
import type { Case, CaseDiff, Question } from '../../state/api';
import { chainWord } from '../../state/chains';
import { plain, plainText } from '../../state/plain';
import { useCase, useCaseDiff, useCaseWrites, useClient, useNotes, useTraces } from '../../state/queries';
import { full, seconds } from '../../state/when';
import { Notes } from '../trace/Notes';
import { Ask } from '../parts/Ask';
import { FileButton } from '../parts/FileButton';
import { Card, Page } from '../parts/Page';
import { Failure, Loading, Trouble } from '../parts/Status';
import { CaseForm } from './CaseForm';
import { TraceTable } from './TracesPage';

const text = messages.views.cases;

export function CasePage() {
  const { id = '' } = useParams();
  return id === 'new' ? <NewCase /> : <OneCase key={id} id={id} />;
}

function NewCase() {
  const { make } = useCaseWrites();
  const go = useNavigate();
  return (
    <Page title={text.fresh}>
      <CaseForm first={null} busy={make.isPending} error={make.error} onSave={(c) => make.mutate(c, { onSuccess: (made) => go(`/cases/${encodeURIComponent(made.id)}`) })} onCancel={() => go('/cases')} />
    </Page>
  );
}

function OneCase({ id }: { id: string }) {
  const found = useCase(id);
  if (found.data === undefined) {
    return <Page title={text.title}>{found.error === null ? <Loading rows={5} /> : <Failure error={found.error} again={() => void found.refetch()} />}</Page>;
  }
  return <Shown c={found.data} />;
}

function Shown({ c }: { c: Case }) {
  const client = useClient();
  const diff = useCaseDiff(c.id);
  const { change } = useCaseWrites();
  const traces = useTraces(c.id);
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const [writing, setWriting] = useState(false);
  const runs = traces.data?.pages.flatMap((p) => p.items);
  const changed = seconds(c.changed ?? c.made);
  const title = c.title || text.noTitle;
  if (editing) {
    return (
      <Page title={title}>
        <CaseForm first={c} busy={change.isPending} error={change.error} onSave={(next) => change.mutate({ id: c.id, revision: c.revision, ...next }, { onSuccess: () => setEditing(false) })} onCancel={() => setEditing(false)} />
      </Page>
    );
  }
  const actions = (
    <>
      <button type="button" className="btn quiet" onClick={() => setEditing(true)}>
        {text.edit}
      </button>
      <button type="button" className="btn quiet" onClick={() => setAsking(true)}>
        {text.drop}
      </button>
      <FileButton label={text.diff} busy={diff.isPending} onText={(yaml) => diff.mutate(yaml)} />
      <button type="button" className="btn" onClick={() => void exportCase(client, c.id).catch(setFailed)}>
        {text.file}
      </button>
      <Link className="btn filled" to={`/traces/new?case=${encodeURIComponent(c.id)}`}>
        {text.run}
      </Link>
    </>
  );
  return (
    <Page title={title} heading={plain(title)} sub={changed === null ? undefined : text.changedAt(full(changed))} actions={actions} answer={runs === undefined ? undefined : text.answerOne((c.question.starts ?? []).length, runs.length)}>
      {failed !== null && <Failure error={failed} title={messages.views.exports.failed} />}
      {diff.error !== null && <Failure error={diff.error} title={text.takeFailed} />}
      {diff.data !== undefined && <Diff diff={diff.data} />}
      <div className="columns">
        <div>
          {c.notes && (
            <Card title={text.notes}>
              <p className="words">{plainText(c.notes)}</p>
            </Card>
          )}
          <Card title={text.question}>
            <QuestionList q={c.question} />
          </Card>
          <Card title={text.traces} flush>
            <Trouble of={traces} />
            {runs === undefined && traces.error === null && <Loading />}
            {runs?.length === 0 && <p className="card-words soft">{text.noTraces}</p>}
            {runs !== undefined && runs.length > 0 && <TraceTable traces={runs} />}
          </Card>
        </div>
        <div className="card side-notes">
          <Notes caseId={c.id} target={null} folded={false} writing={writing} onWriting={setWriting} />
        </div>
      </div>
      <Drop c={c} opened={asking} onKeep={() => setAsking(false)} />
    </Page>
  );
}

function Drop({ c, opened, onKeep }: { c: Case; opened: boolean; onKeep: () => void }) {
  const { drop } = useCaseWrites();
  const notes = useNotes(c.id);
  const go = useNavigate();
  return (
    <Ask opened={opened} title={text.dropTitle} act={text.drop} keep={text.keep} busy={drop.isPending} onKeep={onKeep} onAct={() => drop.mutate(c, { onSuccess: () => go('/cases') })}>
      <p>{text.dropBody(notes.data?.length ?? 0)}</p>
      {drop.error !== null && <Failure error={drop.error} />}
    </Ask>
  );
}

const startsShown = 20;

function QuestionList({ q }: { q: Question }) {
  const ask = messages.views.ask;
  const names = messages.views.trace.policies as Record<string, string>;
  const rows: [string, string | undefined][] = [
    [ask.chain, q.chain === undefined ? undefined : chainWord(q.chain)],
    [ask.policies, (q.policies ?? []).map((p) => names[p] ?? p).join(', ')],
    [ask.asOf, q.as_of],
    [ask.until, q.until],
    [ask.minValue, q.min_value],
    [ask.maxHops, q.max_hops],
    [ask.stops, q.stops?.join(' ')],
  ];
  return (
    <dl className="question">
      <dt>{ask.starts}</dt>
      <dd className="mono">
        {(q.starts ?? []).slice(0, startsShown).map((s) => (
          <div key={s}>{plain(s)}</div>
        ))}
        {(q.starts ?? []).length > startsShown && messages.views.shell.moreOf((q.starts ?? []).length - startsShown)}
      </dd>
      {rows
        .filter((r): r is [string, string] => r[1] !== undefined && r[1] !== '')
        .map(([label, value]) => [<dt key={label}>{label}</dt>, <dd key={`${label} value`}>{plain(value)}</dd>])}
    </dl>
  );
}

function Diff({ diff }: { diff: CaseDiff }) {
  return (
    <Card title={text.diffTitle} note={diff.same ? text.same : text.differs(diff.lines.length)} flush>
      {!diff.same && (
        <div className="table-box" tabIndex={0} role="region" aria-label={text.diffTitle}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{text.field}</th>
                <th scope="col">{text.here}</th>
                <th scope="col">{text.there}</th>
              </tr>
            </thead>
            <tbody>
              {diff.lines.map((c, i) => (
                <tr key={i}>
                  <th scope="row">{plain(c.field)}</th>
                  <td>
                    <Said words={c.here} />
                  </td>
                  <td className="differs">{c.moved ? text.otherOrder : <Said words={c.there} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Said({ words }: { words: string | null }) {
  return words === null ? <span className="soft">{messages.views.none}</span> : <>{plain(words)}</>;
}
