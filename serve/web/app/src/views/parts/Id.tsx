import { useState } from 'react';
import { Link } from 'react-router-dom';
import { messages } from '../../messages';
import { plain, shortOutpoint } from '../../state/plain';
import { Icon } from './Icon';

/** An identifier as tables show it: shortened, in full to the pointer, the copier and the screen reader. */
export function Id({ id, to, full = false }: { id: string; to?: string; full?: boolean }) {
  const shown = full ? plain(id) : shortOutpoint(id);
  return (
    <span className={full ? 'id mono full' : 'id mono'} title={plain(id)}>
      {to === undefined ? <IdText shown={shown} all={plain(id)} /> : <Link to={to}><IdText shown={shown} all={plain(id)} /></Link>}
      <Copy text={id} />
    </span>
  );
}

function IdText({ shown, all }: { shown: string; all: string }) {
  if (shown === all) return <>{shown}</>;
  return (
    <>
      <span aria-hidden="true">{shown}</span>
      <span className="hidden-text">{all}</span>
    </>
  );
}

export function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
  };
  return (
    <button type="button" className="copy" aria-label={done ? messages.views.shell.copied : messages.views.shell.copy} onClick={() => void copy()} onBlur={() => setDone(false)}>
      <Icon name={done ? 'check' : 'copy'} size={13} />
    </button>
  );
}

export function txLink(chain: string, txid: string): string {
  return `/tx/${encodeURIComponent(chain)}/${encodeURIComponent(txid)}`;
}

export function addressLink(chain: string, address: string): string {
  return `/address/${encodeURIComponent(chain)}/${encodeURIComponent(address)}`;
}
