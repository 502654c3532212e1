import { useState } from 'react';
import type { Flow } from '../../graph/flow';
import { messages } from '../../messages';
import type { FlowHandle } from '../../render/FlowView';
import { cut, grouped, units } from '../../state/amount';
import type { Run, TraceResult } from '../../state/api';
import { chainWord, isMain } from '../../state/chains';
import { plain, shortOutpoint, shortened } from '../../state/plain';
import { short } from '../../state/when';
import { Icon } from '../parts/Icon';
import { ExportMenu } from './ExportMenu';

const text = messages.views.trace;

export function titleOf(r: TraceResult): string {
  const amount = cut(units(r.theft), 3);
  return onNetwork(r.input.params.backward ? text.backTitle(amount) : text.title(amount), r.input.chain);
}

/** A title names a network whose coins are worth nothing, so that nobody takes it for a theft. */
export function onNetwork(title: string, chain: string): string {
  return isMain(chain) ? title : text.onNetwork(title, chainWord(chain));
}

interface Props {
  run: Run;
  result: TraceResult;
  flow: Flow;
  title: string;
  at: number | null;
  undo: (() => void) | null;
  onNotes: () => void;
  menu: boolean;
  onMenu: (on: boolean) => void;
  handle: FlowHandle | null;
  onError: (e: unknown) => void;
}

/** What is asked, as of when, resting on what; and what one can do with the answer. */
export function TraceTitle(p: Props) {
  const [copied, setCopied] = useState(false);
  const { input, result_digest: digest } = p.result;
  const first = input.starts[0];
  const final = p.run.finalised ?? p.result.finalised ?? null;
  const copy = async () => {
    await navigator.clipboard.writeText(window.location.href);
    setCopied(true);
  };
  return (
    <header className="title-row">
      <div className="title-words">
        <h1>{plain(p.title)}</h1>
        <p className="sub mono">
          {first !== undefined && <span title={plain(first.outpoint)}>{shortOutpoint(first.outpoint)}{input.starts.length > 1 && ` +${grouped(input.starts.length - 1)}`}</span>}
          <span title={input.tip.hash}>{text.asOf(chainWord(input.chain), grouped(input.tip.height))}</span>
          <span>{input.label_set === null ? text.noLabels : text.labels(digestText(input.label_set))}</span>
          <span title={digest}>{text.result(digestText(digest))}</span>
        </p>
      </div>
      <div className="title-actions">
        {p.at !== null && <span className="tag wait">{text.replay(short(p.at))}</span>}
        {final === false && <span className="tag wait">{text.notFinal}</span>}
        <button type="button" className="btn icon-only quiet" aria-label={text.undo} title={text.undo} disabled={p.undo === null} onClick={() => p.undo?.()}>
          <Icon name="undo" />
        </button>
        <button type="button" className="btn quiet" onClick={p.onNotes}>
          <Icon name="note" />
          {text.notes}
        </button>
        <button type="button" className="btn quiet" aria-label={copied ? messages.views.shell.copied : text.link} onClick={() => void copy()} onBlur={() => setCopied(false)}>
          <Icon name={copied ? 'check' : 'link'} />
          {copied ? messages.views.shell.copied : text.linkShort}
        </button>
        <ExportMenu id={p.run.id} digest={digest} handle={p.handle} caption={captionOf(p)} opened={p.menu} onOpened={p.onMenu} onError={p.onError} />
      </div>
    </header>
  );
}

function captionOf({ title, result, flow }: Props): string[] {
  const left = flow.left_out.nodes === 0 ? text.leftOutNone : text.leftOut(grouped(flow.left_out.nodes), cut(units(flow.left_out.amounts[0] ?? '0'), 4));
  const asOf = text.asOf(chainWord(result.input.chain), grouped(result.input.tip.height));
  return [plain(title), `${asOf}, ${text.result(result.result_digest)}`, `${text.folded(grouped(flow.folded.nodes))} ${left}`];
}

function digestText(d: string): string {
  return shortened(d.replace(/^sha256:/, ''));
}
