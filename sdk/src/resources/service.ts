/** What the service says of itself, and how it is told to behave. */
import type { PostOptions, RequestOptions } from '../options.ts';
import { path, type Transport } from '../transport.ts';
import type {
  Answer,
  CardStats,
  Refund,
  Rules,
  RulesDocument,
  Simulation,
  SimulationChange,
  Summary,
  TestCards,
  Traffic,
  TrafficRequest,
  TrafficRun,
} from '../types.ts';

class Resource {
  protected readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }
}

export class RefundsResource extends Resource {
  /** A refund on its own; each payment lists its refunds too. */
  get(refundId: string, options: RequestOptions = {}): Promise<Refund> {
    return this.transport.request({ method: 'GET', path: path`/refunds/${refundId}`, options });
  }
}

export class SummaryResource extends Resource {
  /** How many payments there are of each status, why they failed, what volume. */
  get(options: RequestOptions = {}): Promise<Summary> {
    return this.transport.request({ method: 'GET', path: '/summary', options });
  }
}

export class RulesResource extends Resource {
  get(options: RequestOptions = {}): Promise<Rules> {
    return this.transport.request({ method: 'GET', path: '/rules', options });
  }

  /** Puts these rules in the place of all there were. */
  put(rules: RulesDocument, options: RequestOptions = {}): Promise<Rules> {
    return this.transport.request({ method: 'PUT', path: '/rules', body: rules, options });
  }
}

export class SimulationResource extends Resource {
  get(options: RequestOptions = {}): Promise<Simulation> {
    return this.transport.request({ method: 'GET', path: '/simulation', options });
  }

  /** Changes rates, delays or the outage, from now on; for a while with `expires_in`. */
  change(change: SimulationChange, options: RequestOptions = {}): Promise<Simulation> {
    return this.transport.request({ method: 'PATCH', path: '/simulation', body: change, options });
  }
}

export class TrafficResource extends Resource {
  /** The run there is, the last one that ended, and the presets and scenarios that runs are made of. */
  get(options: RequestOptions = {}): Promise<Traffic> {
    return this.transport.request({ method: 'GET', path: '/simulation/traffic', options });
  }

  /** Begins to make realistic payments. Rejects with status 409 (`traffic_running`) while a run goes on. */
  start(request: TrafficRequest = {}, options: PostOptions = {}): Promise<TrafficRun> {
    return this.transport.request({
      method: 'POST',
      path: '/simulation/traffic',
      body: request,
      options,
    });
  }

  /** Ends the run and gives it as it ended. Rejects with status 404 (`traffic_not_running`) when there is none. */
  stop(options: RequestOptions = {}): Promise<TrafficRun> {
    return this.transport.request({
      method: 'DELETE',
      path: '/simulation/traffic',
      // After a lost answer there is nothing left to stop.
      isRepeatable: false,
      options,
    });
  }
}

export class TestCardsResource extends Resource {
  /** The cards and amounts whose outcome is known beforehand. */
  list(options: RequestOptions = {}): Promise<TestCards> {
    return this.transport.request({ method: 'GET', path: '/test-cards', options });
  }
}

export class HealthResource extends Resource {
  get(options: RequestOptions = {}): Promise<Answer<'getHealth'>> {
    return this.transport.request({ method: 'GET', path: '/health', options });
  }

  /** Whether it serves; `waitSeconds` (30 at most) lets it wait until it does. Rejects with status 503 when it does not. */
  ready({
    waitSeconds = 0,
    ...options
  }: RequestOptions & { readonly waitSeconds?: number } = {}): Promise<Answer<'getReadiness'>> {
    return this.transport.request({
      method: 'GET',
      path: '/readyz',
      query: waitSeconds > 0 ? { wait: waitSeconds } : {},
      waitsMs: waitSeconds * 1000,
      options,
    });
  }
}

export class AdminResource extends Resource {
  /** Removes every payment and begins a new log. After a lost answer it is not sent again: that would be a second reset. */
  reset(options: RequestOptions = {}): Promise<CardStats> {
    return this.transport.request({
      method: 'DELETE',
      path: '/admin/reset',
      isRepeatable: false,
      options,
    });
  }
}
