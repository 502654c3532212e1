// The server's documents as queries. What is read of a block never changes, so
// it is kept; lists and runs are asked for again.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import type { Flow, FlowPath } from '../graph/flow';
import type { Address, ApiKey, Asked, Case, CaseDiff, CaseText, Chain, Move, Note, NoteText, Page, Run, Scope, SearchAnswer, Session, TraceResult, Tx } from './api';
import { sameChain } from './chains';
import { Client, newKey } from './client';

const ClientContext = createContext<Client>(new Client());
export const ClientProvider = ClientContext.Provider;

export function useClient(): Client {
  return useContext(ClientContext);
}

const e = encodeURIComponent;
const pageSize = 50;

export function useSession() {
  const client = useClient();
  return useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      const s = await client.json<Session>('/v1/session', { signal });
      client.setCsrf(s.csrf);
      return s;
    },
    staleTime: Infinity,
  });
}

export function useLogIn() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (token: string) => {
      const s = await client.json<Session>('/v1/session', { method: 'POST', body: { token } });
      client.setCsrf(s.csrf);
      return s;
    },
    onSuccess: (s) => cache.setQueryData(['session'], s),
  });
}

export function useLogOut() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.json<void>('/v1/session', { method: 'DELETE' }),
    onSuccess: () => {
      client.setCsrf(null);
      cache.clear();
      window.location.assign('/login');
    },
  });
}

export function useChains() {
  const client = useClient();
  return useQuery({
    queryKey: ['chains'],
    queryFn: async ({ signal }) => {
      const all = await client.json<{ items: Chain[] }>('/v1/chains', { signal });
      return all.items;
    },
    staleTime: 15_000,
    refetchInterval: 30_000,
  });
}

/**
 * Whether a ledger of this chain is served; null while that is not known. Where
 * the list itself fails, the page asks its own question and shows that refusal.
 */
export function useServed(chain: string): boolean | null {
  const chains = useChains();
  if (chains.data !== undefined) return chains.data.some((c) => sameChain(c.id, chain) || c.alias === chain);
  return chains.error === null ? null : true;
}

export function useSearch(q: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => client.json<SearchAnswer>('/v1/search', { query: { q }, signal }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
}

export function useTx(chain: string, txid: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['tx', chain, txid],
    queryFn: ({ signal }) => client.json<Tx>(`/v1/txs/${e(chain)}/${e(txid)}`, { signal }),
  });
}

export function useAddress(chain: string, address: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['address', chain, address],
    queryFn: ({ signal }) => client.json<Address>(`/v1/addresses/${e(chain)}/${e(address)}`, { signal }),
  });
}

export function useMoves(chain: string, address: string) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['moves', chain, address],
    queryFn: ({ pageParam, signal }) =>
      client.json<Page<Move>>(`/v1/addresses/${e(chain)}/${e(address)}/txs`, { query: { cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function useTraces(caseId?: string) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['traces', caseId ?? ''],
    queryFn: ({ pageParam, signal }) =>
      client.json<Page<Run>>('/v1/traces', { query: { case: caseId, cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    // While one of them runs, what the list says of it goes out of date.
    refetchInterval: (q) => (q.state.data?.pages.some((p) => p.items.some(isLive)) ? livePollMs : false),
  });
}

const livePollMs = 3_000;

export function isLive(r: Run): boolean {
  return r.status === 'queued' || r.status === 'running';
}

export function useTrace(id: string) {
  const client = useClient();
  return useQuery({ queryKey: ['trace', id], queryFn: ({ signal }) => client.json<Run>(`/v1/traces/${e(id)}`, { signal }) });
}

export function useResult(id: string, done: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ['result', id],
    queryFn: ({ signal }) => client.json<TraceResult>(`/v1/traces/${e(id)}/result`, { signal }),
    enabled: done,
    staleTime: Infinity,
  });
}

/** The folded graph; while another one is fetched the one before stays. */
export function useGraph(id: string, open: readonly string[], done: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ['graph', id, ...open],
    queryFn: ({ signal }) => client.json<Flow>(`/v1/traces/${e(id)}/graph`, { query: { open: open.join(','), strip: 'true' }, signal }),
    enabled: done,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
}

/**
 * The way of the largest lot to a node, also through what is folded. Until it is
 * there, and where the server has none, the page finds one in what is drawn.
 */
export function useTracePath(id: string, to: string | null, policy: number, open: readonly string[]) {
  const client = useClient();
  return useQuery({
    queryKey: ['path', id, to, policy, ...open],
    queryFn: ({ signal }) => client.json<FlowPath>(`/v1/traces/${e(id)}/path`, { query: { to: to ?? '', policy, open: open.join(',') }, signal }),
    enabled: to !== null && policy >= 0,
    staleTime: Infinity,
  });
}

export function useStartTrace() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (call: { question: Asked; key: string }) =>
      client.json<Run>('/v1/traces', { method: 'POST', body: call.question, idempotencyKey: call.key }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['traces'] }),
  });
}

