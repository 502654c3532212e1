import type { Ref } from 'react';
import type { Flow } from '../graph/flow';

export type TimeScale = 'elastic' | 'linear' | 'hop';

// Axis is where times stand on the screen now, so that another picture (the strip)
// can share the axis: x[i] is the place of times[i] in pixels from the left edge
// of the view; between two of them it is linear.
export interface Axis {
  times: number[];
  x: number[];
}

export interface FlowHandle {
  fit(): void;
  zoom(factor: number): void;
  // The node next to the selected one: along is later or earlier, across is below or above.
  step(direction: 'later' | 'earlier' | 'up' | 'down'): string | null;
  png(): Promise<Blob>;
  svg(): string;
}

export interface FlowViewProps {
  flow: Flow;
  policy: string; // one of flow.policies
  theme: 'light' | 'dark';
  scale: TimeScale;
  selected: string | null; // a node's id; the path from the theft to it is set off
  amountText(units: string): string; // base units as they are shown: "242.86 BTC"
  cutTime: number | null; // unix seconds; later nodes fade. null: now
  pinned?: string[]; // ids of nodes that keep their label
  onSelect(id: string | null): void;
  onOpen(id: string): void; // a fold is to be opened, or what it opened to is to be closed
  onHover?(id: string | null): void;
  onAxis?(axis: Axis): void;
  handle?: Ref<FlowHandle>;
}

// FlowView fills its parent, which gives it a height.
export function FlowView(props: FlowViewProps) {
  return <div data-flow={props.flow.result_digest} />;
}
