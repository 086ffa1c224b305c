import { afterAll } from 'vitest';
import { testDatabase } from '../../../../test/support/postgres.ts';
import { describeJobs } from '../jobs.contract.ts';
import { openPostgresJobs } from './store.ts';

const DATABASE = await testDatabase();
afterAll(() => DATABASE.drop());

describeJobs('Postgres', {
  open: () => openPostgresJobs({ url: DATABASE.url }),
  reset: async () =>
    void (await DATABASE.query('drop schema public cascade; create schema public')),
});
