import { getCoreRowModel, getSortedRowModel, useReactTable, createColumnHelper, flexRender, type Row, type SortingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { messages } from '../../messages';
import { compare, cut, grouped, percent, ratio, units, whole } from '../../state/amount';
import { exitRows, leftOutOf, rowsSum, type ExitRow } from '../../state/exits';
import type { Flow } from '../../graph/flow';
import { lookOf } from '../../state/kinds';
import { plain, shortened } from '../../state/plain';
import { full, short, yearOf } from '../../state/when';
import { ClassMark } from '../parts/Fact';
import { Glyph, glyphOf } from '../parts/Glyph';
import { nodeName, placeName } from './names';

const text = messages.views.trace;
const rowHeight = 28;
const rowHeightPhone = 58;
const virtualAbove = 200;

interface Props {
  flow: Flow;
  policy: string;
  selected: string | null;
  at: number | null;
  phone: boolean;
  onSelect: (id: string | null) => void;
}

/** The picture as a table; it is the keyboard's and the screen reader's way through it. */
export function ExitTable({ flow, policy, selected, at, phone, onSelect }: Props) {
  const rows = useMemo(() => exitRows(flow, policy), [flow, policy]);
  const columns = useMemo(() => columnsOf(flow, policy, rows), [flow, policy, rows]);
  const [sorting, setSorting] = useState<SortingState>([{ id: 'theft', desc: true }]);
  const table = useReactTable({
    data: rows,
    columns,
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: (r) => r.id,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    enableSortingRemoval: false,
  });
  const sorted = table.getRowModel().rows;
  const box = useRef<HTMLDivElement>(null);
  const size = phone ? rowHeightPhone : rowHeight;
  const windowed = useVirtualizer({ count: sorted.length, getScrollElement: () => box.current, estimateSize: () => size, overscan: 12, enabled: sorted.length > virtualAbove });
  const inside = sorted.length > virtualAbove ? windowed.getVirtualItems().map((v) => v.index) : sorted.map((_, i) => i);
  const first = inside[0] ?? 0;
  const last = inside[inside.length - 1] ?? -1;
  return (
    <div className="table-box exits" ref={box} tabIndex={0} role="region" aria-label={text.tableLabel}>
      <table className="table" aria-rowcount={sorted.length + 2} onKeyDown={tableKeys}>
        <caption className="hidden-text">{text.tableLabel}</caption>
        <Heads table={table} />
        <tbody>
          {first > 0 && <Gap height={first * size} />}
          {inside.map((i) => {
            const row = sorted[i];
            return row === undefined ? null : (
              <ExitLine key={row.id} row={row} index={i} selected={selected} later={at !== null && (row.original.node?.first_time ?? 0) > at} onSelect={onSelect} />
            );
          })}
          {last < sorted.length - 1 && <Gap height={(sorted.length - 1 - last) * size} />}
        </tbody>
        <Foot flow={flow} policy={policy} rows={rows} />
      </table>
    </div>
  );
}

function Gap({ height }: { height: number }) {
  return (
    <tr aria-hidden="true" className="gap">
      <td colSpan={8} style={{ height }} />
    </tr>
  );
}

function Heads({ table }: { table: ReturnType<typeof useReactTable<ExitRow>> }) {
  return (
    <thead>
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id}>
          {group.headers.map((h) => {
            const dir = h.column.getIsSorted();
            const label = String(h.column.columnDef.header);
            return (
              <th key={h.id} scope="col" className={`c-${h.id}`} aria-sort={dir === 'asc' ? 'ascending' : dir === 'desc' ? 'descending' : 'none'}>
                <button type="button" data-sort onClick={h.column.getToggleSortingHandler()} aria-label={text.sortBy(label)}>
                  {label}
                  <span aria-hidden="true">{dir === 'asc' ? ' \u2191' : dir === 'desc' ? ' \u2193' : ''}</span>
                </button>
              </th>
            );
          })}
        </tr>
      ))}
    </thead>
  );
}

