import { describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../events.ts';
import {
  type Endpoint,
  EVENT_PATTERNS,
  endpointIdOf,
  matchesType,
  parseEndpointId,
  secretsAt,
} from './endpoint.ts';

describe('the events of an endpoint', () => {
  test.each([
    [['*'], 'payment.created', true],
    [['*'], 'data.reset', true],
    [['payment.*'], 'payment.created', true],
    [['payment.*'], 'payments.created', false],
    [['payment.*'], 'payment', false],
    [['payment.*'], 'rules.changed', false],
    [['payment.failed'], 'payment.failed', true],
    [['payment.failed'], 'payment.failed.again', false],
    [['payment.failed', 'rules.*'], 'rules.changed', true],
    [[], 'payment.created', false],
  ])('%j has %s: %j', (patterns, type, expected) => {
    expect(matchesType(patterns, type)).toBe(expected);
  });

  test('may be any type, any kind, or all', () => {
    expect(EVENT_PATTERNS).toContain('*');
    expect(EVENT_PATTERNS).toContain('payment.*');
    expect(EVENT_PATTERNS).toContain('rules.changed');
    expect(new Set(EVENT_PATTERNS).size).toBe(EVENT_PATTERNS.length);
    for (const pattern of EVENT_PATTERNS) {
      expect(EVENT_TYPES.some((type) => matchesType([pattern], type))).toBe(true);
    }
  });
});

describe('the id of an endpoint', () => {
  test('is made from a UUID and read again', () => {
    const id = endpointIdOf('01980000-0000-7000-8000-000000000001');
    expect(id).toBe('we_01980000000070008000000000000001');
    expect(parseEndpointId(id)).toBe(id);
  });

  test.each(['', 'we_', 'we_A', 'we_1-2', `we_${'1'.repeat(41)}`, 'del_1', ' we_1'])(
    'is not %j',
    (text) => {
      expect(parseEndpointId(text)).toBeNull();
    },
  );
});

describe('the secrets of an endpoint', () => {
  const endpoint: Endpoint = {
    id: endpointIdOf('1'),
    url: 'http://127.0.0.1/',
    events: ['*'],
    description: null,
    payload: 'envelope',
    ordering: 'none',
    isEnabled: true,
    disabledReason: null,
    secret: 'new',
    previousSecret: { secret: 'old', untilMs: 1_000 },
    faults: {},
    isFromEnvironment: false,
    createdAtMs: 0,
    updatedAtMs: 0,
  };

  test('are both while a rotation lasts, the newest first', () => {
    expect(secretsAt(endpoint, 999)).toEqual(['new', 'old']);
    expect(secretsAt(endpoint, 1_000)).toEqual(['new']);
    expect(secretsAt({ ...endpoint, previousSecret: null }, 0)).toEqual(['new']);
  });
});
