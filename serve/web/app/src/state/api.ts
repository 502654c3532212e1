// The documents of the server. Those of the API are taken from its OpenAPI file;
// clew.trace/1 is described in docs/trace.md. Amounts are decimal text in base
// units, times RFC 3339 in UTC.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Policy = 'fifo' | 'lifo' | 'haircut' | 'tiho' | 'dirty_first' | 'libr' | 'pure' | 'poison';

export type ExitKind =
  | 'service' | 'listed' | 'mixer' | 'fee' | 'burn' | 'cutoff' | 'undecoded' | 'unknown_input'
  | 'unspent' | 'diluted' | 'overlap' | 'coinbase';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Absorber {
  kind: ExitKind;
  amount: string;
  count: number;
}

export interface PolicySum {
  absorbers?: Absorber[];
  sum?: string;
  reach_txs?: number;
  reach_value?: string;
}

export interface Exit {
  kind: ExitKind;
  account: string | null;
  address: string | null;
  outpoint: string | null;
  entity: string | null;
  category: string | null;
  amounts: Partial<Record<Policy, string>>;
  count: number;
  first_time: string;
  last_time: string;
  hops: number;
  path: string[] | null;
}

export interface TraceResult {
  schema: string;
  class: string;
  input: {
    digest: string;
    chain: string;
    first_height: number;
    tip: { height: number; hash: string };
    source: string;
    rules: number;
    label_set: string | null;
    params: {
      policies: Policy[];
      backward: boolean;
      min_value: string;
      max_hops: number | null;
      until: number | null;
      stops: string | null;
      prices: string | null;
    };
    starts: { outpoint: string; amount: string }[];
  };
  result_digest: string;
  finalised?: boolean;
  theft: string;
  policies: Partial<Record<Policy, PolicySum>>;
  exits: Exit[];
  assumed: { fee: number; order: number };
  left_out: { reason: string; policy: Policy; count: number; amount: string }[];
  counts: { txs: number; outputs: number; edges: number };
}

export type BlockRef = Schemas['Tip'];
export type Session = Schemas['Session'];
export type Scope = Session['scopes'][number];
export type Chain = Schemas['Chain'];
export type Hit = Schemas['Hit'];
export type SearchAnswer = Schemas['Found'];
export type Account = Schemas['Account'];
export type Tx = Schemas['Tx'];
export type Address = Schemas['Address'];
/** A transaction that paid an address or spent from it. */
export type Move = Schemas['Move'];
export type Question = Schemas['Question'];
/** A question as it is asked: with the case that it belongs to. */
export type Asked = Schemas['AskInBody'];
export type Progress = Schemas['Progress'];
export type Run = Schemas['Run'];
export type RunStatus = Run['status'];
export type Case = Schemas['Case'];
export type CaseText = Schemas['CaseText'];
export type CaseDiff = Schemas['CaseDiff'];
export type Note = Schemas['Note'];
export type NoteText = Schemas['NoteText'];
export type ApiKey = Schemas['Key'];
