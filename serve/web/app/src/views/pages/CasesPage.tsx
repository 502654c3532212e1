import { Link, useNavigate } from 'react-router-dom';
import { messages } from '../../messages';
import { grouped } from '../../state/amount';
import { plain } from '../../state/plain';
import { useCases, useCaseWrites } from '../../state/queries';
import { full, seconds } from '../../state/when';
import { FileButton } from '../parts/FileButton';
import { Page } from '../parts/Page';
import { Empty, Failure, Loading, Trouble } from '../parts/Status';

const text = messages.views.cases;

export function CasesPage() {
  const cases = useCases();
  const { take } = useCaseWrites();
  const go = useNavigate();
  const all = cases.data?.pages.flatMap((p) => p.items);
  const actions = (
    <>
      <FileButton label={text.take} busy={take.isPending} onText={(yaml) => take.mutate(yaml, { onSuccess: (c) => go(`/cases/${encodeURIComponent(c.id)}`) })} />
      <Link className="btn filled" to="/cases/new">
        {text.fresh}
      </Link>
    </>
  );
  const answer = all === undefined || all.length === 0 ? undefined : cases.hasNextPage ? text.answerMore(all.length) : text.answer(all.length);
  return (
    <Page title={text.title} actions={actions} answer={answer}>
      {take.error !== null && <Failure error={take.error} title={text.takeFailed} />}
      <Trouble of={cases} />
      {all === undefined && cases.error === null && <Loading />}
      {all?.length === 0 && <Empty title={text.empty}>{text.emptyBody}</Empty>}
      {all !== undefined && all.length > 0 && (
        <div className="card flush">
          <div className="table-box" tabIndex={0} role="region" aria-label={text.title}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{text.name}</th>
                  <th scope="col" className="num">{text.starts}</th>
                  <th scope="col">{text.changed}</th>
                </tr>
              </thead>
              <tbody>
                {all.map((c) => (
                  <tr key={c.id}>
                    <td>
                      <Link to={`/cases/${encodeURIComponent(c.id)}`}>{plain(c.title || text.noTitle)}</Link>
                    </td>
                    <td className="num">{grouped((c.question.starts ?? []).length)}</td>
                    <td>{seconds(c.changed ?? c.made) === null ? <span className="missing">{messages.views.unknown}</span> : full(seconds(c.changed ?? c.made) ?? 0)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {cases.hasNextPage && (
            <p className="table-more">
              <button type="button" className="btn" disabled={cases.isFetchingNextPage} onClick={() => void cases.fetchNextPage()}>
                {messages.views.traces.more}
              </button>
            </p>
          )}
        </div>
      )}
    </Page>
  );
}
