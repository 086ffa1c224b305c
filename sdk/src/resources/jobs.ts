/** Background jobs: what takes longer than a request may. */
import { type List, listOf } from '../list.ts';
import type { PostOptions, RequestOptions } from '../options.ts';
import { path, type Transport } from '../transport.ts';
import type { Job, JobRequest, JobStatus, JobType, Page } from '../types.ts';

export interface JobFilters {
  readonly status?: JobStatus | readonly JobStatus[] | undefined;
  readonly type?: JobType | readonly JobType[] | undefined;
  /** Jobs a page: 1 to 100, 20 when absent. */
  readonly limit?: number | undefined;
}

export class Jobs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Has something done in the background; `get` tells how far it is. */
  create(request: JobRequest, options: PostOptions = {}): Promise<Job> {
    return this.#transport.request({ method: 'POST', path: '/jobs', body: request, options });
  }

  get(jobId: string, options: RequestOptions = {}): Promise<Job> {
    return this.#transport.request({ method: 'GET', path: path`/jobs/${jobId}`, options });
  }

  /** The newest first. */
  list(filters: JobFilters = {}, options: RequestOptions = {}): List<Job> {
    return listOf((cursor) =>
      this.#transport.request<Page<Job>>({
        method: 'GET',
        path: '/jobs',
        query: { ...filters, cursor },
        options,
      }),
    );
  }

  /** Stops it; what it has done stays done. Rejects with status 409 (`job_finished`) when it succeeded or failed. */
  cancel(jobId: string, options: PostOptions = {}): Promise<Job> {
    return this.#transport.request({ method: 'POST', path: path`/jobs/${jobId}/cancel`, options });
  }
}
