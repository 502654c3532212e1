import { useEffect } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { messages } from '../../messages';
import { grouped } from '../../state/amount';
import type { Chain, Hit } from '../../state/api';
import { chainWord } from '../../state/chains';
import { plain, shortOutpoint } from '../../state/plain';
import { useChains, useSearch } from '../../state/queries';
import { full, seconds, short } from '../../state/when';
import { Card, Page } from '../parts/Page';
import { addressLink, Id, txLink } from '../parts/Id';
import { Empty, Failure, Loading, Trouble } from '../parts/Status';

const text = messages.views.search;

/** Where a hit leads; a block has no page, but a trace as of it. */
export function linkOf(h: Hit): string | null {
  const chain = h.chain ?? '';
  if (h.kind === 'tx') return txLink(chain, h.id);
  if (h.kind === 'outpoint') return txLink(chain, h.id.slice(0, h.id.lastIndexOf(':')));
  if (h.kind === 'address') return addressLink(chain, h.id);
  if (h.kind === 'case') return `/cases/${encodeURIComponent(h.id)}`;
  if (h.kind === 'trace') return `/traces/${encodeURIComponent(h.id)}`;
  return null;
}

export function SearchPage() {
  const [query] = useSearchParams();
  const q = query.get('q')?.trim() ?? '';
  return q === '' ? <Start /> : <Found q={q} straight={query.get('go') === '1'} />;
}

function Start() {
  const chains = useChains();
  return (
    <Page title={text.title} answer={text.start}>
      <Trouble of={chains} />
      {chains.data === undefined && chains.error === null && <Loading />}
      {chains.data?.length === 0 && <Empty title={text.noLedger}>{text.noLedgerBody}</Empty>}
      {chains.data !== undefined && chains.data.length > 0 && <Chains chains={chains.data} />}
    </Page>
  );
}

export function Chains({ chains, title = text.example }: { chains: readonly Chain[]; title?: string }) {
  return (
    <Card title={title} flush>
      <div className="table-box" tabIndex={0} role="region" aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.ledger}</th>
              <th scope="col">{text.holds}</th>
              <th scope="col" className="num">{text.txs}</th>
              <th scope="col">{text.tip}</th>
            </tr>
          </thead>
          <tbody>
            {chains.map((c) => (
              <tr key={c.id}>
                <td>{plain(c.alias)}</td>
                <td>{c.tip === null ? messages.views.none : messages.views.span(grouped(c.first_height), grouped(c.tip.height))}</td>
                <td className="num">{grouped(c.txs)}</td>
                <td>{seconds(c.tip?.time) === null ? messages.views.none : full(seconds(c.tip?.time) ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Found({ q, straight }: { q: string; straight: boolean }) {
  const found = useSearch(q);
  const go = useNavigate();
  const hits = found.data?.query === q || !found.isPlaceholderData ? found.data?.hits : undefined;
  const only = hits?.length === 1 ? hits[0] : undefined;
  useEffect(() => {
    const to = only === undefined ? null : linkOf(only);
    if (straight && to !== null) go(to, { replace: true });
  }, [go, only, straight]);
  const answer = hits === undefined ? undefined : hits.length === 0 ? undefined : text.matches(hits.length, shortOutpoint(q));
  return (
    <Page title={text.title} answer={answer}>
      {found.error !== null && <Failure error={found.error} again={() => void found.refetch()} />}
      {hits === undefined && found.error === null && <Loading />}
      {hits?.length === 0 && <Empty title={text.nothing(plain(q))}>{text.nothingBody}</Empty>}
      {hits !== undefined && hits.length > 0 && <Hits hits={hits} />}
    </Page>
  );
}

function Hits({ hits }: { hits: readonly Hit[] }) {
  const time = (t: string | null): string => {
    const s = seconds(t);
    return s === null ? messages.views.unknown : short(s, 0);
  };
  return (
    <div className="card flush">
      <div className="table-box" tabIndex={0} role="region" aria-label={text.title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{text.kind}</th>
              <th scope="col">{text.what}</th>
              <th scope="col">{text.chain}</th>
              <th scope="col">{text.first}</th>
              <th scope="col">{text.last}</th>
              <th scope="col">{text.labels}</th>
            </tr>
          </thead>
          <tbody>
            {hits.map((h, i) => (
              <tr key={`${h.kind} ${h.chain} ${h.id}`}>
                <td>{text.kinds[h.kind]}</td>
                <td>
                  <HitName hit={h} first={i === 0} />
                </td>
                <td>{h.chain === null ? '' : chainWord(h.chain)}</td>
                <td>{h.chain === null ? '' : time(h.first_seen)}</td>
                <td>{h.chain === null ? '' : time(h.last_seen)}</td>
                <td>{h.labels.length === 0 ? h.chain !== null && h.kind !== 'block' && <span className="soft">{text.noLabel}</span> : h.labels.map(plain).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** A block by its height and hash; a trace may be asked as of it. */
function BlockName({ hit, first }: { hit: Hit; first: boolean }) {
  const hash = /^block ([0-9a-f]{64})$/.exec(hit.title)?.[1];
  const height = /^\d{1,9}$/.test(hit.id) ? grouped(hit.id) : plain(hit.id);
  const ask = `/traces/new?chain=${encodeURIComponent(hit.chain ?? '')}&as_of=${encodeURIComponent(hit.id)}`;
  return (
    <span className="block-hit">
      <span>{height}</span>
      {hash !== undefined && <Id id={hash} />}
      <Link to={ask} autoFocus={first}>
        {text.asOfBlock}
      </Link>
    </span>
  );
}

function HitName({ hit, first }: { hit: Hit; first: boolean }) {
  if (hit.kind === 'block') return <BlockName hit={hit} first={first} />;
  const to = linkOf(hit);
  const mono = hit.kind === 'tx' || hit.kind === 'outpoint' || hit.kind === 'address';
  const name = mono ? shortOutpoint(hit.id) : plain(hit.title || hit.id);
  const cls = mono ? 'mono' : undefined;
  return to === null ? <span className={cls}>{name}</span> : <Link className={cls} to={to} autoFocus={first} title={plain(hit.id)}>{name}</Link>;
}
