import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { messages } from '../../messages';
import type { Flow, FlowNode } from '../../graph/flow';
import { compare, cut, grouped, units } from '../../state/amount';
import type { TraceResult } from '../../state/api';
import { leftOutOf } from '../../state/exits';
import { plain } from '../../state/plain';
import { Glyph, glyphOf } from '../parts/Glyph';
import { nodeName } from './names';

const text = messages.views.trace.hidden;

interface Props {
  flow: Flow;
  policy: string;
  result: TraceResult;
  open: readonly string[];
  opened: boolean;
  onShut: () => void;
  onOpen: (id: string) => void;
  onFold: (id: string) => void;
}

/** What the picture does not draw one by one: what is folded, what was unfolded, what was left out. */
export function Hidden(p: Props) {
  return (
    <Modal opened={p.opened} onClose={p.onShut} title={text.title} size="lg" centered lockScroll={false} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': messages.views.shell.close }}>
      <Folded {...p} />
      {p.open.length > 0 && <Unfolded {...p} />}
      <LeftOut {...p} />
    </Modal>
  );
}

function Table({ title, heads, children, note }: { title: string; heads: readonly string[]; children: ReactNode; note: string | null }) {
  return (
    <section className="hidden-part">
      <h3>{title}</h3>
      {note !== null ? (
        <p className="soft">{note}</p>
      ) : (
        <div className="table-box" tabIndex={0} role="region" aria-label={title}>
          <table className="table">
            <thead>
              <tr>
                {heads.map((h, i) => (
                  <th key={h} scope="col" className={i === 1 || i === 2 ? 'num' : undefined}>
                    {h}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Folded({ flow, policy, onOpen }: Props) {
  const i = flow.policies.indexOf(policy);
  const amount = (n: FlowNode): bigint => units(n.amounts[i] ?? '0');
  const folds = flow.nodes.filter((n) => n.fold !== null).sort((a, b) => -compare(amount(a), amount(b)) || (a.id < b.id ? -1 : 1));
  return (
    <Table title={text.folded(grouped(flow.folded.nodes))} heads={[text.what, text.count, text.value, text.act]} note={folds.length === 0 ? text.noneFolded : null}>
      {folds.map((n) => (
        <tr key={n.id}>
          <td>
            <span className="what">
              <Glyph name={glyphOf(n)} size={16} /> <span>{nodeName(n)}</span>
            </span>
          </td>
          <td className="num">{grouped(n.fold?.count ?? 0)}</td>
          <td className="num">{amount(n) === 0n ? <span className="soft">{text.notReached}</span> : cut(amount(n), 3)}</td>
          <td>
            <button type="button" className="btn quiet small" aria-label={text.unfoldOne(nodeName(n))} onClick={() => onOpen(n.id)}>
              {text.unfold}
            </button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function kindOf(id: string): string {
  return (text.kinds as Record<string, string>)[id.split(':', 1)[0] ?? ''] ?? text.otherKind;
}

function Unfolded({ open, onFold }: Props) {
  return (
    <Table title={text.unfolded} heads={[text.what, '', '', text.act]} note={null}>
      {open.map((id) => (
        <tr key={id}>
          <td colSpan={3}>
            {kindOf(id)} <span className="mono soft">{plain(id.slice(id.indexOf(':') + 1, id.indexOf(':') + 7))}</span>
          </td>
          <td>
            <button type="button" className="btn quiet small" onClick={() => onFold(id)}>
              {text.fold}
            </button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Nodes beyond the page that is drawn, and value that the limits of the question cut. */
function LeftOut({ flow, policy, result }: Props) {
  const reasons = result.left_out.filter((l) => l.policy === policy && l.count > 0);
  const none = flow.left_out.nodes === 0 && reasons.length === 0;
  return (
    <Table title={text.leftOut} heads={[text.what, text.count, text.value]} note={none ? text.noneLeftOut : null}>
      {flow.left_out.nodes > 0 && (
        <tr>
          <td>{text.beyond(grouped(flow.left_out.total))}</td>
          <td className="num">{grouped(flow.left_out.nodes)}</td>
          <td className="num">{cut(leftOutOf(flow, policy), 3)}</td>
        </tr>
      )}
      {reasons.map((l) => (
        <tr key={l.reason}>
          <td>{(text.reasons as Record<string, string>)[l.reason] ?? plain(l.reason)}</td>
          <td className="num">{grouped(l.count)}</td>
          <td className="num">{cut(units(l.amount), 3)}</td>
        </tr>
      ))}
    </Table>
  );
}
