/**
 * The one door. Every change comes in here: HTTP, timers, the CLI. Commands wait for the next batch; a batch is read in
 * one go, decided one by one in memory, and written in one go: one transaction, one fsync, however many callers are
 * waiting. A caller's promise settles only after the batch is on disk.
 *
 *   queue ──► decided, behind the batch before it ──► on its way to the disk ──► on disk ──► answered
 *                       │ superseded: that one failed, and this one was decided on top of it
 *                       └──────► back to the front of the queue
 *
 * Where commits go on elsewhere, two batches are in flight at most: while one is written, the next is decided on top of
 * it, as soon as as many callers wait for it. Where they do not, one after the other is decided and written. A batch that
 * storage refuses is rolled back whole and run again command by command, once, so that one poisoned command cannot fail
 * its neighbours.
 */
import { BATCH_COMMANDS_MAX, QUEUED_COMMANDS_MAX } from '../core/limits.ts';
import { type Batch, decideBatch, summarize } from './decide-batch.ts';
import { FeatureOverlay } from './features.ts';
import {
  type Commit,
  type CommandRequest,
  type Engine,
  type Reply,
  type RiskModel,
  StorageError,
} from './ports.ts';
import { questionFor, withModelScore } from './risk-question.ts';

interface Caller {
  readonly request: CommandRequest;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  /** It goes in a batch of its own: its first batch was refused, or it asks for a reset. */
  readonly isAlone: boolean;
}

/** A batch that has been decided and is not yet answered. */
interface Flight {
  readonly callers: readonly Caller[];
  readonly batch: Batch;
  /** Before, nobody can be decided on top of it. */
  isDecided: boolean;
}

interface Funnel {
  readonly queue: Caller[];
  /** Oldest first. */
  readonly flights: Flight[];
  /** What waits for there to be none. */
  readonly between: (() => void)[];
  isScheduled: boolean;
}

const funnels = new WeakMap<Engine, Funnel>();

/**
 * Decides and commits one command; settles after the commit. Rejects with a StorageError when nothing was
 * written, so that asking again is safe.
 */
export function execute(engine: Engine, request: CommandRequest): Promise<Reply> {
  const { riskModel } = engine;
  return riskModel === null ? enqueue(engine, request) : enqueueScored(engine, request, riskModel);
}

/** What is known outside is fetched before the batch opens and comes in as a fact. */
async function enqueueScored(
  engine: Engine,
  request: CommandRequest,
  model: RiskModel,
): Promise<Reply> {
  const question = await questionFor(engine.store, request.command);
  if (question === null) return enqueue(engine, request);
  const modelScore = await model.score(question);
  return enqueue(engine, { ...request, command: withModelScore(request.command, modelScore) });
}

function enqueue(engine: Engine, request: CommandRequest): Promise<Reply> {
  const funnel = funnelOf(engine);
  if (funnel.queue.length >= QUEUED_COMMANDS_MAX) {
    return Promise.reject(new StorageError('unavailable', 'too many commands are waiting'));
  }
  return new Promise((resolve, refuse) => {
    // What was asked before a reset is answered before it, and gone after it.
    const isAlone = request.command.type === 'reset_data';
    funnel.queue.push({ request, resolve, reject: refuse, isAlone });
    schedule(engine, funnel);
  });
}

function funnelOf(engine: Engine): Funnel {
  const existing = funnels.get(engine);
  if (existing !== undefined) return existing;
  const funnel: Funnel = { queue: [], flights: [], between: [], isScheduled: false };
  funnels.set(engine, funnel);
  return funnel;
}

/**
 * Runs `work`, which changes what memory holds, while no batch is being decided on it or about to change it: at once, or when
 * those under way are done. Settles after it, as it does.
 */
export function betweenBatches(engine: Engine, work: () => void): Promise<void> {
  const funnel = funnelOf(engine);
  return new Promise((resolve) => {
    // What it throws is its caller's.
    funnel.between.push(() => resolve(new Promise((done) => done(work()))));
    runBetween(funnel);
  });
}

function runBetween({ flights, between }: Funnel): void {
  if (flights.length > 0) return;
  for (const work of between.splice(0)) work();
}

/** Everything that arrives in this turn of the event loop shares the batch. */
function schedule(engine: Engine, funnel: Funnel): void {
  if (funnel.isScheduled || !canLaunch(engine, funnel)) return;
  funnel.isScheduled = true;
  setImmediate(() => {
    funnel.isScheduled = false;
    launch(engine, funnel);
  });
}

