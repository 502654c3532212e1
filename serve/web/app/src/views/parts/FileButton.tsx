import { useRef, useState } from 'react';
import { textOf } from '../../actions/file';
import { messages } from '../../messages';

interface Props {
  label: string;
  onText: (text: string) => void;
  busy?: boolean;
}

/** A button that takes a case file from the disk of the user. */
export function FileButton({ label, onText, busy = false }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [large, setLarge] = useState(false);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      setLarge(false);
      onText(await textOf(file));
    } catch {
      setLarge(true);
    }
  };
  return (
    <>
      <button type="button" className="btn" disabled={busy} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yaml,.yml,application/yaml,text/yaml"
        aria-label={label}
        onChange={(e) => {
          void take(e.target.files?.[0]);
          e.target.value = '';
        }}
      />
      {large && (
        <span className="harm-text" role="alert">
          {messages.views.cases.fileTooLarge}
        </span>
      )}
    </>
  );
}
