import { useRef, useState, type FormEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { messages } from '../../messages';
import type { Policy } from '../../state/api';
import { newKey } from '../../state/client';
import { plain } from '../../state/plain';
import { isProblem } from '../../state/problem';
import { useCase, useCases, useChains, useStartTrace } from '../../state/queries';
import { allPolicies, backwardPolicies, draftOf, linesOf, questionOf, type Draft } from '../../state/question';
import { Field, TextField } from '../parts/Field';
import { Page } from '../parts/Page';
import { Failure, Loading } from '../parts/Status';

const text = messages.views.ask;
const listMax = 1_000_000;

export function NewTracePage() {
  const [query] = useSearchParams();
  const caseId = query.get('case') ?? '';
  const found = useCase(caseId);
  const chains = useChains();
  if ((caseId !== '' && found.data === undefined && found.error === null) || (chains.data === undefined && chains.error === null)) {
    return (
      <Page title={text.title}>
        <Loading />
      </Page>
    );
  }
  const start = query.get('start');
  const asOf = query.get('as_of') ?? '';
  const asked = found.data?.question;
  const first: Draft = {
    ...draftOf(asked ?? {}),
    chain: query.get('chain') ?? asked?.chain ?? chains.data?.[0]?.id ?? '',
    case: caseId,
    ...(start === null ? {} : { starts: start }),
    ...(/^\d{1,9}$/.test(asOf) ? { asOf } : {}),
  };
  return (
    <Page title={text.title}>
      {found.error !== null && <Failure error={found.error} />}
      {chains.error !== null && chains.data === undefined && <Failure error={chains.error} again={() => void chains.refetch()} />}
      <Form first={first} />
    </Page>
  );
}

function Form({ first }: { first: Draft }) {
  const [d, setDraft] = useState(first);
  const [wrong, setWrong] = useState<{ starts?: string; policies?: string }>({});
  const start = useStartTrace();
  const go = useNavigate();
  // The same form sent twice is one trace; a changed one is another.
  const key = useRef(newKey());
  const set = (patch: Partial<Draft>) => {
    key.current = newKey();
    setDraft({ ...d, ...patch });
  };
  const send = (e: FormEvent) => {
    e.preventDefault();
    const question = questionOf(d);
    const found = {
      ...(linesOf(d.starts).length + (d.base.start_files ?? []).length === 0 ? { starts: text.needStart } : {}),
      ...(question.policies?.length === 0 ? { policies: text.needPolicy } : {}),
    };
    setWrong(found);
    if (Object.keys(found).length === 0) start.mutate({ question, key: key.current }, { onSuccess: (r) => go(`/traces/${encodeURIComponent(r.id)}`) });
  };
  const problem = (field: string): string | undefined => fieldProblem(start.error, field);
  return (
    <form className="ask-form" onSubmit={send}>
      <ChainField value={d.chain} onChange={(chain) => set({ chain })} />
      <TextField label={text.starts} hint={text.startsHint} rows={4} mono max={listMax} value={d.starts} error={wrong.starts ?? problem('starts')} onChange={(starts) => set({ starts })} />
      <label className="check">
        <input type="checkbox" checked={d.backward} onChange={(e) => set({ backward: e.target.checked })} />
        {text.backward}
      </label>
      <Policies d={d} error={wrong.policies ?? problem('policies')} onChange={(policies) => set({ policies })} />
      <fieldset>
        <legend>{text.limits}</legend>
        <div className="field-grid">
          <TextField label={text.asOf} hint={text.asOfHint} value={d.asOf} error={problem('as_of')} onChange={(asOf) => set({ asOf })} />
          {!d.backward && <TextField label={text.until} hint={text.untilHint} value={d.until} error={problem('until')} onChange={(until) => set({ until })} />}
          <TextField label={text.minValue} hint={text.minValueHint} value={d.minValue} error={problem('min_value')} onChange={(minValue) => set({ minValue })} />
          <TextField label={text.maxHops} value={d.maxHops} error={problem('max_hops')} onChange={(maxHops) => set({ maxHops })} />
        </div>
        <TextField label={text.stops} hint={text.stopsHint} rows={2} mono max={listMax} value={d.stops} error={problem('stops')} onChange={(stops) => set({ stops })} />
      </fieldset>
      <CaseField value={d.case} onChange={(c) => set({ case: c })} />
      {start.error !== null && <Failure error={start.error} />}
      <div className="row">
        <button type="submit" className="btn filled" disabled={start.isPending}>
          {text.go}
        </button>
      </div>
    </form>
  );
}

/** The server names the field it could not read. */
function fieldProblem(e: unknown, field: string): string | undefined {
  if (!isProblem(e)) return undefined;
  return e.errors.find((one) => typeof one.location === 'string' && one.location.split(/[.[\]]/).includes(field))?.message;
}

function ChainField({ value, onChange }: { value: string; onChange: (v: string) => void }) {
  const chains = useChains().data ?? [];
  const known = chains.some((c) => c.id === value || c.alias === value);
  return (
    <Field label={text.chain}>
      {({ id }) => (
        <select id={id} value={value} onChange={(e) => onChange(e.target.value)}>
          {!known && value !== '' && <option value={value}>{plain(value)}</option>}
          {chains.map((c) => (
            <option key={c.id} value={c.alias === value ? c.alias : c.id}>
              {plain(c.alias)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function CaseField({ value, onChange }: { value: string; onChange: (v: string) => void }) {
  const cases = useCases().data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <Field label={text.case}>
      {({ id }) => (
        <select id={id} value={value} onChange={(e) => onChange(e.target.value)}>
          <option value="">{text.noCase}</option>
          {cases.map((c) => (
            <option key={c.id} value={c.id}>
              {plain(c.title || messages.views.cases.noTitle)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Policies({ d, error, onChange }: { d: Draft; error: string | undefined; onChange: (all: Policy[]) => void }) {
  const names = messages.views.trace;
  return (
    <fieldset aria-describedby="policies-hint">
      <legend>{text.policies}</legend>
      <div className="checks">
        {allPolicies.map((p) => (
          <label key={p} className="check" title={names.policyMeans[p]}>
            <input
              type="checkbox"
              checked={d.policies.includes(p) && (!d.backward || backwardPolicies.includes(p))}
              disabled={d.backward && !backwardPolicies.includes(p)}
              onChange={(e) => onChange(allPolicies.filter((q) => (q === p ? e.target.checked : d.policies.includes(q))))}
            />
            {names.policies[p]}
          </label>
        ))}
      </div>
      <p id="policies-hint" className={error === undefined ? 'field-hint' : 'field-hint error'}>
        {error ?? text.policiesHint}
      </p>
    </fieldset>
  );
}
