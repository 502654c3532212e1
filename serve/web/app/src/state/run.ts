// A trace while it runs: the document of the run, kept fresh by its events.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Progress, Run } from './api';
import { listen } from './events';
import { isLive, useClient, useTrace } from './queries';

const lastEvents = ['done', 'failed', 'cancelled'] as const;

export interface Running {
  /** The line to the server was lost; what is shown was true then. */
  lost: boolean;
  /** When the line last said something, in unix seconds; null: never. */
  heard: number | null;
  progress: Progress | null;
}

function progressOf(data: string): Progress | null {
  try {
    const p = JSON.parse(data) as Partial<Progress> | null;
    if (p === null || typeof p.policy !== 'string' || typeof p.height !== 'number' || typeof p.txs !== 'number') return null;
    return { policy: p.policy, height: p.height, txs: p.txs, stage: p.stage === 'answering' ? 'answering' : 'visiting' };
  } catch {
    return null;
  }
}

/** Listens to a run until it ends, then asks for its document again. */
export function useRun(id: string) {
  const client = useClient();
  const cache = useQueryClient();
  const trace = useTrace(id);
  const [running, setRunning] = useState<Running>({ lost: false, heard: null, progress: null });
  const live = trace.data !== undefined && isLive(trace.data);
  useEffect(() => {
    if (!live) return;
    return listen(client, `/v1/traces/${encodeURIComponent(id)}/events`, lastEvents, {
      event: (e) => {
        if (e.name === 'progress') setRunning({ lost: false, heard: Math.floor(Date.now() / 1000), progress: progressOf(e.data) });
        if ((lastEvents as readonly string[]).includes(e.name)) {
          void cache.invalidateQueries({ queryKey: ['trace', id] });
          void cache.invalidateQueries({ queryKey: ['traces'] });
        }
      },
      lost: (lost) => setRunning((r) => (r.lost === lost ? r : { ...r, lost })),
      refused: () => void cache.invalidateQueries({ queryKey: ['trace', id] }),
    });
  }, [client, cache, id, live]);
  const run: Run | undefined = trace.data;
  // What was read stays, also where asking again fails; it is only old then.
  const lost = running.lost || (run !== undefined && trace.error !== null);
  return { trace, run, live, lost, heard: running.heard, progress: running.progress ?? run?.progress ?? null };
}
