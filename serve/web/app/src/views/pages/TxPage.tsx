import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router-dom';
import { messages } from '../../messages';
import { cut, grouped, units, unitsOrNull, whole } from '../../state/amount';
import type { Account, Tx } from '../../state/api';
import { chainWord, isMain } from '../../state/chains';
import { plain } from '../../state/plain';
import { useTx } from '../../state/queries';
import { full, seconds } from '../../state/when';
import { Fact, FactList } from '../parts/Fact';
import { addressLink, Id, txLink } from '../parts/Id';
import { WithLedger } from '../parts/Ledger';
import { Card, Page } from '../parts/Page';
import { Failure, Loading, Partial } from '../parts/Status';
import { OneHop } from './OneHop';
import { unspendable } from './unspendable';

const text = messages.views.tx;

export function TxPage() {
  const { chain = '', txid = '' } = useParams();
  const heading = <Id id={txid} full />;
  return (
    <WithLedger chain={chain} title={text.title} heading={heading}>
      <OneTx chain={chain} txid={txid} heading={heading} />
    </WithLedger>
  );
}

function OneTx({ chain, txid, heading }: { chain: string; txid: string; heading: ReactNode }) {
  const tx = useTx(chain, txid);
  if (tx.error !== null && tx.data === undefined) {
    return (
      <Page title={text.title} heading={heading}>
        <Failure error={tx.error} again={() => void tx.refetch()} />
      </Page>
    );
  }
  if (tx.data === undefined) {
    return (
      <Page title={text.title} heading={heading}>
        <Loading rows={5} />
      </Page>
    );
  }
  return <Shown tx={tx.data} chain={chain} />;
}

function Shown({ tx, chain }: { tx: Tx; chain: string }) {
  const spent = tx.outputs.filter((o) => o.spent_by !== null).length;
  const trace = `/traces/new?chain=${encodeURIComponent(chain)}&start=${encodeURIComponent(tx.txid)}`;
  return (
    <Page
      title={isMain(tx.chain) ? text.title : messages.views.trace.onNetwork(text.title, chainWord(tx.chain))}
      heading={<Id id={tx.txid} full />}
      sub={`${text.title}, ${chainWord(tx.chain)}${tipOf(tx)}`}
      actions={<Link className="btn filled" to={trace}>{text.trace}</Link>}
      answer={text.answer(cut(units(tx.paid), 3), tx.outputs.length, spent) + (tx.coinbase ? ` ${text.coinbase}` : '')}
    >
      <TxFacts tx={tx} />
      {tx.inputs_unknown > 0 && <Partial title={text.feeWhy(tx.inputs_unknown)}>{text.feeWhyBody}</Partial>}
      <Card title={text.flow}>
        <OneHop tx={tx} />
      </Card>
      {!tx.coinbase && (
        <Card title={text.inputs} note={grouped(tx.inputs.length)} flush>
          <Inputs tx={tx} chain={chain} />
        </Card>
      )}
      <Card title={text.outputs} note={grouped(tx.outputs.length)} flush>
        <Outputs tx={tx} chain={chain} />
      </Card>
    </Page>
  );
}

function tipOf(tx: Tx): string {
  return tx.tip === null ? '' : `, ${text.asOf(grouped(tx.tip.height))}`;
}

function TxFacts({ tx }: { tx: Tx }) {
  const block = messages.views.block(grouped(tx.block.height));
  const time = seconds(tx.block.time);
  const fee = unitsOrNull(tx.fee);
  return (
    <FactList wide>
      <Fact label={text.block} value={text.inBlock(grouped(tx.block.height), grouped(tx.block.index))} cls="chain" source={<Id id={tx.block.hash} />} />
      {time === null ? (
        <Fact label={text.time} cls="missing" source={block} />
      ) : (
        <Fact label={text.time} value={full(time)} cls="chain" source={block} />
      )}
      <Fact label={text.confirmations} value={grouped(tx.confirmations)} cls="chain" source={tx.tip === null ? block : text.asOf(grouped(tx.tip.height))} />
      {fee === null ? (
        !tx.coinbase && <Fact label={text.fee} cls="missing" source={text.feeWhy(tx.inputs_unknown)} />
      ) : (
        <Fact label={text.fee} value={messages.views.amount(whole(fee))} cls="chain" source={block} />
      )}
      <Fact label={text.weight} value={grouped(tx.weight)} cls="chain" source={block} />
    </FactList>
  );
}

export function Owner({ account, chain }: { account: Account | null; chain: string }) {
  if (account === null) return <span className="missing">{messages.views.notKnown}</span>;
  if (account.address === null) return <span className="soft">{text.noAddress(plain(account.kind))}</span>;
  return <Id id={account.address} to={addressLink(chain, account.address)} />;
}

const rowsMax = 500;

function Inputs({ tx, chain }: { tx: Tx; chain: string }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={text.inputs}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="num short">{text.number}</th>
            <th scope="col">{text.account}</th>
            <th scope="col" className="num">{text.amount}</th>
            <th scope="col">{text.from}</th>
          </tr>
        </thead>
        <tbody>
          {tx.inputs.slice(0, rowsMax).map((input, i) => (
            <tr key={i}>
              <td className="num">{i}</td>
              <td><Owner account={input.account} chain={chain} /></td>
              <td className="num">{input.value === null ? <span className="missing" title={text.valueMissing}>{messages.views.unknown}</span> : whole(units(input.value))}</td>
              <td><Id id={input.outpoint} to={txLink(chain, input.outpoint.slice(0, input.outpoint.lastIndexOf(':')))} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      <More all={tx.inputs.length} />
    </div>
  );
}

function Outputs({ tx, chain }: { tx: Tx; chain: string }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={text.outputs}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="num short">{text.number}</th>
            <th scope="col">{text.account}</th>
            <th scope="col" className="num">{text.amount}</th>
            <th scope="col">{text.fate}</th>
          </tr>
        </thead>
        <tbody>
          {tx.outputs.slice(0, rowsMax).map((o) => (
            <tr key={o.n}>
              <td className="num">{o.n}</td>
              <td><Owner account={o.account} chain={chain} /></td>
              <td className="num">{whole(units(o.value))}</td>
              <td>{o.spent_by === null ? <span className="soft">{unspendable(o.account) ? text.unspendable : text.unspent}</span> : <Id id={o.spent_by.txid} to={txLink(chain, o.spent_by.txid)} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More all={tx.outputs.length} />
    </div>
  );
}

function More({ all }: { all: number }) {
  return all > rowsMax ? <p className="table-more">{text.notDrawn(all - rowsMax)}</p> : null;
}
