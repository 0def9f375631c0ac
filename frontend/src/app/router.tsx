import { createBrowserRouter } from 'react-router';
import { Layout } from './layout.js';
import { CrashPage } from './pages/crash-page.js';
import { HomePage } from './pages/home-page.js';
import { NotFoundPage } from './pages/not-found-page.js';
import { PaymentPage } from './pages/payment-page.js';
import { ShowPage } from './pages/show-page.js';

export const createRouter = () =>
  createBrowserRouter([
    {
      Component: Layout,
      ErrorBoundary: CrashPage,
      children: [
        { index: true, Component: HomePage },
        { path: 'events/:id', Component: ShowPage },
        { path: 'payments/:outcome', Component: PaymentPage },
        { path: '*', Component: NotFoundPage },
      ],
    },
  ]);