function ExitLine({ row, index, selected, later, onSelect }: { row: Row<ExitRow>; index: number; selected: string | null; later: boolean; onSelect: Props['onSelect'] }) {
  const node = row.original.node;
  const on = node !== null && node.id === selected;
  return (
    <tr
      className={`${on ? 'on' : ''} ${later ? 'later' : ''} ${node === null ? 'flat' : ''}`}
      aria-selected={on}
      aria-rowindex={index + 2}
      onClick={() => node !== null && onSelect(node.id)}
    >
      {row.getVisibleCells().map((c) => (
        <td key={c.id} className={`c-${c.column.id}`}>
          {flexRender(c.column.columnDef.cell, c.getContext())}
        </td>
      ))}
    </tr>
  );
}

function Foot({ flow, policy, rows }: { flow: Flow; policy: string; rows: readonly ExitRow[] }) {
  const left = leftOutOf(flow, policy);
  const all = rowsSum(rows) + left;
  const fees = rows.find((r) => r.kind === 'fee');
  const theft = units(flow.theft);
  return (
    <tfoot>
      {left > 0n && (
        <tr>
          <td className="c-what" colSpan={3}>
            {text.notShownRow(grouped(flow.left_out.nodes))}
          </td>
          <td className="c-theft">{cut(left, 3)}</td>
          <td colSpan={4} />
        </tr>
      )}
      <tr className="sum">
        <th scope="row" className="c-what" colSpan={3}>
          {fees === undefined ? text.sumRow : text.sumRowFees(cut(fees.theft, 3))}
        </th>
        <td className="c-theft">{cut(all, 3)}</td>
        <td className="c-range">{policy === 'poison' ? '' : all === theft ? '100.000\u202f%' : percent(all, theft)}</td>
        <td colSpan={3}>{policy === 'poison' ? text.sumPoison : all === theft ? text.sumNote : text.sumsNot}</td>
      </tr>
    </tfoot>
  );
}

const column = createColumnHelper<ExitRow>();

function columnsOf(flow: Flow, policy: string, rows: readonly ExitRow[]) {
  const year = yearOf(flow.time_from);
  const widest = rows.reduce((w, r) => (r.range !== null && r.range.most > w ? r.range.most : w), 1n);
  const byBig = (pick: (r: ExitRow) => bigint) => (a: Row<ExitRow>, b: Row<ExitRow>) => compare(pick(a.original), pick(b.original));
  return [
    column.accessor((r) => nameOf(r), { id: 'what', header: text.exitColumn, cell: (c) => <What row={c.row.original} /> }),
    column.accessor((r) => r.node?.address ?? '', { id: 'address', header: text.addressColumn, cell: (c) => <Place row={c.row.original} /> }),
    column.accessor((r) => r.received, {
      id: 'received',
      header: text.receivedColumn,
      sortingFn: byBig((r) => r.received ?? -1n),
      cell: (c) => (c.row.original.received === null ? '' : cut(c.row.original.received, 3)),
    }),
    column.accessor((r) => r.theft, {
      id: 'theft',
      header: text.theftColumn,
      sortingFn: byBig((r) => r.theft),
      cell: (c) => <span title={messages.views.amount(whole(c.row.original.theft))}>{cut(c.row.original.theft, 3)}</span>,
    }),
    column.accessor((r) => r.range?.most ?? 0n, {
      id: 'range',
      header: text.rangeColumn,
      sortingFn: byBig((r) => r.range?.most ?? 0n),
      cell: (c) => <RangeMark row={c.row.original} widest={widest} />,
    }),
    column.accessor((r) => r.last ?? 0, {
      id: 'last',
      header: text.lastColumn,
      cell: (c) => (c.row.original.last === null ? '' : <span title={full(c.row.original.last)}>{short(c.row.original.last, year)}</span>),
    }),
    column.accessor((r) => r.link ?? '', { id: 'link', header: text.linkColumn, cell: (c) => <LinkMark row={c.row.original} policy={policy} /> }),
    column.accessor((r) => freezeOf(r)[0], { id: 'freeze', header: text.freezeColumn, cell: (c) => <Freeze row={c.row.original} /> }),
  ];
}

