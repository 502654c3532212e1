// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../state/client';
import { addressText } from '../state/mock/chain';
import { MockServer } from '../state/mock/server';
import { bitcoin, txid } from '../state/mock/world';
import { ClientProvider } from '../state/queries';
import { App } from './App';

// The picture wants WebGL and a worker; its own tests draw it.
vi.mock('../render/FlowView', () => ({ FlowView: () => <div data-testid="flow" /> }));

let server: MockServer;
beforeAll(() => {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined }));
  vi.stubGlobal('ResizeObserver', class { observe(): void {} unobserve(): void {} disconnect(): void {} });
});
beforeEach(() => {
  server = new MockServer();
  server.stepMs = 1;
});
afterEach(cleanup);

function open(path: string, fetch = server.asFetch): void {
  window.history.replaceState(null, '', path);
  render(
    <MantineProvider>
      <ClientProvider value={new Client(fetch)}>
        <App />
      </ClientProvider>
    </MantineProvider>,
  );
}

const pages: [string, string][] = [
  ['/', 'What this server holds'],
  ['/search?q=0007', '3 things match 0007'],
  ['/search?q=559900', 'Trace as of this block'],
  ['/search?q=nothing', 'Nothing here matches nothing'],
  [`/tx/${encodeURIComponent(bitcoin)}/${txid(7)}`, '0.833 BTC went to 3 outputs; 1 is spent.'],
  [`/address/bitcoin/${addressText}`, 'Received 0.221 BTC, holds 0.044 BTC.'],
  [`/tx/bitcoin-signet/${txid(7)}`, 'No ledger of bitcoin-signet is served here'],
  [`/address/bip122%3A0f9188f13cb7b2c71f2a335e3a4fc328/${addressText}`, 'No ledger of bitcoin-regtest is served here'],
  ['/traces', '3 traces are kept here.'],
  ['/traces/new', 'Starts'],
  ['/traces/t1', '46.843 BTC reached 2 named services; 107.921 BTC rests at 118 outputs; 48.930 BTC reached 1 mixer and cannot be followed.'],
  ['/traces/t3', 'The trace failed'],
  ['/cases', '1 case is kept here.'],
  ['/cases/c1', '1 start, traced 3 times.'],
  ['/settings', 'Logged in as owner, who may read and write.'],
  ['/nowhere', 'The address of the page is not one of this console.'],
];

