/** The description of one operation: what is validated and what the OpenAPI document says. */
import { PROBLEMS } from './problems.ts';
import { ProblemSchema } from './schemas.ts';

interface Parts {
  readonly params?: object;
  readonly querystring?: object;
  readonly body?: object;
  readonly response: Readonly<Record<number, object>>;
  /** Statuses of problems that only this operation has, beside those that every one has. */
  readonly problems?: readonly number[];
}

const EVERYWHERE = [400, 401, 403, 429, 503];

/** A Fastify schema with an operationId, a tag and a summary. */
export function operation(operationId: string, tag: string, summary: string, parts: Parts) {
  const { problems = [], response, ...validated } = parts;
  const statuses = [...new Set([...EVERYWHERE, ...problems])].sort((left, right) => left - right);
  return {
    operationId,
    tags: [tag],
    summary,
    ...validated,
    response: {
      ...response,
      ...Object.fromEntries(statuses.map((status) => [status, problemResponse(status)])),
    },
  };
}

function problemResponse(status: number) {
  const titles = Object.values(PROBLEMS)
    .filter((kind) => kind.status === status)
    .map((kind) => kind.title);
  return {
    description: titles.join(' · '),
    content: { 'application/problem+json': { schema: ProblemSchema } },
  };
}
