// What of a trace is looked at. All of it stands in the URL, so a link shows
// another person the same picture, and undo is a list of such views.
import { useCallback, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { openIds, openText } from '../graph/open';
import type { Policy } from './api';
import { policyOrder } from './answer';

export type Scale = 'elastic' | 'linear' | 'hop';
export type Tab = 'flow' | 'exits';

export interface View {
  policy: Policy | null; // null: the first that was asked for
  at: number | null; // unix seconds of the replay; null: now
  selected: string | null; // id of a node
  open: readonly string[]; // ids of folds that are unfolded
  pins: readonly string[]; // ids of nodes
  scale: Scale;
  tab: Tab; // on a phone
}

export const firstView: View = { policy: null, at: null, selected: null, open: [], pins: [], scale: 'elastic', tab: 'flow' };

// A link comes from anybody: what is longer than this is dropped.
const idMax = 300;

export function readView(q: URLSearchParams): View {
  const policy = q.get('policy') as Policy | null;
  const at = q.get('at');
  const selected = q.get('node');
  const scale = q.get('scale');
  return {
    policy: policy !== null && policyOrder.includes(policy) ? policy : null,
    at: at !== null && /^\d{1,12}$/.test(at) ? Number(at) : null,
    selected: selected !== null && selected.length <= idMax && selected !== '' ? selected : null,
    open: openIds(q.get('open')),
    pins: openIds(q.get('pins')),
    scale: scale === 'linear' || scale === 'hop' ? scale : 'elastic',
    tab: q.get('tab') === 'exits' ? 'exits' : 'flow',
  };
}

/** Writes a view; what is as it is at first is left out, so that links are short. */
export function writeView(v: View): URLSearchParams {
  const q = new URLSearchParams();
  if (v.policy !== null) q.set('policy', v.policy);
  if (v.at !== null) q.set('at', String(v.at));
  if (v.selected !== null) q.set('node', v.selected);
  if (v.open.length > 0) q.set('open', openText(v.open));
  if (v.pins.length > 0) q.set('pins', openText(v.pins));
  if (v.scale !== 'elastic') q.set('scale', v.scale);
  if (v.tab !== 'flow') q.set('tab', v.tab);
  return q;
}

const undoMax = 200;

export interface ViewState {
  view: View;
  /** Changes the view, and remembers the one before. */
  change: (patch: Partial<View>) => void;
  /** Changes it without a step of undo: a time that runs, a tab. */
  slide: (patch: Partial<View>) => void;
  undo: () => void;
  canUndo: boolean;
}

export function useView(): ViewState {
  const [query, setQuery] = useSearchParams();
  const [past, setPast] = useState<readonly string[]>([]);
  const text = query.toString();
  const view = useMemo(() => readView(new URLSearchParams(text)), [text]);
  // Several changes may come before the next drawing: each builds on the last. A
  // change of the address is drawn when there is time, so a drawing for another
  // reason may come between, and must not bring the view before it back.
  const latest = useRef(view);
  const drawn = useRef(text);
  if (drawn.current !== text) {
    drawn.current = text;
    latest.current = view;
  }
  const write = useCallback(
    (next: View) => {
      latest.current = next;
      setQuery(writeView(next), { replace: true });
    },
    [setQuery],
  );
  const slide = useCallback((patch: Partial<View>) => write({ ...latest.current, ...patch }), [write]);
  const change = useCallback(
    (patch: Partial<View>) => {
      const before = writeView(latest.current).toString();
      const next = { ...latest.current, ...patch };
      if (writeView(next).toString() === before) return;
      setPast((all) => [...all.slice(-undoMax + 1), before]);
      write(next);
    },
    [write],
  );
  const undo = useCallback(() => {
    const before = past[past.length - 1];
    if (before === undefined) return;
    setPast(past.slice(0, -1));
    write(readView(new URLSearchParams(before)));
  }, [past, write]);
  return { view, change, slide, undo, canUndo: past.length > 0 };
}
