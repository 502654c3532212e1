import type { ReactNode } from 'react';
import { useTitle } from './screen';

interface Props {
  title: string;
  /** The title as it is drawn, where that is more than words. */
  heading?: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
  answer?: ReactNode;
  children: ReactNode;
}

/** The five parts of a page: title, answer sentence, facts, one picture, one table. */
export function Page({ title, heading, sub, actions, answer, children }: Props) {
  useTitle(title);
  return (
    <div className="page">
      <header className="title-row">
        <div className="title-words">
          <h1>{heading ?? title}</h1>
          {sub !== undefined && <p className="sub">{sub}</p>}
        </div>
        {actions !== undefined && <div className="title-actions">{actions}</div>}
      </header>
      <div className="page-body">
        {answer !== undefined && <p className="answer-sentence">{answer}</p>}
        {children}
      </div>
    </div>
  );
}

export function Card({ title, note, children, flush = false }: { title: string; note?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className="card-section">
      <h2>
        {title}
        {note !== undefined && <small>{note}</small>}
      </h2>
      <div className={flush ? 'card flush' : 'card'}>{children}</div>
    </section>
  );
}
