import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router-dom';
import { messages } from '../../messages';
import { cut, grouped, ratio, units, whole } from '../../state/amount';
import type { Address, Move } from '../../state/api';
import { balances, type BalanceStep } from '../../state/balance';
import { chainWord, isMain } from '../../state/chains';
import { plain } from '../../state/plain';
import { useAddress, useMoves } from '../../state/queries';
import { full, seconds, short } from '../../state/when';
import { Fact, FactList } from '../parts/Fact';
import { Id, txLink } from '../parts/Id';
import { WithLedger } from '../parts/Ledger';
import { Card, Page } from '../parts/Page';
import { Empty, Failure, Loading, Partial, Trouble } from '../parts/Status';

const text = messages.views.address;

export function AddressPage() {
  const { chain = '', address = '' } = useParams();
  const heading = <Id id={address} full />;
  return (
    <WithLedger chain={chain} title={text.title} heading={heading}>
      <OneAddress chain={chain} address={address} heading={heading} />
    </WithLedger>
  );
}

function OneAddress({ chain, address, heading }: { chain: string; address: string; heading: ReactNode }) {
  const found = useAddress(chain, address);
  if (found.data === undefined) {
    return (
      <Page title={text.title} heading={heading}>
        {found.error === null ? <Loading rows={5} /> : <Failure error={found.error} again={() => void found.refetch()} />}
      </Page>
    );
  }
  return <Shown a={found.data} chain={chain} address={address} />;
}

function Shown({ a, chain, address }: { a: Address; chain: string; address: string }) {
  const moves = useMoves(chain, address);
  const all = moves.data?.pages.flatMap((p) => p.items) ?? [];
  const never = a.outputs_received === 0;
  const answer = never ? (a.complete ? text.neverPaid : text.neverPaidSince(grouped(a.first_height))) : text.answer(cut(units(a.received), 3), a.balance === '0' ? '0' : cut(units(a.balance), 3));
  const trace = `/traces/new?chain=${encodeURIComponent(chain)}&start=${encodeURIComponent(address)}`;
  const time = seconds(a.as_of?.time);
  return (
    <Page
      title={isMain(a.chain) ? text.title : messages.views.trace.onNetwork(text.title, chainWord(a.chain))}
      heading={<Id id={address} full />}
      sub={`${text.title}, ${plain(a.account.kind)}, ${chainWord(a.chain)}${a.as_of === null || time === null ? '' : `, ${text.asOf(grouped(a.as_of.height), full(time))}`}`}
      actions={!never && <Link className="btn filled" to={trace}>{text.trace}</Link>}
      answer={answer}
    >
      {!a.complete && <Partial title={text.incomplete(grouped(a.first_height))}>{text.incompleteBody}</Partial>}
      <AddressFacts a={a} />
      {!never && <Picture moves={all} more={moves.hasNextPage} />}
      <Card title={text.moves} flush>
        <Trouble of={moves} />
        {moves.data === undefined && moves.error === null && <Loading />}
        {moves.data !== undefined && all.length === 0 && <Empty title={answer} />}
        {all.length > 0 && <Moves moves={all} chain={chain} />}
        {moves.data !== undefined && all.length > 0 && (
          <p className="table-more">
            {moves.hasNextPage ? (
              <button type="button" className="btn" disabled={moves.isFetchingNextPage} onClick={() => void moves.fetchNextPage()}>
                {text.more}
              </button>
            ) : (
              <span className="soft">{text.all}</span>
            )}
          </p>
        )}
      </Card>
    </Page>
  );
}

function AddressFacts({ a }: { a: Address }) {
  if (a.as_of === null) return null;
  const block = messages.views.block(grouped(a.as_of.height));
  const paid = (p: Address['first_paid']): string => (p === null ? '' : full(seconds(p.time) ?? 0));
  return (
    <FactList wide>
      <Fact label={text.received} value={`${messages.views.amount(whole(units(a.received)))}, ${text.outputs(a.outputs_received)}`} cls="chain" source={block} />
      <Fact label={text.spent} value={`${messages.views.amount(whole(units(a.spent)))}, ${text.outputs(a.outputs_spent)}`} cls="chain" source={block} />
      <Fact label={text.balance} value={`${messages.views.amount(whole(units(a.balance)))}, ${text.outputs(a.outputs_received - a.outputs_spent)}`} cls="chain" source={block} />
      {a.first_paid !== null && <Fact label={text.firstPaid} value={paid(a.first_paid)} cls="chain" source={messages.views.block(grouped(a.first_paid.height))} />}
      {a.last_paid !== null && <Fact label={text.lastPaid} value={paid(a.last_paid)} cls="chain" source={messages.views.block(grouped(a.last_paid.height))} />}
      <Fact label={text.holder} cls="missing" source={text.holderWhy} />
    </FactList>
  );
}

const plotWidth = 900;
const plotHeight = 120;
const pad = 6;

function Picture({ moves, more }: { moves: readonly Move[]; more: boolean }) {
  const steps = balances(moves);
  const first = steps[0];
  const last = steps[steps.length - 1];
  // Without the oldest move the balance before it is not known, so nothing is drawn.
  if (first === undefined || last === undefined || more) return null;
  const most = steps.reduce((m, s) => (s.balance > m ? s.balance : m), 0n);
  // What came and went within a block leaves no balance to draw.
  if (most === 0n) return null;
  const span = Math.max(1, last.time - first.time);
  const x = (t: number): number => pad + ((plotWidth - 2 * pad) * (t - first.time)) / (span * 1.04);
  const y = (b: bigint): number => plotHeight - pad - (plotHeight - 2 * pad) * ratio(b, most);
  return (
    <Card title={text.picture} note={text.pictureNote(messages.views.span(short(first.time, 0), short(last.time, 0)), cut(most, 3))}>
      <svg className="balance" viewBox={`0 0 ${plotWidth} ${plotHeight}`} preserveAspectRatio="none" role="img" aria-label={text.pictureLabel(steps.length)}>
        <path className="balance-area" d={path(steps, x, y)} />
        <line className="base" x1={0} x2={plotWidth} y1={plotHeight - pad} y2={plotHeight - pad} />
      </svg>
    </Card>
  );
}

function path(steps: readonly BalanceStep[], x: (t: number) => number, y: (b: bigint) => number): string {
  const base = plotHeight - pad;
  let d = `M${x(steps[0]?.time ?? 0).toFixed(1)} ${base}`;
  for (const s of steps) d += `H${x(s.time).toFixed(1)}V${y(s.balance).toFixed(1)}`;
  return `${d}H${plotWidth - pad}V${base}Z`;
}

function Moves({ moves, chain }: { moves: readonly Move[]; chain: string }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={text.moves}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.time}</th>
            <th scope="col" className="num">{text.height}</th>
            <th scope="col">{text.tx}</th>
            <th scope="col" className="num">{text.in}</th>
            <th scope="col" className="num">{text.out}</th>
          </tr>
        </thead>
        <tbody>
          {moves.map((m) => (
            <tr key={`${m.txid} ${m.height}`}>
              <td>{short(seconds(m.time) ?? 0, 0)}</td>
              <td className="num">{grouped(m.height)}</td>
              <td><Id id={m.txid} to={txLink(chain, m.txid)} /></td>
              <td className="num">{m.received === '0' ? '' : whole(units(m.received))}</td>
              <td className="num">{m.spent === '0' ? '' : whole(units(m.spent))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
