// The document clew.flow/1, field by field as report/flow writes it. Amounts are
// decimal strings in base units; a list of amounts has one for each of policies,
// in that order. Times are header times in unix seconds.

export interface Flow {
  schema: string;
  class: string;
  chain: string;
  result_digest: string;
  backward: boolean;
  policies: string[];
  theft: string;
  tip: { height: number; hash: string; time: number | null };
  time_from: number;
  time_to: number;
  open: string[]; // ids of folds that are open
  small_below: string;
  nodes: FlowNode[]; // in the order of time
  edges: FlowEdge[];
  folded: { nodes: number; txs: number };
  left_out: { nodes: number; edges: number; amounts: string[]; total: number };
  next: string | null;
  strip?: Strip | null;
}

// The kinds of a node that is no place where value ended, and those of such places.
export type NodeKind =
  | 'theft' | 'tx' | 'mixed'
  | 'service' | 'listed' | 'mixer' | 'unspent' | 'burn' | 'cutoff' | 'undecoded' | 'unknown_input' | 'coinbase';

export interface FlowNode {
  id: string; // the same whatever is open
  kind: NodeKind;
  fold: Fold | null;
  fan: Fan | null;
  claim: Claim | null;
  txid: string | null;
  vout: number | null;
  account: string | null;
  address: string | null;
  first_time: number;
  last_time: number;
  first_height: number;
  last_height: number;
  hops: number;
  amounts: string[];
  started: string[] | null;
  ended: Ended[];
  value: string;
}

export interface Ended {
  kind: string;
  amounts: string[];
  count: number;
}

export interface Claim {
  name: string;
  category: string;
  source: string;
  class: string;
}

export type FoldKind = 'peel' | 'rest' | 'branches' | 'service' | 'small';

export interface Fold {
  kind: FoldKind;
  count: number;
  txs: number;
  opens_to: number;
  open: string; // what to ask to be opened
  peels: Peels | null;
}

export interface Peels {
  chain: string;
  offset: number;
  hops: number;
  bins: string[];
  peeled: string;
  most: string;
  start_value: string;
  end_value: string;
  blocks: number;
}

export interface Fan {
  way: 'out' | 'in';
  count: number;
  least: string;
  most: string;
  spread_basis_points: number;
  opens_to: number;
}

export type Certainty = 'chain' | 'rule' | 'lead';

export interface FlowEdge {
  id: string;
  from: string;
  to: string;
  amounts: string[];
  value: string;
  count: number;
  first_time: number;
  last_time: number;
  certainty: Certainty;
}

export interface Strip {
  policies: string[];
  kinds: string[];
  steps: { time: number; moving: string[]; ended: string[][] }[];
}

// FlowPath is how a path is answered by the server.
export interface FlowPath {
  policy: string;
  node: string;
  hops: number;
  nodes: string[];
  edges: string[];
  times: number[];
}
