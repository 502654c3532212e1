import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { messages } from '../../messages';
import type { Flow, FlowNode } from '../../graph/flow';
import { childrenOf } from '../../state/path';
import { Glyph, glyphOf } from '../parts/Glyph';
import { nodeLine } from './names';

const text = messages.views.trace;

interface Props {
  flow: Flow;
  policy: string;
  selected: string | null;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
}

interface Item {
  node: FlowNode;
  level: number;
  size: number; // of its siblings
  place: number; // among them, from 1
  parent: string | null;
  children: number;
}

/** All items in order. The walk is a loop: a chain of hops may be deeper than a stack. */
function itemsOf(flow: Flow, policy: string, shut: ReadonlySet<string>): Item[] {
  const children = childrenOf(flow, policy);
  const roots = flow.nodes.filter((n) => n.kind === 'theft');
  const line = (node: FlowNode, level: number, all: readonly FlowNode[], i: number, parent: string | null): Item => ({
    node, level, size: all.length, place: i + 1, parent, children: children.get(node.id)?.length ?? 0,
  });
  const stack = roots.map((n, i) => line(n, 1, roots, i, null)).reverse();
  const items: Item[] = [];
  const seen = new Set<string>();
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (seen.has(item.node.id)) continue;
    seen.add(item.node.id);
    items.push(item);
    if (shut.has(item.node.id)) continue;
    const below = children.get(item.node.id) ?? [];
    const { level, node } = item;
    stack.push(...below.map((n, i) => line(n, level + 1, below, i, node.id)).reverse());
  }
  return items;
}

const levelsDrawn = 12;

/** The text twin of the picture: the same folded nodes, in the document. */
export function Tree({ flow, policy, selected, onSelect, onOpen }: Props) {
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set());
  const items = useMemo(() => itemsOf(flow, policy, shut), [flow, policy, shut]);
  const box = useRef<HTMLUListElement>(null);
  const at = flow.policies.indexOf(policy);
  const focused = items.find((i) => i.node.id === selected)?.node.id ?? items[0]?.node.id;
  const focus = (i: number) => {
    const item = items[i];
    if (item === undefined) return;
    onSelect(item.node.id);
    (box.current?.children[i] as HTMLElement | undefined)?.focus();
  };
  const keys = (e: KeyboardEvent, i: number) => {
    const item = items[i];
    if (item === undefined) return;
    const id = item.node.id;
    const open = item.children > 0 && !shut.has(id);
    const to: Record<string, () => void> = {
      ArrowDown: () => focus(i + 1),
      ArrowUp: () => focus(i - 1),
      Home: () => focus(0),
      End: () => focus(items.length - 1),
      ArrowRight: () => (shut.has(id) ? setShut(without(shut, id)) : open && focus(i + 1)),
      ArrowLeft: () => (open ? setShut(new Set([...shut, id])) : focus(items.findIndex((p) => p.node.id === item.parent))),
      Enter: () => onSelect(id),
      f: () => onOpen(id),
    };
    const action = to[e.key];
    if (action === undefined || e.metaKey || e.ctrlKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    action();
  };
  return (
    <ul className="tree" role="tree" aria-label={text.treeLabel} ref={box}>
      {items.map((item, i) => (
        <li
          key={item.node.id}
          role="treeitem"
          aria-level={item.level}
          aria-setsize={item.size}
          aria-posinset={item.place}
          aria-selected={item.node.id === selected}
          {...(item.children > 0 ? { 'aria-expanded': !shut.has(item.node.id) } : {})}
          tabIndex={item.node.id === focused ? 0 : -1}
          style={{ paddingInlineStart: 16 + 18 * Math.min(item.level - 1, levelsDrawn) }}
          onClick={() => onSelect(item.node.id)}
          onKeyDown={(e) => keys(e, i)}
        >
          <Glyph name={glyphOf(item.node)} size={16} />
          <span>{nodeLine(item.node, at)}</span>
        </li>
      ))}
    </ul>
  );
}

function without(all: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(all);
  rest.delete(id);
  return rest;
}
