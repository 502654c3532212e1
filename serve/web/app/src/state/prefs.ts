// What this browser remembers of how its user likes the console. It is not a
// secret and not about money, so it lives in the browser's own storage.
import { useSyncExternalStore } from 'react';

const singleKeysName = 'clew.single-keys';
const railName = 'clew.rail-labels';
const listeners = new Set<() => void>();

function read(name: string): string | null {
  try {
    return window.localStorage.getItem(name);
  } catch {
    return null; // Storage may be forbidden.
  }
}

function write(name: string, value: string): void {
  try {
    window.localStorage.setItem(name, value);
  } catch {
    // Then it holds until the page is left, if at all.
  }
  listeners.forEach((l) => l());
}

function subscribe(l: () => void): () => void {
  listeners.add(l);
  return () => listeners.delete(l);
}

function useFlag(name: string): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, () => read(name) !== 'off');
  return [on, (next) => write(name, next ? 'on' : 'off')];
}

/** Whether single keys do something (WCAG 2.1.4 wants a way to turn them off). */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  return useFlag(singleKeysName);
}

/** Whether the rail shows words under its icons. */
export function useRailLabels(): [boolean, (on: boolean) => void] {
  return useFlag(railName);
}