function nameOf(r: ExitRow): string {
  return r.node === null || (r.node.ended.length > 1 && r.node.kind === 'mixed') ? placeName(r.kind) : nodeName(r.node);
}

function What({ row }: { row: ExitRow }) {
  const glyph = row.node === null || row.node.kind === 'mixed' || row.node.kind === 'tx' ? lookOf(row.kind).glyph : glyphOf(row.node);
  return (
    <span className="what">
      <Glyph name={glyph} size={18} />
      {row.node === null ? <span>{nameOf(row)}</span> : <button type="button" className="row-button">{nameOf(row)}</button>}
    </span>
  );
}

function Place({ row }: { row: ExitRow }): ReactNode {
  const node = row.node;
  if (node === null) return <span className="soft">{text.feesMany(row.count)}</span>;
  if (node.address !== null) {
    return (
      <span className="mono" title={plain(node.address)}>
        {shortened(node.address)}
      </span>
    );
  }
  if (row.kind === 'service' || row.kind === 'listed' || row.kind === 'mixer') return <span className="soft">{text.addressesMany(node.fold?.count ?? 1)}</span>;
  return <span className="soft">{text.outputsMany(row.count)}</span>;
}

function RangeMark({ row, widest }: { row: ExitRow; widest: bigint }): ReactNode {
  if (row.range === null) return null;
  const at = (a: bigint): string => `${4 + 92 * ratio(a, widest)}%`;
  const words = text.rangeText(cut(row.range.least, 3), cut(row.range.most, 3));
  return (
    <>
      <svg className="range" width="100%" height="12" role="img" aria-label={words}>
        <title>{words}</title>
        <line className="whole" x1="4%" x2="96%" y1="6" y2="6" />
        <line className="part" x1={at(row.range.least)} x2={at(row.range.most)} y1="6" y2="6" />
        <circle cx={at(row.theft)} cy="6" r="3.5" />
      </svg>
    </>
  );
}

function LinkMark({ row, policy }: { row: ExitRow; policy: string }): ReactNode {
  const name = (text.policies as Record<string, string>)[policy] ?? plain(policy);
  if (row.link === 'chain') return <ClassMark cls="chain" source={text.linkChain} />;
  if (row.link === 'rule') return <ClassMark cls="rule" source={text.linkRule(name)} />;
  if (row.link === 'lead') return <ClassMark cls="lead" source={text.linkLead} />;
  return null;
}

function freezeOf(r: ExitRow): [string, boolean] {
  if (r.kind === 'service' || r.kind === 'listed') {
    const name = r.node?.claim?.name ?? '';
    return [name === '' ? text.askHolder : text.askService(plain(name)), true];
  }
  if (r.kind === 'unspent') return [text.noIssuer, false];
  if (r.kind === 'mixer' || r.kind === 'undecoded' || r.kind === 'unknown_input') return [text.cannotFollow, false];
  return [text.nobody, false];
}

function Freeze({ row }: { row: ExitRow }): ReactNode {
  const [words, can] = freezeOf(row);
  return <span className={can ? 'tag service' : 'soft'}>{words}</span>;
}

/** Arrows go from row to row; s sorts by the column that has the focus. */
function tableKeys(e: KeyboardEvent<HTMLTableElement>): void {
  const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
  const target = e.target as HTMLElement;
  if (step !== 0) {
    const all = [...e.currentTarget.querySelectorAll<HTMLElement>('.row-button')];
    const next = all[all.indexOf(target) + step];
    e.preventDefault();
    e.stopPropagation();
    next?.focus();
  }
  if (e.key === 's' && target.dataset.sort !== undefined) {
    e.preventDefault();
    target.click();
  }
  if (e.key === 'Enter') e.stopPropagation();
}
