import './flow.css';
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import type { Flow } from '../graph/flow';
import type { TimeScale } from '../layout/input';
import { messages } from '../messages';
import { FlowController, type State } from './controller';

export type { TimeScale };

// Axis is where times stand on the screen now, so that another picture (the strip)
// can share the axis: x[i] is the place of times[i] in pixels from the left edge of
// the view; between two of them it is linear. The last is now.
export interface Axis {
  times: number[];
  x: number[];
}

export type Direction = 'later' | 'earlier' | 'up' | 'down';

export interface FlowHandle {
  fit(): void;
  zoom(factor: number): void;
  // The id of the node beside the selected one along or across the flow; without a
  // selection that of the theft; null: there is none.
  step(direction: Direction): string | null;
  reveal(id: string): void;
  // The picture as a file, with lines of words above it. PNG is what is on the
  // screen, SVG the whole.
  png(caption: string[]): Promise<Blob>;
  svg(caption: string[]): string;
}

export interface FlowViewProps {
  flow: Flow;
  policy: string; // one of flow.policies
  theme: 'light' | 'dark';
  scale: TimeScale;
  selected: string | null; // a node's id; the path from the theft to it is set off
  path?: { nodes: string[]; edges: string[] } | null; // that path as the server has it; without it, it is found here
  amountText(units: string): string; // base units as they are shown: "242.86 BTC"
  cutTime: number | null; // unix seconds; what is later fades. null: now
  pinned?: readonly string[]; // ids of nodes that keep their label
  onSelect(id: string | null): void;
  onOpen(id: string): void; // a node's id: its fold is to be opened
  onHover?(id: string | null): void;
  onAxis?(axis: Axis): void;
  handle?: Ref<FlowHandle>;
}

// FlowView fills its parent, which gives it a height. Without WebGL it shows the
// same picture standing still.
export function FlowView(props: FlowViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const controller = useRef<FlowController | null>(null);
  const [state, setState] = useState<State>({ phase: 'working' });

  useEffect(() => {
    if (box.current === null) return undefined;
    const made = new FlowController(box.current, setState);
    controller.current = made;
    return () => {
      controller.current = null;
      made.kill();
    };
  }, []);

  useEffect(() => {
    controller.current?.update(props);
  });

  useImperativeHandle(props.handle, () => ({
    fit: () => controller.current?.stage?.fit(),
    zoom: (factor) => controller.current?.stage?.zoom(factor),
    step: (direction) => controller.current?.step(direction) ?? null,
    reveal: (id) => controller.current?.reveal(id),
    png: (caption) => controller.current?.png(caption) ?? Promise.reject(new Error('the picture is not drawn yet')),
    svg: (caption) => controller.current?.svg(caption) ?? '',
  }), []);

  return (
    <div className="flow" role="img" aria-label={messages.flow.label} data-theme={props.theme} data-phase={state.phase} data-places={state.hash} data-layout-ms={state.layoutMs}>
      <div className="flow-stage" ref={box} />
      {state.phase === 'working' && <p className="flow-note">{messages.flow.working}</p>}
      {state.phase === 'failed' && <p className="flow-note" role="alert">{messages.flow.failed(state.error ?? '')}</p>}
      {state.phase === 'still' && <p className="flow-hint">{messages.flow.noWebGL}</p>}
    </div>
  );
}