/**
 * With nothing in flight whoever waits may go. Behind a batch only as many as it has: smaller ones would cost more
 * commits than the time they save.
 */
function canLaunch({ store }: Engine, { queue, flights, between }: Funnel): boolean {
  const [first] = queue;
  const [ahead] = flights;
  if (first === undefined || ahead === undefined) return first !== undefined;
  if (!store.commitsElsewhere || flights.length > 1 || !ahead.isDecided) return false;
  // What waits for nothing to be in flight would else wait for as long as anybody comes.
  if (between.length > 0) return false;
  const isAnyAlone = first.isAlone || ahead.callers.some(({ isAlone }) => isAlone);
  return !isAnyAlone && queue.length >= ahead.callers.length;
}

/** Decides the next batch and sends it on its way, if it may go. */
function launch(engine: Engine, funnel: Funnel): void {
  if (!canLaunch(engine, funnel)) return;
  const callers = nextCallers(funnel.queue);
  const below = funnel.flights.at(-1)?.batch;
  const batch: Batch = {
    seen: new FeatureOverlay(below?.seen ?? engine.features),
    controls: below?.controls ?? engine.controls.current,
    isReset: false,
  };
  const flight = { callers, batch, isDecided: false };
  funnel.flights.push(flight);
  commit(engine, funnel, flight).then(
    (committed) => land(engine, funnel, flight, committed),
    (error: unknown) => fail(engine, funnel, flight, error),
  );
}

function nextCallers(queue: Caller[]): Caller[] {
  const limit = Math.min(queue.length, BATCH_COMMANDS_MAX);
  let size = 0;
  while (size < limit && queue[size]?.isAlone !== true) size += 1;
  return queue.splice(0, Math.max(size, 1));
}

interface Committed {
  readonly replies: readonly Reply[];
  readonly summary: Commit;
}

const NOTHING_DONE: Commit = {
  settled: [],
  timers: [],
  hasEvents: false,
  recorded: [],
  sequence: 0,
  isReset: false,
};

async function commit(engine: Engine, funnel: Funnel, flight: Flight): Promise<Committed> {
  const { callers, batch } = flight;
  const requests = callers.map((caller) => caller.request);
  let summary = NOTHING_DONE;
  const replies = await engine.store.batch(requests, (working) => {
    const decided = decideBatch(engine, requests, working, batch);
    summary = summarize(working, batch);
    flight.isDecided = true;
    schedule(engine, funnel);
    return decided;
  });
  return { replies, summary };
}

/**
 * On disk: what memory holds follows. Where commits go on elsewhere, the next batch is on its way before these callers are
 * answered; else it would only keep them waiting.
 */
function land(engine: Engine, funnel: Funnel, flight: Flight, committed: Committed): void {
  const { batch, callers } = flight;
  if (batch.isReset) engine.features.clear();
  else engine.features.write(batch.seen.changes);
  engine.controls.current = batch.controls;
  funnel.flights.shift();
  funnel.flights[0]?.batch.seen.settleOn(engine.features);
  runBetween(funnel);
  if (engine.store.commitsElsewhere) launch(engine, funnel);
  callers.forEach((caller, index) => settle(caller, committed.replies[index]));
  engine.wakeup.committed(committed.summary);
  schedule(engine, funnel);
}

/** Nothing of it was written: who may pass alone tries that, who was only behind it tries again. */
function fail(engine: Engine, funnel: Funnel, flight: Flight, error: unknown): void {
  const { flights, queue } = funnel;
  flights.splice(flights.indexOf(flight), 1);
  runBetween(funnel);
  const { callers } = flight;
  if (error instanceof StorageError && error.kind === 'superseded') {
    const place = queue.findIndex(({ isAlone }) => !isAlone);
    queue.splice(place === -1 ? queue.length : place, 0, ...callers);
  } else if (callers.length > 1 && canPassAlone(error)) {
    queue.unshift(...callers.map((caller) => ({ ...caller, isAlone: true })));
  } else {
    for (const caller of callers) caller.reject(error);
  }
  schedule(engine, funnel);
}

/** A full or failing disk fails everybody; anything else may be the fault of one command among many. */
function canPassAlone(error: unknown): boolean {
  return !(error instanceof StorageError) || error.kind === 'refused';
}

function settle(caller: Caller, reply: Reply | undefined): void {
  if (reply === undefined) caller.reject(new Error('assertion failed: one reply per request'));
  else caller.resolve(reply);
}
