import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { messages } from '../../messages';
import { cut, grouped, percent, units, whole } from '../../state/amount';
import { rangeOf } from '../../state/answer';
import type { ExitKind } from '../../state/api';
import { chainWord } from '../../state/chains';
import type { Flow, FlowNode, FlowPath } from '../../graph/flow';
import { pathTo } from '../../state/path';
import { plain } from '../../state/plain';
import { startOf } from '../../state/targets';
import { full, short, span, yearOf } from '../../state/when';
import { Fact, FactList } from '../parts/Fact';
import { Glyph, glyphOf } from '../parts/Glyph';
import { Icon } from '../parts/Icon';
import { Id, addressLink, txLink } from '../parts/Id';
import { nodeName, placeName, roleOf } from './names';

const text = messages.views.trace;

interface Props {
  flow: Flow;
  policy: string;
  node: FlowNode;
  /** The way to it as the server has it; null: not yet, or none. */
  path: FlowPath | null;
  pinned: boolean;
  notes: ReactNode;
  /** Whether a ledger of the chain is served, for links to it; null: not known yet. */
  served: boolean | null;
  onSelect: (id: string | null) => void;
  onOpen: (id: string) => void;
  onPin: () => void;
  onNote: () => void;
}

/** Everything that is known of what is selected, each with how we know it. */
export function NodePanel(p: Props) {
  const { flow, node } = p;
  return (
    <>
      <header className="panel-head">
        <Glyph name={glyphOf(node)} size={24} />
        <div>
          <h2>{nodeName(node)}</h2>
          <p>{roleOf(node)}</p>
        </div>
        <button type="button" className="btn icon-only quiet" aria-label={messages.views.shell.close} onClick={() => p.onSelect(null)}>
          <Icon name="close" />
        </button>
      </header>
      <div className="panel-body">
        <AmountBlock flow={flow} policy={p.policy} node={node} />
        <FactList>
          <IdFacts flow={flow} node={node} served={p.served} />
          <MoneyFacts flow={flow} policy={p.policy} node={node} />
          <FoldFacts node={node} />
        </FactList>
        <PathList {...p} />
        {p.notes}
      </div>
      <Actions {...p} />
    </>
  );
}

function AmountBlock({ flow, policy, node }: { flow: Flow; policy: string; node: FlowNode }) {
  const amount = units(node.amounts[flow.policies.indexOf(policy)] ?? '0');
  const range = rangeOf(node.amounts, flow.policies);
  const same = range !== null && range.least === range.most;
  return (
    <div className="panel-amount">
      {amount === 0n ? (
        <p>{text.notReachedBody}</p>
      ) : (
        <p>
          <b title={whole(amount)}>{cut(amount, 3)}</b> {text.ofTheft(percent(amount, units(flow.theft)))}
        </p>
      )}
      {policy === 'poison' ? (
        <p className="soft">{text.inPoison}</p>
      ) : (
        range !== null && <p className="soft">{same ? text.sameUnderAll : text.otherPolicies(cut(range.least, 3), cut(range.most, 3))}</p>
      )}
    </div>
  );
}

function heights(node: FlowNode): string {
  if (node.first_height === node.last_height) return text.block(grouped(node.first_height));
  return text.blocks(grouped(node.first_height), grouped(node.last_height));
}

function IdFacts({ flow, node, served }: { flow: Flow; node: FlowNode; served: boolean | null }) {
  const link = (to: string): string | undefined => (served === true ? to : undefined);
  const isPlace = node.kind === 'service' || node.kind === 'listed' || node.kind === 'mixer' || node.kind === 'unspent';
  return (
    <>
      {node.address !== null && (
        <Fact label={text.facts.address} value={<Id id={node.address} to={link(addressLink(flow.chain, node.address))} />} cls="chain" source={heights(node)} />
      )}
      {node.txid !== null && (
        <Fact
          label={node.vout === null ? text.facts.tx : text.facts.output}
          value={<Id id={node.vout === null ? node.txid : `${node.txid}:${node.vout}`} to={link(txLink(flow.chain, node.txid))} />}
          cls="chain"
          source={heights(node)}
        />
      )}
      {isPlace && <Holder node={node} />}
      <Fact
        label={text.facts.time}
        value={node.first_time === node.last_time ? full(node.last_time) : messages.views.span(short(node.first_time), full(node.last_time))}
        cls="chain"
        source={heights(node)}
      />
    </>
  );
}

function Holder({ node }: { node: FlowNode }) {
  const claim = node.claim;
  if (claim === null || (claim.name === '' && claim.category === '')) {
    return <Fact label={text.facts.holder} cls="missing" source={node.fold === null ? text.noHolder : text.noHolderFold} />;
  }
  const source = claim.source === '' ? text.statedNoSource : text.statedBy(plain(claim.source));
  return (
    <>
      {claim.name !== '' && <Fact label={text.facts.holder} value={plain(claim.name)} cls="stated" source={source} />}
      {claim.category !== '' && <Fact label={text.facts.use} value={plain(claim.category)} cls="stated" source={source} />}
      {node.kind === 'service' && claim.name !== '' && <Fact label={text.facts.customer} cls="missing" source={text.customerWhy(plain(claim.name))} />}
    </>
  );
}

