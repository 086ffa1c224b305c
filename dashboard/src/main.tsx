/** The dashboard: begins the live feed, and draws the page that the address names. */
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './router.tsx';
import { beginLive } from './service/live.ts';
import { queryClient } from './service/queries.ts';
import './styles.css';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no element for the dashboard');

beginLive();
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
