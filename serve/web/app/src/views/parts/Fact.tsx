import type { ReactNode } from 'react';
import { messages } from '../../messages';
import { MarkShape } from './Glyph';

/** How we know. There is no class "unclassed", and no default. */
export type FactClass = 'chain' | 'logs' | 'stated' | 'rule' | 'lead' | 'missing';

/** The mark of a class with what stands beside it: chain and block, who, which rule, why. */
export function ClassMark({ cls, source }: { cls: FactClass; source: ReactNode }) {
  return (
    <span className="mark">
      <MarkShape name={cls} />
      <span>{source}</span>
    </span>
  );
}

interface Known {
  label: string;
  value: ReactNode;
  cls: Exclude<FactClass, 'missing'>;
  source: ReactNode;
}

interface Missing {
  label: string;
  /** What stands in place of the value; "not known to us" if nothing is given. */
  value?: string;
  cls: 'missing';
  /** Why it is missing. */
  source: ReactNode;
}

/** A fact with its class and source. Inside a FactList. */
export function Fact(f: Known | Missing) {
  return (
    <div className="fact">
      <dt>{f.label}</dt>
      <dd>
        {f.cls === 'missing' ? <span className="missing">{f.value ?? messages.views.notKnown}</span> : <span className="value">{f.value}</span>}
        <ClassMark cls={f.cls} source={f.source} />
      </dd>
    </div>
  );
}

export function FactList({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return <dl className={wide ? 'facts wide' : 'facts'}>{children}</dl>;
}
