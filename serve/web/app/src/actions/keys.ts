// Single keys. They are off inside fields, with a modifier held, while a dialog
// is open, and when turned off in Settings; then only arrows, Enter and Escape
// are left, which are no letters (WCAG 2.1.4).
import { useEffect, useRef } from 'react';
import { useSingleKeys } from '../state/prefs';

export type KeyMap = Record<string, (e: KeyboardEvent) => void>;

const always = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Enter', 'Escape', 'Home', 'End']);
const chordMs = 1_500;

function typing(e: KeyboardEvent): boolean {
  const t = e.target;
  if (!(t instanceof HTMLElement)) return false;
  return t.isContentEditable || t instanceof HTMLInputElement || t instanceof HTMLTextAreaElement || t instanceof HTMLSelectElement;
}

// Space and Enter belong to what has the focus, if it can be pressed.
function pressing(e: KeyboardEvent): boolean {
  const t = e.target;
  return (e.key === ' ' || e.key === 'Enter') && t instanceof HTMLElement && t.closest('button, a, summary, [role="menuitem"], [role="radio"], [role="tab"]') !== null;
}

function dialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;
}

/** Keys of one stroke ("f", "Shift+F", "ArrowLeft") and of two ("g t"). */
export function useKeys(keys: KeyMap): void {
  const [single] = useSingleKeys();
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    let before = { key: '', time: 0 };
    const down = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e) || pressing(e) || dialogOpen()) return;
      if (!single && !always.has(e.key)) return;
      const name = e.shiftKey && /^[A-Za-z]$/.test(e.key) ? `Shift+${e.key.toUpperCase()}` : e.key;
      const now = e.timeStamp;
      const chord = before.key !== '' && now - before.time < chordMs ? latest.current[`${before.key} ${name}`] : undefined;
      const action = chord ?? latest.current[name];
      before = { key: name, time: now };
      if (action === undefined) return;
      e.preventDefault();
      action(e);
    };
    window.addEventListener('keydown', down);
    return () => window.removeEventListener('keydown', down);
  }, [single]);
}
