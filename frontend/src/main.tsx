import './shared/no-eval.js';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { RouterProvider } from 'react-router/dom';
import { createRouter } from './app/router.js';
import { SessionProvider } from './features/booking/session.js';
import { createI18n } from './shared/i18n/create-i18n.js';
import './main.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const queries = new QueryClient({
  // The next poll is the retry, and the browser's idea of being online says nothing about our API.
  defaultOptions: { queries: { retry: false, networkMode: 'always' } },
});

createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={createI18n()}>
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <RouterProvider router={createRouter()} />
        </SessionProvider>
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);
