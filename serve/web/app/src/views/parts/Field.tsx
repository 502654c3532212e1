import { useId, type ReactNode } from 'react';

interface Props {
  label: string;
  hint?: string;
  error?: string | undefined;
  children: (ids: { id: string; describedBy: string | undefined }) => ReactNode;
}

/** A field with its name, what belongs into it, and what is wrong with it. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const describedBy = hint === undefined && error === undefined ? undefined : `${id}-hint`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, describedBy })}
      {describedBy !== undefined && (
        <p className={error === undefined ? 'field-hint' : 'field-hint error'} id={describedBy}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

interface TextProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  onChange: (v: string) => void;
  rows?: number;
  mono?: boolean;
  max?: number;
}

const lengthMax = 1_000;

export function TextField({ label, hint, error, value, onChange, rows, mono = false, max = lengthMax }: TextProps) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} error={error}>
      {({ id, describedBy }) =>
        rows === undefined ? (
          <input id={id} className={mono ? 'mono' : ''} aria-describedby={describedBy} aria-invalid={error !== undefined} maxLength={max} spellCheck={false} value={value} onChange={(e) => onChange(e.target.value)} />
        ) : (
          <textarea id={id} className={mono ? 'mono' : ''} rows={rows} aria-describedby={describedBy} aria-invalid={error !== undefined} maxLength={max} spellCheck={!mono} value={value} onChange={(e) => onChange(e.target.value)} />
        )
      }
    </Field>
  );
}
