// The document clew.flow/1, as report/flow writes it. Amounts are decimal strings
// in base units, aligned with policies; times are unix seconds.

export type Kind =
  | 'theft' | 'tx' | 'output' | 'address' | 'service' | 'bridge' | 'swap' | 'mixer'
  | 'rest' | 'dark' | 'undecoded' | 'unknown' | 'cutoff' | 'lead' | 'fee' | 'fold';

export type FoldKind = 'peel' | 'fan_out' | 'fan_in' | 'service' | 'rest' | 'small';

export type Certainty = 'chain' | 'rule' | 'lead';

export interface Fold {
  kind: FoldKind;
  count: number;
  txs: number;
  peels?: string[];
}

export interface FlowNode {
  id: string;
  kind: Kind;
  fold?: Fold;
  name?: string;
  txid?: string;
  outpoint?: string;
  address?: string;
  first_time: number;
  last_time: number;
  amounts: string[];
}

export interface FlowEdge {
  id: string;
  from: string;
  to: string;
  amounts: string[];
  value: string;
  count: number;
  time: number;
  certainty: Certainty;
}

export interface Flow {
  schema: 'clew.flow/1';
  result_digest: string;
  policies: string[];
  theft: string;
  time_from: number;
  time_to: number;
  nodes: FlowNode[];
  edges: FlowEdge[];
}
