// The replay walks from event to event, in steps that make it last about a
// quarter of a minute however many there are.
import { useCallback, useEffect, useState } from 'react';
import { nextEvent } from '../state/replay';

const tickMs = 150;
const ticks = 90;

export interface Replay {
  at: number | null;
  playing: boolean;
  /** Moves to a time; what is done is kept in the URL. */
  seek: (at: number | null, done: boolean) => void;
  toggle: () => void;
}

/** The time runs here, not in the URL: browsers refuse hundreds of changes of it. */
export function useReplay(times: readonly number[], kept: number | null, keep: (at: number | null) => void): Replay {
  const [at, setAt] = useState(kept);
  const [playing, setPlaying] = useState(false);
  useEffect(() => setAt(kept), [kept]);
  useEffect(() => {
    if (!playing) return;
    const stride = Math.max(1, Math.ceil(times.length / ticks));
    const timer = setTimeout(() => {
      let next = at;
      for (let i = 0; i < stride && next !== null; i++) next = nextEvent(times, next);
      setAt(next);
      if (next === null) {
        setPlaying(false);
        keep(null);
      }
    }, tickMs);
    return () => clearTimeout(timer);
  }, [playing, at, times, keep]);
  const seek = useCallback(
    (to: number | null, done: boolean) => {
      setPlaying(false);
      setAt(to);
      if (done) keep(to);
    },
    [keep],
  );
  const toggle = useCallback(() => {
    if (playing) {
      setPlaying(false);
      keep(at);
      return;
    }
    if (at === null) setAt(times[0] ?? null);
    setPlaying(true);
  }, [playing, at, times, keep]);
  return { at, playing, seek, toggle };
}
