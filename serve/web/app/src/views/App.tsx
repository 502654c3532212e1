import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router-dom';
import { messages } from '../messages';
import { isProblem } from '../state/problem';
import { useSession } from '../state/queries';
import { AddressPage } from './pages/AddressPage';
import { CasePage } from './pages/CasePage';
import { CasesPage } from './pages/CasesPage';
import { LoginPage } from './pages/LoginPage';
import { NewTracePage } from './pages/NewTracePage';
import { NotFoundPage } from './pages/NotFoundPage';
import { SearchPage } from './pages/SearchPage';
import { SettingsPage } from './pages/SettingsPage';
import { TracesPage } from './pages/TracesPage';
import { TxPage } from './pages/TxPage';
import { Failure, Loading } from './parts/Status';
import { Shell } from './Shell';
import { TracePage } from './trace/TracePage';
import './parts/parts.css';
import './shell.css';
import './pages/pages.css';
import './trace/trace.css';
import './trace/panel.css';

const triesMax = 2;

/** A refusal will be one again; a lost line may come back. */
function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (tries, e) => tries < triesMax && isProblem(e) && (e.status === 0 || e.status >= 500),
        staleTime: 15_000,
        refetchOnWindowFocus: false,
      },
    },
  });
}

export function App() {
  const [queries] = useState(newQueries);
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter future={{ v7_startTransition: true, v7_relativeSplatPath: true }}>
        <Routes>
          <Route path="/login" element={<LoginPage />} />
          <Route path="*" element={<Inside />} />
        </Routes>
      </BrowserRouter>
    </QueryClientProvider>
  );
}

/** What only a session may see; without one the way leads to log-in. */
function Inside() {
  const session = useSession();
  if (session.error !== null) {
    const out = isProblem(session.error) && (session.error.status === 401 || session.error.status === 403);
    if (out) return <LoginPage />;
    return (
      <main className="alone">
        <h1 className="hidden-text">{messages.product}</h1>
        <Failure error={session.error} again={() => void session.refetch()} />
      </main>
    );
  }
  if (session.data === undefined) {
    return (
      <main className="alone">
        <h1 className="hidden-text">{messages.product}</h1>
        <Loading />
      </main>
    );
  }
  return (
    <Shell>
      <Routes>
        <Route path="/" element={<SearchPage />} />
        <Route path="/search" element={<SearchPage />} />
        <Route path="/tx/:chain/:txid" element={<TxPage />} />
        <Route path="/address/:chain/:address" element={<AddressPage />} />
        <Route path="/traces" element={<TracesPage />} />
        <Route path="/traces/new" element={<NewTracePage />} />
        <Route path="/traces/:id" element={<TracePage />} />
        <Route path="/cases" element={<CasesPage />} />
        <Route path="/cases/:id" element={<CasePage />} />
        <Route path="/settings" element={<SettingsPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </Shell>
  );
}
