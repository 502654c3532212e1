import type { ReactNode } from 'react';

/** The column at the right; it is a landmark of its own, so that one can go there. */
export function PanelFrame({ name, children }: { name: string; children: ReactNode }) {
  return (
    <aside className="panel" aria-label={name}>
      {children}
    </aside>
  );
}