describe('pages', () => {
  it.each(pages)('%s answers, and axe finds nothing', async (path, sentence) => {
    open(path);
    await screen.findByText(sentence);
    // Contrast and sizes need a screen: the walk in a browser looks at them.
    const found = await axe.run(document.body, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } } });
    expect(found.violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`)).toEqual([]);
  });
});

describe('a block', () => {
  it('shows height, hash and time, and a trace as of it', async () => {
    open('/search?q=559900&go=1');
    fireEvent.click(await screen.findByRole('link', { name: 'Trace as of this block' }));
    expect(await screen.findByLabelText('As of')).toHaveProperty('value', '559900');
  });
});

describe('a server that stops answering', () => {
  it('leaves what was read, and says that it is old', async () => {
    let down = false;
    const fetch = (input: string, init?: RequestInit): Promise<Response> => (down ? Promise.resolve(new Response('{"title":"Gone","status":410}', { status: 410 })) : server.asFetch(input, init));
    open('/traces', fetch);
    await screen.findByText('3 traces are kept here.');
    down = true;
    // One of them runs, so the list is asked for again.
    await screen.findByText(/^What is shown was read at/, undefined, { timeout: 8_000 });
    expect(screen.getByText('3 traces are kept here.')).toBeTruthy();
  }, 15_000);
});

describe('logging in', () => {
  it('uses the token of the link, and takes it out of the address', async () => {
    server.loggedIn = false;
    open('/login#token=good');
    await screen.findByText('What this server holds');
    expect(window.location.hash).toBe('');
  });
  it('says that a link was used', async () => {
    server.loggedIn = false;
    open('/login#token=old');
    await screen.findByText('The link was not accepted');
  });
  it('is asked of who has no session', async () => {
    server.loggedIn = false;
    open('/cases');
    await screen.findByText('clew user link');
  });
});

describe('a trace', () => {
  it('is asked, runs and is answered', async () => {
    open(`/traces/new?chain=${encodeURIComponent(bitcoin)}&start=${txid(1)}`);
    fireEvent.click(await screen.findByRole('button', { name: 'Start trace' }));
    await screen.findByTestId('flow');
    expect(window.location.pathname).toMatch(/^\/traces\/t\d+$/);
  });
  it('says which start means nothing', async () => {
    open('/traces/new?start=nonsense');
    fireEvent.click(await screen.findByRole('button', { name: 'Start trace' }));
    await waitFor(() => expect(screen.getByLabelText('Starts').getAttribute('aria-invalid')).toBe('true'));
  });
  it('is cancelled', async () => {
    open('/traces/t2');
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
    await screen.findByText('This trace was cancelled');
  });
  it('without a result is called as its case is, and without a case after its start', async () => {
    open('/traces/t3');
    await screen.findByRole('heading', { level: 1, name: 'A made-up theft' });
    server.runs = server.runs.map((r) => ({ ...r, case: null }));
    cleanup();
    open('/traces/t3');
    await screen.findByRole('heading', { level: 1, name: `Trace of ${txid(1).slice(0, 6)}\u2026${txid(1).slice(-4)}` });
  });
  it('puts the view into the address, and undo takes it back', async () => {
    open('/traces/t1');
    await screen.findByTestId('flow');
    fireEvent.keyDown(document.body, { key: '1' });
    await waitFor(() => expect(window.location.search).toBe('?policy=pure'));
    fireEvent.click(screen.getByRole('button', { name: 'Larch Exchange' }));
    await waitFor(() => expect(window.location.search).toBe('?policy=pure&node=service%3Abb02'));
    fireEvent.keyDown(document.body, { key: 'u' });
    await waitFor(() => expect(window.location.search).toBe('?policy=pure'));
  });
  it('stands at a time', async () => {
    open('/traces/t1?at=1546338000');
    await screen.findByText('At 1 Jan 10:20, 66.972 BTC was still moving.');
  });
  it('unfolds what is folded', async () => {
    open('/traces/t1?node=rest%3Af4');
    fireEvent.click(await screen.findByRole('button', { name: 'Unfold' }));
    await waitFor(() => expect(screen.getAllByRole('button', { name: 'At rest' }).length).toBeGreaterThan(4));
  });
  it('lists what is folded, and unfolds from the list', async () => {
    open('/traces/t1');
    fireEvent.click(await screen.findByRole('button', { name: 'Folded 361.' }));
    const list = within(await screen.findByRole('dialog'));
    expect(list.getByText('Nothing was left out, by this picture or by the limits of the question.')).toBeTruthy();
    fireEvent.click(list.getByRole('button', { name: 'Unfold At rest, 4 outputs' }));
    await waitFor(() => expect(window.location.search).toBe('?open=rest%3Af4'));
    fireEvent.click(await list.findByRole('button', { name: 'Fold again' }));
    await waitFor(() => expect(window.location.search).toBe(''));
  });
  it('keeps a note about what is selected', async () => {
    open('/traces/t1?node=service%3Abb02');
    await screen.findByTestId('flow');
    fireEvent.keyDown(document.body, { key: 'n' });
    fireEvent.change(await screen.findByRole('textbox', { name: 'Note' }), { target: { value: 'asked again' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save note' }));
    await screen.findByText('asked again');
    expect(server.notes.get('c1')?.[1]?.target).toMatch(/^account:/);
  });
});

describe('a case', () => {
  it('is deleted only after its consequences were said', async () => {
    open('/cases/c1');
    fireEvent.click(await screen.findByRole('button', { name: 'Delete case' }));
    await screen.findByText(/The case and 1 note are deleted/);
    expect(server.cases.length).toBe(1);
    fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete case' }));
    await waitFor(() => expect(server.cases.length).toBe(0));
  });
});

describe('keys', () => {
  it('are shown once', async () => {
    open('/settings');
    fireEvent.click(await screen.findByRole('button', { name: 'Make key' }));
    fireEvent.change(await screen.findByRole('textbox', { name: 'Name' }), { target: { value: 'mine' } });
    fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Make key' }));
    await screen.findByText(/made-up-secret/);
    fireEvent.click(screen.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(screen.queryByText(/made-up-secret/)).toBe(null));
  });
});
