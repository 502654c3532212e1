import { Modal } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { messages } from '../../messages';
import type { ApiKey, Scope } from '../../state/api';
import { plain } from '../../state/plain';
import { useKeys, useKeyWrites } from '../../state/queries';
import { full, seconds } from '../../state/when';
import { Ask } from '../parts/Ask';
import { TextField } from '../parts/Field';
import { Copy } from '../parts/Id';
import { Card } from '../parts/Page';
import { Empty, Failure, Loading, Trouble } from '../parts/Status';

const text = messages.views.settings;
const allScopes: readonly Scope[] = ['read', 'write'];
const nameMax = 100;

/** The keys of programs: made, shown once, revoked. */
export function Keys() {
  const keys = useKeys();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const all = keys.data;
  return (
    <Card title={text.keys} note={text.keysHint} flush>
      <Trouble of={keys} />
      {all === undefined && keys.error === null && <Loading />}
      {all?.length === 0 && <Empty title={text.noKeys}>{text.noKeysBody}</Empty>}
      {all !== undefined && all.length > 0 && <KeyTable keys={all} onRevoke={setRevoking} />}
      <p className="table-more">
        <button type="button" className="btn" onClick={() => setMaking(true)}>
          {text.make}
        </button>
      </p>
      {making && <MakeKey onClose={() => setMaking(false)} />}
      {revoking !== null && <RevokeKey k={revoking} onClose={() => setRevoking(null)} />}
    </Card>
  );
}

function KeyTable({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (k: ApiKey) => void }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={text.keys}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text.keyName}</th>
            <th scope="col">{text.keyId}</th>
            <th scope="col">{text.scopes}</th>
            <th scope="col">{text.made}</th>
            <th scope="col">{text.used}</th>
            <th scope="col">{text.state}</th>
            <th scope="col"><span className="hidden-text">{text.revoke}</span></th>
          </tr>
        </thead>
        <tbody>
          {keys.map((k) => (
            <tr key={k.id}>
              <td>{plain(k.name)}</td>
              <td className="mono">{plain(k.id)}</td>
              <td>{k.scopes.map((s) => text.scope[s]).join(', ')}</td>
              <td>{seconds(k.made) === null ? '' : full(seconds(k.made) ?? 0)}</td>
              <td>{seconds(k.used) === null ? <span className="soft">{text.never}</span> : full(seconds(k.used) ?? 0)}</td>
              <td>{k.revoked === null ? text.valid : text.revoked}</td>
              <td>
                {k.revoked === null && (
                  <button type="button" className="btn quiet small" onClick={() => onRevoke(k)}>
                    {text.revoke}
                    <span className="hidden-text"> {plain(k.name)}</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MakeKey({ onClose }: { onClose: () => void }) {
  const { make } = useKeyWrites();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['read']);
  const [wrong, setWrong] = useState(false);
  const secret = make.data?.key;
  const send = (e: FormEvent) => {
    e.preventDefault();
    setWrong(name.trim() === '');
    if (name.trim() !== '' && scopes.length > 0) make.mutate({ name: name.trim(), scopes: [...scopes] });
  };
  return (
    <Modal opened onClose={onClose} title={secret === undefined ? text.makeTitle : text.madeTitle} centered lockScroll={false} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': messages.views.shell.close }}>
      {secret !== undefined ? (
        <>
          <p>{text.madeBody}</p>
          <p className="secret mono">
            {plain(secret)} <Copy text={secret} />
          </p>
          <div className="row end">
            <button type="button" className="btn filled" onClick={onClose}>
              {text.done}
            </button>
          </div>
        </>
      ) : (
        <form onSubmit={send}>
          <TextField label={text.keyName} max={nameMax} value={name} error={wrong ? text.needName : undefined} onChange={setName} />
          <fieldset className="inline">
            <legend>{text.scopes}</legend>
            {allScopes.map((s) => (
              <label key={s} className="check">
                <input type="checkbox" checked={scopes.includes(s)} onChange={(e) => setScopes(allScopes.filter((o) => (o === s ? e.target.checked : scopes.includes(o))))} />
                {text.scope[s]}
              </label>
            ))}
          </fieldset>
          {make.error !== null && <Failure error={make.error} />}
          <div className="row end">
            <button type="submit" className="btn filled" disabled={make.isPending || scopes.length === 0}>
              {text.make}
            </button>
          </div>
        </form>
      )}
    </Modal>
  );
}

function RevokeKey({ k, onClose }: { k: ApiKey; onClose: () => void }) {
  const { drop } = useKeyWrites();
  return (
    <Ask opened title={text.revokeTitle(plain(k.name))} act={text.revoke} keep={text.keepKey} busy={drop.isPending} onKeep={onClose} onAct={() => drop.mutate(k.id, { onSuccess: onClose })}>
      <p>{text.revokeBody}</p>
      {drop.error !== null && <Failure error={drop.error} />}
    </Ask>
  );
}
