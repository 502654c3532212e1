import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useNavigate } from 'react-router-dom';
import { messages } from '../../messages';
import { useLogIn } from '../../state/queries';
import { Mark } from '../parts/Icon';
import { useTitle } from '../parts/screen';
import { Failure, Loading } from '../parts/Status';

const text = messages.views.login;
const tokenMax = 512;

/** The token of a link: what stands behind #, alone or after token=. */
export function tokenOf(link: string): string {
  const hash = link.includes('#') ? link.slice(link.indexOf('#') + 1) : link;
  return hash.trim().replace(/^token=/, '').slice(0, tokenMax);
}

/** A one-time link carries its token in the fragment, which no server and no log sees. */
export function LoginPage() {
  useTitle(text.title);
  const go = useNavigate();
  const logIn = useLogIn();
  const { mutate } = logIn;
  const [link, setLink] = useState('');
  const used = useRef(false);
  useEffect(() => {
    const token = window.location.hash === '' ? '' : tokenOf(window.location.hash);
    if (token === '' || used.current) return;
    used.current = true;
    // A token works once; it has no place in the history of the browser.
    window.history.replaceState(null, '', '/login');
    mutate(token, { onSuccess: () => go('/', { replace: true }) });
  }, [go, mutate]);
  const send = (e: FormEvent) => {
    e.preventDefault();
    if (tokenOf(link) !== '') mutate(tokenOf(link), { onSuccess: () => go('/', { replace: true }) });
  };
  return (
    <main className="alone login">
      <Mark />
      <h1>{text.title}</h1>
      {logIn.isPending ? (
        <>
          <p>{text.working}</p>
          <Loading rows={1} />
        </>
      ) : (
        <>
          {logIn.error !== null && <Failure error={logIn.error} title={text.failed} />}
          <form onSubmit={send}>
            <label className="field">
              <span>{text.field}</span>
              <input type="password" autoComplete="off" value={link} onChange={(e) => setLink(e.target.value)} aria-describedby="login-hint" />
            </label>
            <button type="submit" className="btn filled" disabled={tokenOf(link) === ''}>
              {text.button}
            </button>
          </form>
          <p className="soft" id="login-hint">
            {text.ask}. {text.hint} <code className="mono">{text.command}</code>
          </p>
        </>
      )}
    </main>
  );
}