function MoneyFacts({ flow, policy, node }: { flow: Flow; policy: string; node: FlowNode }) {
  const i = flow.policies.indexOf(policy);
  const rule = text.byPolicy((text.policies as Record<string, string>)[policy] ?? plain(policy));
  return (
    <>
      <Fact label={text.facts.received} value={messages.views.amount(whole(units(node.value)))} cls="chain" source={heights(node)} />
      <Fact label={text.facts.hops} value={grouped(node.hops)} cls="chain" source={heights(node)} />
      {node.kind !== 'unspent' &&
        node.ended
          .filter((e) => units(e.amounts[i] ?? '0') > 0n && node.ended.length > 0 && (node.kind === 'tx' || node.kind === 'theft' || node.kind === 'mixed'))
          .map((e) => (
            <Fact
              key={e.kind}
              label={e.kind === 'fee' ? text.facts.fee : `${text.facts.ended}: ${placeName(e.kind as ExitKind)}`}
              value={messages.views.amount(whole(units(e.amounts[i] ?? '0')))}
              cls="rule"
              source={rule}
            />
          ))}
    </>
  );
}

function FoldFacts({ node }: { node: FlowNode }) {
  const { fold, fan } = node;
  const peels = fold?.peels ?? null;
  const amount = (a: string): string => messages.views.amount(cut(units(a), 3));
  return (
    <>
      {fold !== null && <Fact label={text.facts.inside} value={text.insideText(grouped(fold.count), fold.txs)} cls="rule" source={text.foldRule} />}
      {peels !== null && (
        <>
          <Fact label={text.facts.peeled} value={amount(peels.peeled)} cls="chain" source={heights(node)} />
          <Fact label={text.facts.start} value={amount(peels.start_value)} cls="chain" source={text.block(grouped(node.first_height))} />
          <Fact label={text.facts.end} value={amount(peels.end_value)} cls="chain" source={text.block(grouped(node.last_height))} />
          <Fact label={text.facts.cadence} value={text.cadence(grouped(fold?.count ?? 0), grouped(peels.blocks))} cls="chain" source={heights(node)} />
        </>
      )}
      {fan !== null && (
        <Fact
          label={text.facts.spread}
          value={text.spread(`${Math.floor(fan.spread_basis_points / 100)}.${String(fan.spread_basis_points % 100).padStart(2, '0')}\u202f%`, cut(units(fan.least), 3), cut(units(fan.most), 3))}
          cls="chain"
          source={heights(node)}
        />
      )}
    </>
  );
}

function PathList({ flow, policy, node, path: known, onSelect }: Props) {
  const path = pathTo(flow, node.id, policy, known);
  if (node.kind === 'theft') return null;
  const first = path[0];
  if (first === undefined) return <p className="panel-section soft">{text.noPath}</p>;
  const year = yearOf(first.first_time);
  return (
    <section className="panel-section">
      <h3>{text.path(grouped(path.length === known?.nodes.length ? known.hops : node.hops), span(node.last_time - first.first_time))}</h3>
      <ol className="path">
        {path.map((n) => (
          <li key={n.id}>
            <Glyph name={glyphOf(n)} size={18} />
            <button type="button" onClick={() => onSelect(n.id)} aria-current={n.id === node.id ? 'step' : undefined}>
              {nodeName(n)}
            </button>
            <time>{short(n.first_time, year)}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** One filled button: what one does next with this kind. */
function Actions(p: Props) {
  const { node, pinned, onOpen, onPin, onNote } = p;
  return (
    <footer className="panel-actions">
      {node.fold !== null || (node.fan !== null && node.fan.opens_to > 0) ? (
        <button type="button" className="btn filled grow" onClick={() => onOpen(node.id)}>
          {text.unfold}
        </button>
      ) : (
        <LedgerAction {...p} />
      )}
      <button type="button" className="btn icon-only" aria-label={pinned ? text.unpin : text.pin} aria-pressed={pinned} onClick={onPin}>
        <Icon name="pin" />
      </button>
      <button type="button" className="btn icon-only" aria-label={text.note} onClick={onNote}>
        <Icon name="note" />
      </button>
    </footer>
  );
}

/** What one does next in the ledger; where none is served, that is said. */
function LedgerAction({ flow, node, served }: Props) {
  const start = startOf(node);
  const isPlace = node.address !== null && node.kind !== 'tx' && node.kind !== 'theft';
  if (served === false) return <span className="grow soft no-ledger">{messages.views.ledger.noneShort(chainWord(flow.chain))}</span>;
  const [to, words] =
    node.kind === 'unspent' && start !== null
      ? [`/traces/new?chain=${encodeURIComponent(flow.chain)}&start=${encodeURIComponent(start)}`, text.traceFrom]
      : isPlace
        ? [addressLink(flow.chain, node.address ?? ''), text.openAddress]
        : node.txid !== null
          ? [txLink(flow.chain, node.txid), text.openTx]
          : [null, ''];
  if (to === null || served === null) return <span className="grow" />;
  return (
    <Link className="btn filled grow" to={to}>
      {words}
    </Link>
  );
}
