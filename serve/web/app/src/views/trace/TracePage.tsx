import { useParams } from 'react-router-dom';
import { messages } from '../../messages';
import type { Run } from '../../state/api';
import { plain, shortStart } from '../../state/plain';
import { useCase, useGraph, useResult } from '../../state/queries';
import { useRun } from '../../state/run';
import { useView } from '../../state/view';
import { Page } from '../parts/Page';
import { Failure, Loading } from '../parts/Status';
import { RunView } from './RunView';
import { TraceDesk } from './TraceDesk';
import { onNetwork } from './TraceTitle';

const text = messages.views;

/** What a trace is called that has no result: as it was named, as its case, or after what it starts from. */
function useRunTitle(run: Run | undefined): string {
  const done = run?.status === 'done';
  const found = useCase(done ? '' : (run?.case ?? ''));
  // One that has its result is soon called after that; another name before would only flicker.
  if (run === undefined || done) return run?.title || text.run.title;
  const named = run.title || found.data?.title;
  if (named) return plain(named);
  const starts = run.question.starts ?? [];
  const first = starts[0];
  if (first === undefined) return text.run.title;
  const title = starts.length === 1 ? text.run.titleOf(startOf(first)) : text.run.titleMore(startOf(first), starts.length - 1);
  const chain = run.question.chain ?? '';
  return chain === '' ? title : onNetwork(title, chain);
}

// The start alone: of chains, a title names only those whose coins are worth nothing.
const startOf = (start: string): string => shortStart(start).replace(/^\S+ /, '');

/** One trace: while it runs how far it is, then the desk people work on. */
export function TracePage() {
  const { id = '' } = useParams();
  const { trace, run, live, lost, heard, progress } = useRun(id);
  const state = useView();
  const title = useRunTitle(run);
  const done = run?.status === 'done';
  const result = useResult(id, done);
  const graph = useGraph(id, state.view.open, done);
  if (trace.error !== null && run === undefined) {
    return (
      <Page title={text.run.title}>
        <Failure error={trace.error} again={() => void trace.refetch()} />
      </Page>
    );
  }
  if (run !== undefined && (live || !done)) {
    return (
      <Page title={title}>
        <RunView run={run} progress={progress} lost={lost} heard={heard} />
      </Page>
    );
  }
  const failed = result.error ?? (graph.data === undefined ? graph.error : null);
  if (failed !== null) {
    return (
      <Page title={title}>
        <Failure
          error={failed}
          again={() => {
            void result.refetch();
            void graph.refetch();
          }}
        />
      </Page>
    );
  }
  if (run === undefined || result.data === undefined || graph.data === undefined) {
    return (
      <Page title={title}>
        <Loading rows={5} />
      </Page>
    );
  }
  return <TraceDesk run={run} result={result.data} flow={graph.data} graphError={graph.error} state={state} />;
}
