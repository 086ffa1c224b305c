import { expect, test } from 'vitest';
import { type LoggedRequest, RequestRing } from './request-ring.ts';

const NONE = { text: null, isCut: false };

function request(members: Partial<LoggedRequest> = {}): LoggedRequest {
  return {
    requestId: 'r',
    atMs: 0,
    durationMs: 1,
    method: 'POST',
    url: '/payments',
    route: '/payments',
    status: 201,
    actor: 'anonymous',
    key: 'none',
    requestHeaders: [],
    responseHeaders: {},
    requestBody: NONE,
    responseBody: NONE,
    ...members,
  };
}

const ids = (ring: RequestRing) => ring.list().map(({ request: { requestId } }) => requestId);

function add(ring: RequestRing, times: number, members: Partial<LoggedRequest>): void {
  for (let index = 0; index < times; index += 1) ring.add(request(members));
}

test('the newest come first, whatever they are', () => {
  const ring = new RequestRing();
  ring.add(request({ requestId: 'a' }));
  ring.add(request({ requestId: 'b', status: 500 }));
  ring.add(request({ requestId: 'c', method: 'GET', status: 200 }));
  ring.add(request({ requestId: 'd', status: null }));
  ring.add(request({ requestId: 'e', status: 404 }));
  expect(ids(ring)).toEqual(['e', 'd', 'c', 'b', 'a']);
  expect(ring.list().map(({ ordinal }) => ordinal)).toEqual([5, 4, 3, 2, 1]);
});

test('500 are kept, so many of each kind', () => {
  const ring = new RequestRing();
  add(ring, 1_000, { requestId: 'change', status: 302 });
  add(ring, 1_000, { requestId: 'read', method: 'GET', status: 200 });
  add(ring, 1_000, { requestId: 'refusal', method: 'GET', status: 499 });
  add(ring, 10, { requestId: 'refusal', status: null });
  add(ring, 1_000, { requestId: 'failure', status: 503 });
  const counts = Map.groupBy(ids(ring), (id) => id);
  expect([...counts].map(([id, those]) => [id, those.length])).toEqual([
    ['failure', 50],
    ['refusal', 150],
    ['read', 100],
    ['change', 200],
  ]);
});

test('a flood of one kind pushes out no other', () => {
  const ring = new RequestRing();
  ring.add(request({ requestId: 'failed', status: 500 }));
  ring.add(request({ requestId: 'lost', status: null }));
  ring.add(request({ requestId: 'refused', status: 400 }));
  ring.add(request({ requestId: 'made' }));
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    add(ring, 5_000, { requestId: 'read', method, status: 200 });
  }
  expect(ids(ring).filter((id) => id !== 'read')).toEqual(['made', 'refused', 'lost', 'failed']);
});

test('long bodies count by their size, and what is dropped counts no more', () => {
  const limits = { requests: 1_000, bytes: 100_000 };
  const ring = new RequestRing({ change: limits, read: limits, refusal: limits, failure: limits });
  const text = 'x'.repeat(10_000);
  // 2,000 for the request, and two bytes a character.
  for (let index = 1; index <= 50; index += 1) {
    const body = { text, isCut: false };
    const where = index % 2 === 0 ? { requestBody: body } : { responseBody: body };
    ring.add(request({ requestId: `r${index}`, url: '', ...where }));
    expect(ring.list()).toHaveLength(Math.min(index, 4));
  }
  expect(ids(ring)).toEqual(['r50', 'r49', 'r48', 'r47']);
  add(ring, 1_000, { requestId: 'short', url: '' });
  expect(ring.list()).toHaveLength(50);
});
