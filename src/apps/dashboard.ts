/** Where `npm start` and `npm run dev` put the dashboard that they build. */
import { fileURLToPath } from 'node:url';

export const DASHBOARD_FOLDER = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));
