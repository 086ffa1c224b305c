/**
 * Is this container ready? Docker runs it in the container, without a shell: exit code 0 says yes. A container is a
 * server (PORT) or a worker (WORKER_PORT); whichever of the two answers is the one.
 */
import process from 'node:process';

/** Compose and the image give up after five. */
const ANSWER_MS_MAX = 4_000;

/** Node's fetch says «fetch failed», and why in its cause. */
const reasonOf = (error) => error.cause?.code ?? error.message;

async function look(port) {
  const url = `http://127.0.0.1:${port}/readyz`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return { isReady: response.ok, said: `${url}: ${response.status} ${await response.text()}` };
  } catch (error) {
    return { isReady: false, said: `${url}: ${reasonOf(error)}` };
  }
}

const { PORT = '8080', WORKER_PORT = '8010' } = process.env;
const looks = await Promise.all([PORT, WORKER_PORT].map(look));
const ready = looks.find(({ isReady }) => isReady);
console.log(ready === undefined ? looks.map(({ said }) => said).join('\n') : ready.said);
process.exitCode = ready === undefined ? 1 : 0;
