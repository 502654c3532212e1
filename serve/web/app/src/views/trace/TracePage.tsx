import { useParams } from 'react-router-dom';
import { messages } from '../../messages';
import { useGraph, useResult } from '../../state/queries';
import { useRun } from '../../state/run';
import { useView } from '../../state/view';
import { Page } from '../parts/Page';
import { Failure, Loading } from '../parts/Status';
import { RunView } from './RunView';
import { TraceDesk } from './TraceDesk';

const text = messages.views;

/** One trace: while it runs how far it is, then the desk people work on. */
export function TracePage() {
  const { id = '' } = useParams();
  const { trace, run, live, lost, heard, progress } = useRun(id);
  const state = useView();
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
      <Page title={run.title || text.run.title}>
        <RunView run={run} progress={progress} lost={lost} heard={heard} />
      </Page>
    );
  }
  const failed = result.error ?? (graph.data === undefined ? graph.error : null);
  if (failed !== null) {
    return (
      <Page title={run?.title || text.run.title}>
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
      <Page title={run?.title || text.run.title}>
        <Loading rows={5} />
      </Page>
    );
  }
  return <TraceDesk run={run} result={result.data} flow={graph.data} graphError={graph.error} state={state} />;
}
