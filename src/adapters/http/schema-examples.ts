/** One story for the OpenAPI document: a payment by card, the refund of a part of it, and what is told of both. */

const PAYMENT_ID = '0198a6c4-2f1e-7d3a-9c41-6b0f5e8d7a21';
const REQUEST_ID = '0198a6c4-2f18-7330-b91b-87800eb1c0c6';
const CREATED_AT = '2026-02-26T10:00:00.000Z';
const DECIDED_AT = '2026-02-26T10:00:00.511Z';
const FINGERPRINT = '0898269cc654c6062fd95916f90bdbd3';
const FEATURES = { spending_velocity: 0, device_trust_score: 0.69, ip_risk_score: 0.53 };
const CONTRIBUTIONS = { device_trust: 0.124, ip_risk: 0.159, amount: 0.05, spending_velocity: 0 };
const REASONS = ['The address is one of those that only documentation uses.'];
const FACTS = {
  card: FINGERPRINT,
  device: 'device-7',
  ip: '192.0.2.7',
  amount_minor: '25000',
  currency: 'USD',
};

export const REFUND_EXAMPLE = {
  refund_id: 're_0198a6c4-3a02-752b-85d2-e6167549de7d',
  payment_id: PAYMENT_ID,
  amount: 100,
  currency: 'USD',
  reason: 'one of two came back',
  status: 'SUCCEEDED',
  created_at: '2026-02-26T10:02:00.000Z',
};

const PAYMENT_AS_CAPTURED = {
  payment_id: PAYMENT_ID,
  status: 'SUCCESS',
  amount: 250,
  currency: 'USD',
  recipient: 'alice@example.com',
  description: 'Invoice #1042',
  failure_reason: null,
  created_at: CREATED_AT,
  updated_at: DECIDED_AT,
  reference: 'order-1042',
  method: 'card',
  card: {
    brand: 'visa',
    bin: '424242',
    last4: '4242',
    fingerprint: FINGERPRINT,
    luhn_valid: true,
  },
  channel: 'ecommerce',
  device_id: 'device-7',
  amount_captured: 250,
  amount_refunded: 0,
  refunds: [],
  attempts: 1,
  retryable: false,
  decline: null,
  risk: { score: 0.333, level: 'normal', reasons: REASONS },
  metadata: { order: '1042' },
};

export const PAYMENT_EXAMPLE = {
  ...PAYMENT_AS_CAPTURED,
  updated_at: REFUND_EXAMPLE.created_at,
  amount_refunded: 100,
  refunds: [REFUND_EXAMPLE],
};

export const EVENT_EXAMPLE = {
  id: 'evt_0198a6c42f1e7d3a9c416b0f5e8d7a21_3',
  cursor: 'ZXZlbnRzOmYxMzViMzMyYWJkMTJjMTkuMw',
  type: 'payment.succeeded',
  payment_id: PAYMENT_ID,
  payment_sequence: 3,
  created_at: DECIDED_AT,
  request_id: REQUEST_ID,
  actor: 'timer',
  cause: {
    command: 'timer_elapsed',
    verdict: { outcome: 'APPROVE', rule: 'test_card', draws: {} },
    facts: FACTS,
    risk: {
      score: 0.333,
      level: 'normal',
      features: FEATURES,
      contributions: CONTRIBUTIONS,
      reasons: REASONS,
    },
    latency_ms: 1.352,
  },
  data: PAYMENT_AS_CAPTURED,
};

export const SUMMARY_EXAMPLE = {
  total: 20,
  success: 15,
  failed: 4,
  refunded: 1,
  failure_reasons: { FRAUD_SUSPECTED: 1, PROCESSING_ERROR: 3 },
  created: 0,
  processing: 0,
  authorized: 0,
  canceled: 0,
  volume: { EUR: 310.5, USD: 2840 },
  time_to_outcome_ms: { p50: 507.8, p95: 517.9, p99: 517.9 },
};

export const AUTHORIZATION_EXAMPLE = {
  transaction_id: '0198a6c5-7c10-71a7-86a1-ca0fa1335753',
  status: 'Declined',
  decision_reason: 'High amount flagged by risk rules.',
  score: 0.4102,
  latency_ms: 0.413,
  features: { spending_velocity: 0.31, device_trust_score: 0.6, ip_risk_score: 0.3 },
  failure_reason: 'HIGH_AMOUNT',
  rule: 'high_amount',
  contributions: {
    device_trust: 0.16,
    ip_risk: 0.09,
    amount: 0.1292,
    spending_velocity: 0.031,
  },
  level: 'normal',
  shadow: [{ rule: 'card_testing', outcome: 'CARD_VELOCITY_EXCEEDED' }],
};

export const TRANSACTION_EXAMPLE = {
  id: PAYMENT_ID,
  card_last4: '4242',
  amount: 250,
  currency: 'USD',
  merchant: 'alice@example.com',
  channel: 'ecommerce',
  device_id: 'device-7',
  status: 'Approved',
  risk_flag: null,
  created_at: CREATED_AT,
};

export const AUDIT_EXAMPLE = {
  id: EVENT_EXAMPLE.id,
  transaction_id: PAYMENT_ID,
  request_payload: {
    card_number: '************4242',
    amount: 250,
    currency: 'USD',
    merchant: 'alice@example.com',
    channel: 'ecommerce',
    device_id: 'device-7',
    ip: '192.0.2.7',
    metadata: { order: '1042' },
  },
  decision_payload: {
    status: 'Approved',
    score: 0.333,
    reason: null,
    latency_ms: 1.352,
    features: FEATURES,
    rule: 'test_card',
    outcome: 'APPROVE',
    draws: {},
    flags: [],
    shadow: [],
    contributions: CONTRIBUTIONS,
    reasons: REASONS,
    facts: FACTS,
    attempt: 1,
  },
  latency_ms: 1.352,
  created_at: DECIDED_AT,
  request_id: REQUEST_ID,
  actor: 'timer',
};

const GBP_STATS = { total: 3, approved: 2, declined: 1, approval_rate: 0.6667, avg_amount: 150.75 };

export const STATS_EXAMPLE = { ...GBP_STATS, p95_latency: 1.3634, by_currency: { GBP: GBP_STATS } };

export const ACCOUNT_EXAMPLE = {
  name: 'merchant_payable',
  currency: 'USD',
  balance: 150,
  normal_side: 'credit',
  meaning: 'What we owe to recipients for captured payments (a liability).',
};

export const ENTRY_EXAMPLE = {
  payment_id: PAYMENT_ID,
  kind: 'capture',
  operation: '1',
  debit: 'network_receivable',
  credit: 'merchant_payable',
  currency: 'USD',
  amount: 250,
  created_at: DECIDED_AT,
};

export const TRIAL_BALANCE_EXAMPLE = {
  balanced: true,
  currencies: { USD: { debits: 350, credits: 350 } },
  accounts: [
    { name: 'merchant_payable', currency: 'USD', balance: 150 },
    { name: 'network_receivable', currency: 'USD', balance: 150 },
  ],
};