/** Cancels a trace that runs, forgets one that is finished. */
export function useDropTrace(id: string) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.json<void>(`/v1/traces/${e(id)}`, { method: 'DELETE', idempotencyKey: newKey() }),
    onSuccess: () => Promise.all([cache.invalidateQueries({ queryKey: ['trace', id] }), cache.invalidateQueries({ queryKey: ['traces'] })]),
  });
}

export function useCases() {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['cases'],
    queryFn: ({ pageParam, signal }) => client.json<Page<Case>>('/v1/cases', { query: { cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function useCase(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['case', id],
    queryFn: ({ signal }) => client.json<Case>(`/v1/cases/${e(id)}`, { signal }),
    enabled: id !== '',
  });
}

export function useCaseWrites() {
  const client = useClient();
  const cache = useQueryClient();
  const again = () => Promise.all([cache.invalidateQueries({ queryKey: ['cases'] }), cache.invalidateQueries({ queryKey: ['case'] })]);
  const make = useMutation({
    mutationFn: (c: CaseText) =>
      client.json<Case>('/v1/cases', { method: 'POST', body: c, idempotencyKey: newKey() }),
    onSuccess: again,
  });
  const change = useMutation({
    // The revision that was seen: what somebody else changed since is not lost.
    mutationFn: ({ id, ...c }: CaseText & Pick<Case, 'id' | 'revision'>) => client.json<Case>(`/v1/cases/${e(id)}`, { method: 'PUT', body: c, idempotencyKey: newKey() }),
    onSuccess: again,
  });
  const drop = useMutation({
    mutationFn: (c: Pick<Case, 'id' | 'revision'>) =>
      client.json<void>(`/v1/cases/${e(c.id)}`, { method: 'DELETE', query: { revision: c.revision }, idempotencyKey: newKey() }),
    // The page of the case is still there for a moment, and must not ask for what is gone.
    onSuccess: (_, c) =>
      Promise.all([cache.invalidateQueries({ queryKey: ['cases'] }), cache.invalidateQueries({ queryKey: ['case', c.id], refetchType: 'none' })]),
  });
  const take = useMutation({
    mutationFn: (yaml: string) =>
      client.json<Case>('/v1/cases/import', { method: 'POST', raw: { text: yaml, type: 'application/yaml' }, idempotencyKey: newKey() }),
    onSuccess: again,
  });
  return { make, change, drop, take };
}

export function useCaseDiff(id: string) {
  const client = useClient();
  return useMutation({
    mutationFn: (yaml: string) =>
      client.json<CaseDiff>(`/v1/cases/${e(id)}/diff`, { method: 'POST', raw: { text: yaml, type: 'application/yaml' }, idempotencyKey: newKey() }),
  });
}

export function useNotes(caseId: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['notes', caseId],
    queryFn: async ({ signal }) => (await client.json<Page<Note>>(`/v1/cases/${e(caseId)}/notes`, { query: { limit: 200 }, signal })).items,
    enabled: caseId !== '',
  });
}

export function useNoteWrites(caseId: string) {
  const client = useClient();
  const cache = useQueryClient();
  const path = `/v1/cases/${e(caseId)}/notes`;
  const onSuccess = () => cache.invalidateQueries({ queryKey: ['notes', caseId] });
  const make = useMutation({
    mutationFn: (n: NoteText) => client.json<Note>(path, { method: 'POST', body: n, idempotencyKey: newKey() }),
    onSuccess,
  });
  const change = useMutation({
    mutationFn: ({ id, revision, target, text, pinned }: Note) =>
      client.json<Note>(`${path}/${e(id)}`, { method: 'PUT', body: { revision, target, text, pinned }, idempotencyKey: newKey() }),
    onSuccess,
  });
  const drop = useMutation({
    mutationFn: (id: string) => client.json<void>(`${path}/${e(id)}`, { method: 'DELETE', idempotencyKey: newKey() }),
    onSuccess,
  });
  return { make, change, drop };
}

export function useKeys() {
  const client = useClient();
  return useQuery({
    queryKey: ['keys'],
    queryFn: async ({ signal }) => (await client.json<Page<ApiKey>>('/v1/keys', { query: { limit: 200 }, signal })).items,
  });
}

export function useKeyWrites() {
  const client = useClient();
  const cache = useQueryClient();
  const onSuccess = () => cache.invalidateQueries({ queryKey: ['keys'] });
  const make = useMutation({
    mutationFn: (k: { name: string; scopes: Scope[] }) => client.json<ApiKey>('/v1/keys', { method: 'POST', body: k, idempotencyKey: newKey() }),
    onSuccess,
  });
  const drop = useMutation({
    mutationFn: (id: string) => client.json<void>(`/v1/keys/${e(id)}`, { method: 'DELETE', idempotencyKey: newKey() }),
    onSuccess,
  });
  return { make, drop };
}
