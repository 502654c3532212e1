import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { NavLink, useLocation, useNavigate } from 'react-router-dom';
import { useKeys } from '../actions/keys';
import { messages } from '../messages';
import { grouped } from '../state/amount';
import { useRailLabels } from '../state/prefs';
import { useChains } from '../state/queries';
import { full, seconds } from '../state/when';
import { Help } from './Help';
import { Icon, Mark, type IconName } from './parts/Icon';

const text = messages.views.shell;

const places: readonly { to: string; icon: IconName; word: string }[] = [
  { to: '/', icon: 'search', word: text.search },
  { to: '/traces', icon: 'trace', word: text.trace },
  { to: '/cases', icon: 'cases', word: text.cases },
  { to: '/settings', icon: 'settings', word: text.settings },
];

const pasteId = 'paste-box';

/** Rail, top bar and the page between. */
export function Shell({ children }: { children: ReactNode }) {
  const go = useNavigate();
  const [labels, setLabels] = useRailLabels();
  const [help, setHelp] = useState(false);
  useKeys({
    '/': () => document.getElementById(pasteId)?.focus(),
    'g t': () => go('/traces'),
    'g i': () => go('/cases'),
    '[': () => setLabels(!labels),
    '?': () => setHelp(true),
  });
  return (
    <div className={labels ? 'shell' : 'shell no-words'}>
      <a className="skip" href="#page">
        {text.skip}
      </a>
      <TopBar onHelp={() => setHelp(true)} />
      <Rail />
      <main id="page" tabIndex={-1}>
        {children}
      </main>
      <Help opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function Rail() {
  const { pathname } = useLocation();
  const here = (to: string): boolean => (to === '/' ? pathname === '/' || /^\/(search|tx|address)/.test(pathname) : pathname.startsWith(to));
  return (
    <nav className="rail" aria-label={text.rail}>
      {places.map((p) => (
        <NavLink key={p.to} to={p.to} className={here(p.to) ? 'on' : ''} aria-current={here(p.to) ? 'page' : undefined}>
          <Icon name={p.icon} size={18} />
          <span>{p.word}</span>
        </NavLink>
      ))}
    </nav>
  );
}

function TopBar({ onHelp }: { onHelp: () => void }) {
  const { pathname } = useLocation();
  const at = places.find((p) => p.to !== '/' && pathname.startsWith(p.to)) ?? places[0];
  return (
    <header className="topbar">
      <NavLink to="/" className="brand-link" aria-label={messages.product}>
        <Mark />
      </NavLink>
      <span className="crumb">{at?.word}</span>
      <PasteBox />
      <Tip />
      <button type="button" className="btn icon-only quiet wide-only" aria-label={text.keys} title={`${text.keys} (?)`} onClick={onHelp}>
        <Icon name="keys" />
      </button>
      <ThemeSwitch />
    </header>
  );
}

const queryMax = 256;

/** Takes anything; what it is the server says. */
function PasteBox() {
  const go = useNavigate();
  const [words, setWords] = useState('');
  const find = (e: FormEvent) => {
    e.preventDefault();
    const q = words.trim();
    if (q === '') return;
    setWords('');
    (document.activeElement as HTMLElement | null)?.blur();
    go(`/search?q=${encodeURIComponent(q)}&go=1`);
  };
  return (
    <form className="paste" role="search" onSubmit={find}>
      <Icon name="search" />
      <input
        id={pasteId}
        type="search"
        maxLength={queryMax}
        autoComplete="off"
        spellCheck={false}
        aria-label={text.pasteLabel}
        placeholder={text.paste}
        value={words}
        onChange={(e) => setWords(e.target.value)}
        onKeyDown={(e) => e.key === 'Escape' && e.currentTarget.blur()}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** The newest block of the first ledger: what every answer rests on. */
function Tip() {
  const chains = useChains();
  const chain = chains.data?.[0];
  if (chain === undefined) return <span className="tip" />;
  const time = seconds(chain.tip?.time);
  return (
    <span className={chains.error === null ? 'tip wide-only' : 'tip stale wide-only'} title={chains.error !== null ? text.tipStale : time === null ? undefined : text.tipTitle(full(time))}>
      {chains.error !== null && <Icon name="clock" size={13} />}
      {chain.tip === null ? text.noTip(chain.alias) : text.tip(chain.alias, grouped(chain.tip.height))}
    </span>
  );
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme('light');
  return (
    <button type="button" className="btn icon-only quiet" aria-label={now === 'light' ? text.dark : text.light} onClick={() => setColorScheme(now === 'light' ? 'dark' : 'light')}>
      <Icon name={now === 'light' ? 'moon' : 'sun'} />
    </button>
  );
}
