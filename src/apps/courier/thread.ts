/** Where the thread that delivers begins. As in apps/main.ts: with the cache, the stripper of types is not loaded. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./thread-loop.ts');
