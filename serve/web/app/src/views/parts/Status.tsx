// The states that are not an answer: loading, empty, error, partial, stale,
// refused. Each says what is true, and offers one thing to do.
import { useEffect, useState, type ReactNode } from 'react';
import { messages } from '../../messages';
import { isProblem, type Problem } from '../../state/problem';
import { grouped } from '../../state/amount';
import { clock } from '../../state/when';
import { Icon, type IconName } from './Icon';

const text = messages.views;
const skeletonAfterMs = 300;

/** Bars where the answer will stand, once it takes longer than an eye notices. */
export function Loading({ rows = 3 }: { rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), skeletonAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeletons" role="status" aria-busy="true">
      <span className="hidden-text">{text.loading}</span>
      {late && Array.from({ length: rows }, (_, i) => <span key={i} className={`skeleton s${i % 3}`} aria-hidden="true" />)}
    </div>
  );
}

interface StateProps {
  icon: IconName;
  tone?: 'harm' | 'wait' | 'ink';
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  alert?: boolean;
}

export function StateBox({ icon, tone = 'ink', title, children, actions, alert = false }: StateProps) {
  return (
    <section className="state" role={alert ? 'alert' : undefined}>
      <span className={`state-icon ${tone}`}>
        <Icon name={icon} />
      </span>
      <div>
        <p className="state-title">{title}</p>
        {children !== undefined && <div className="state-body">{children}</div>}
        {actions !== undefined && <div className="state-actions">{actions}</div>}
      </div>
    </section>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <StateBox icon="list" title={title} actions={action}>
      {children}
    </StateBox>
  );
}

/** What is here is not all: how much is missing, and that it is not clean. */
export function Partial({ title, children }: { title: string; children: ReactNode }) {
  return (
    <StateBox icon="refuse" title={title}>
      {children}
    </StateBox>
  );
}

/** What is shown is old: how old, and that it was true then. */
export function Stale({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <StateBox icon="clock" tone="wait" title={title}>
      {children}
    </StateBox>
  );
}

interface Asked {
  data: unknown;
  error: unknown;
  dataUpdatedAt: number; // milliseconds
  refetch: () => unknown;
}

/** What is wrong with what was asked: a failure, or an answer that is no longer fresh. */
export function Trouble({ of }: { of: Asked }) {
  if (of.error === null) return null;
  if (of.data === undefined) return <Failure error={of.error} again={() => void of.refetch()} />;
  const time = messages.views.utc(clock(Math.floor(of.dataUpdatedAt / 1000)));
  return (
    <Stale title={isProblem(of.error) ? headline(of.error) : text.problem.stale}>
      <p>{text.problem.staleBody(time)}</p>
      <Again again={() => void of.refetch()} />
    </Stale>
  );
}

function headline(p: Problem): string {
  if (p.status === 0) return text.problem.unreachable;
  if (p.status === 403) return text.problem.refused;
  if (p.status === 429 && p.retryAfter !== null) return text.problem.tooMany(grouped(p.retryAfter));
  if (p.status === 503) return text.problem.busy;
  return p.title || text.problem.generic;
}

/** What failed, why, and with which request id somebody can find it in the log. */
export function Failure({ error, title, again }: { error: unknown; title?: string; again?: () => void }) {
  const [open, setOpen] = useState(false);
  if (!isProblem(error)) {
    return <StateBox icon="warn" tone="harm" title={title ?? text.problem.generic} alert actions={again && <Again again={again} />} />;
  }
  const body = error.status === 0 ? text.problem.unreachableBody : error.detail;
  return (
    <StateBox
      icon={error.status === 403 ? 'refuse' : 'warn'}
      tone="harm"
      title={title ?? headline(error)}
      alert
      actions={
        <>
          {again && <Again again={again} />}
          <button type="button" className="btn quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {text.problem.details}
          </button>
        </>
      }
    >
      {body !== '' && <p>{body}</p>}
      {error.errors.length > 0 && (
        <ul className="errors">
          {error.errors.map((e, i) => (
            <li key={i}>
              {typeof e.location === 'string' && <span className="mono">{e.location}: </span>}
              {typeof e.message === 'string' ? e.message : ''}
            </li>
          ))}
        </ul>
      )}
      {open && <Details problem={error} />}
    </StateBox>
  );
}

function Again({ again }: { again: () => void }) {
  return (
    <button type="button" className="btn" onClick={again}>
      {text.problem.again}
    </button>
  );
}

function Details({ problem }: { problem: Problem }) {
  return (
    <dl className="details mono">
      <dt>{text.problem.requestId}</dt>
      <dd>{problem.requestId ?? text.problem.noRequestId}</dd>
      <dt>{text.problem.status}</dt>
      <dd>
        {problem.status} {problem.title}
      </dd>
      <dt>{text.problem.type}</dt>
      <dd>{problem.type}</dd>
      {problem.detail !== '' && <dd className="wide">{problem.detail}</dd>}
    </dl>
  );
}
