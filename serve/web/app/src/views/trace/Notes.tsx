import { useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { messages } from '../../messages';
import type { Note, Run } from '../../state/api';
import { newKey } from '../../state/client';
import { plainText, shortOutpoint } from '../../state/plain';
import { useCaseWrites, useNotes, useNoteWrites, useStartTrace } from '../../state/queries';
import { Icon } from '../parts/Icon';
import { Failure } from '../parts/Status';

const text = messages.views.notes;

interface Props {
  caseId: string;
  /** What is selected, or null: the whole case. */
  target: string | null;
  /** The selection stands for several things, of which none can be noted alone. */
  folded: boolean;
  writing: boolean;
  onWriting: (on: boolean) => void;
}

/** The notes of a case: first those about what is selected. */
export function Notes({ caseId, target, folded, writing, onWriting }: Props) {
  const notes = useNotes(caseId);
  const { make, change, drop } = useNoteWrites(caseId);
  const all = notes.data ?? [];
  const about = target ?? 'case';
  const first = [...all].sort((a, b) => Number(b.target === about) - Number(a.target === about) || Number(b.pinned ?? false) - Number(a.pinned ?? false));
  const failed = [notes.error, make.error, change.error, drop.error].find((e) => e !== null);
  return (
    <section className="panel-section notes" aria-label={text.title}>
      <h3>{text.title}</h3>
      {failed && <Failure error={failed} title={notes.error === null ? text.unsaved : undefined} />}
      {notes.data !== undefined && all.length === 0 && !writing && <p className="soft">{text.none}</p>}
      <ul>
        {first.map((n) => (
          <NoteItem key={n.id} note={n} onChange={(next) => change.mutate(next)} onDrop={() => drop.mutate(n.id)} />
        ))}
      </ul>
      {writing ? (
        <NoteForm
          hint={folded ? text.foldHint : undefined}
          busy={make.isPending}
          onCancel={() => onWriting(false)}
          onSave={(words) => make.mutate({ target: about, text: words, pinned: false }, { onSuccess: () => onWriting(false) })}
        />
      ) : (
        <button type="button" className="btn" onClick={() => onWriting(true)}>
          {text.add}
        </button>
      )}
    </section>
  );
}

function NoteItem({ note, onChange, onDrop }: { note: Note; onChange: (n: Note) => void; onDrop: () => void }) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <li>
        <NoteForm
          first={note.text}
          busy={false}
          onCancel={() => setEditing(false)}
          onSave={(words) => {
            onChange({ ...note, text: words });
            setEditing(false);
          }}
        />
      </li>
    );
  }
  return (
    <li className="note">
      <p className="note-text">{plainText(note.text)}</p>
      <p className="note-foot">
        <span>
          {note.target === 'case' ? text.aboutCase : text.about(shortOutpoint(note.target.slice(note.target.indexOf(':') + 1)))}
          {note.pinned && `, ${text.pinned}`}
        </span>
        <button type="button" className="btn icon-only quiet" aria-label={note.pinned ? text.unpin : text.pin} aria-pressed={note.pinned ?? false} onClick={() => onChange({ ...note, pinned: !note.pinned })}>
          <Icon name="pin" size={14} />
        </button>
        <button type="button" className="btn quiet small" onClick={() => setEditing(true)}>
          {text.edit}
        </button>
        <button type="button" className="btn quiet small" onClick={onDrop}>
          {text.drop}
        </button>
      </p>
    </li>
  );
}

const noteMax = 10_000;

function NoteForm({ first = '', hint, busy, onSave, onCancel }: { first?: string; hint?: string | undefined; busy: boolean; onSave: (words: string) => void; onCancel: () => void }) {
  const [words, setWords] = useState(first);
  const save = (e: FormEvent) => {
    e.preventDefault();
    if (words.trim() !== '') onSave(words.trim());
  };
  return (
    <form className="note-form" onSubmit={save}>
      {hint !== undefined && <p className="soft">{hint}</p>}
      <textarea
        autoFocus
        rows={3}
        maxLength={noteMax}
        aria-label={text.text}
        value={words}
        onChange={(e) => setWords(e.target.value)}
        onKeyDown={(e) => e.key === 'Escape' && onCancel()}
      />
      <div className="row">
        <button type="submit" className="btn" disabled={busy || words.trim() === ''}>
          {text.save}
        </button>
        <button type="button" className="btn quiet" onClick={onCancel}>
          {text.cancel}
        </button>
      </div>
    </form>
  );
}

/** A trace without a case has nowhere to keep notes: it is asked again within one. */
export function NoCase({ run, title }: { run: Run; title: string }) {
  const { make } = useCaseWrites();
  const start = useStartTrace();
  const go = useNavigate();
  const keep = async () => {
    const made = await make.mutateAsync({ title, notes: '', question: run.question });
    const again = await start.mutateAsync({ question: { ...run.question, case: made.id }, key: newKey() });
    go(`/traces/${encodeURIComponent(again.id)}`);
  };
  const failed = make.error ?? start.error;
  return (
    <section className="panel-section notes">
      <h3>{text.title}</h3>
      <p className="soft">{text.needCase}</p>
      {failed && <Failure error={failed} />}
      <button type="button" className="btn" disabled={make.isPending || start.isPending} onClick={() => void keep().catch(() => undefined)}>
        {text.makeCase}
      </button>
    </section>
  );
}

export function CaseLink({ id, title }: { id: string; title: string }) {
  return <Link to={`/cases/${encodeURIComponent(id)}`}>{title}</Link>;
}
