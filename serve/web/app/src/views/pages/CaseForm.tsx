import { useState, type FormEvent } from 'react';
import { messages } from '../../messages';
import type { Case, CaseText, Question } from '../../state/api';
import { useChains } from '../../state/queries';
import { linesOf } from '../../state/question';
import { TextField } from '../parts/Field';
import { Failure } from '../parts/Status';

const text = messages.views.cases;
const titleMax = 256;
const notesMax = 60_000;
const listMax = 1_000_000;

interface Props {
  first: Case | null;
  busy: boolean;
  error: unknown;
  onSave: (c: CaseText) => void;
  onCancel: () => void;
}

export function CaseForm({ first, busy, error, onSave, onCancel }: Props) {
  const chains = useChains().data ?? [];
  const [title, setTitle] = useState(first?.title ?? '');
  const [notes, setNotes] = useState(first?.notes ?? '');
  const [starts, setStarts] = useState((first?.question.starts ?? []).join('\n'));
  const [wrong, setWrong] = useState(false);
  const save = (e: FormEvent) => {
    e.preventDefault();
    const lines = linesOf(starts);
    const question: Question = { ...(first?.question ?? { chain: chains[0]?.alias ?? '' }), starts: lines };
    const files = question.start_files ?? [];
    setWrong(lines.length + files.length === 0);
    if (lines.length + files.length > 0) onSave({ title: title.trim(), notes, question });
  };
  return (
    <form className="ask-form" onSubmit={save}>
      <TextField label={text.name} max={titleMax} value={title} onChange={setTitle} />
      <TextField label={text.notes} rows={5} max={notesMax} value={notes} onChange={setNotes} />
      <TextField label={text.starts} hint={messages.views.ask.startsHint} rows={4} mono max={listMax} value={starts} error={wrong ? messages.views.ask.needStart : undefined} onChange={setStarts} />
      {error !== null && <Failure error={error} />}
      <div className="row">
        <button type="submit" className="btn filled" disabled={busy}>
          {text.save}
        </button>
        <button type="button" className="btn quiet" onClick={onCancel}>
          {text.cancel}
        </button>
      </div>
    </form>
  );
}
