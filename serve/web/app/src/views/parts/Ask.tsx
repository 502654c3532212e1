import { Modal } from '@mantine/core';
import { useRef, type ReactNode } from 'react';
import { messages } from '../../messages';

interface Props {
  opened: boolean;
  title: string;
  children: ReactNode;
  act: string;
  keep: string;
  busy: boolean;
  onAct: () => void;
  onKeep: () => void;
}

/** A dialog before what cannot be undone: the consequences, and the focus on keeping. */
export function Ask(p: Props) {
  const keep = useRef<HTMLButtonElement>(null);
  return (
    <Modal opened={p.opened} onClose={p.onKeep} title={p.title} centered lockScroll={false} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': messages.views.shell.close }}>
      <div className="ask-body">{p.children}</div>
      <div className="row end">
        <button type="button" className="btn" ref={keep} data-autofocus onClick={p.onKeep}>
          {p.keep}
        </button>
        <button type="button" className="btn filled" disabled={p.busy} onClick={p.onAct}>
          {p.act}
        </button>
      </div>
    </Modal>
  );
}
