/** From the body of PATCH /simulation to a command. What JSON Schema cannot say of it is checked here. */
import type { ChangeSimulation } from '../../core/commands.ts';
import { type AmountLimit, readLimit } from '../../core/scenario.ts';
import { type SettingsPatch, WIRE_NAMES } from '../../core/simulation.ts';
import type { FieldFault } from './problems.ts';
import type { SimulationPatchBody } from './simulation-schemas.ts';
import { problemOfFaults } from './validation.ts';

type LimitName = 'fraud_threshold' | 'high_amount_threshold';

/** Throws a Problem for a threshold that cannot be read, and for a body that changes nothing. */
export function changeSimulationCommand(body: SimulationPatchBody): ChangeSimulation {
  const faults: FieldFault[] = [];
  const limits = {
    fraudThreshold: limitIn(body, 'fraud_threshold', faults),
    highAmountThreshold: limitIn(body, 'high_amount_threshold', faults),
  };
  if (faults.length > 0) throw problemOfFaults('validation_failed', faults);
  const patch: SettingsPatch = given({
    failureRate: body.failure_rate,
    highAmountDeclineRate: body.high_amount_decline_rate,
    randomDeclineRate: body.random_decline_rate,
    riskBlockScore: body.risk_block_score,
    ...limits,
    startDelayMs: body.processing_start_delay_ms,
    processingDelayMs: body.processing_delay_ms,
    processingJitterMs: body.processing_jitter_ms,
    hasAmountTails: body.amount_tails,
    outage: body.outage,
  });
  if (Object.keys(patch).length === 0) throw problemOfFaults('validation_failed', [EMPTY]);
  const seconds = body.expires_in ?? null;
  const expiresInMs = seconds === null ? null : seconds * 1000;
  return { type: 'change_simulation', patch, expiresInMs };
}

const EMPTY: FieldFault = {
  pointer: '',
  code: 'missing_field',
  detail: `must change something: send one of ${Object.values(WIRE_NAMES).join(', ')}`,
};

function limitIn(
  body: SimulationPatchBody,
  name: LimitName,
  faults: FieldFault[],
): AmountLimit | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  const limit = readLimit(String(value));
  if (limit !== null) return limit;
  const detail =
    'must be an amount in major units, then others per currency, like 10000,JPY:1500000';
  faults.push({ pointer: `/${name}`, code: 'wrong_format', detail });
  return undefined;
}

/** The fields that have a value. */
function given<Fields extends object>(fields: {
  readonly [Name in keyof Fields]: Fields[Name] | undefined;
}): Partial<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Fields>;
}
