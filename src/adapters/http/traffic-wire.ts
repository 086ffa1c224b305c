/** Generated traffic in its public form. */
import { TRAFFIC_PRESET_NAMES, TRAFFIC_PRESETS } from '../../core/traffic/preset.ts';
import {
  TRAFFIC_LABELS,
  TRAFFIC_SCENARIO_NAMES,
  TRAFFIC_SCENARIOS,
  type TrafficLabel,
  type TrafficMix,
} from '../../core/traffic/scenario.ts';
import { isoTime } from '../../engine/snapshot.ts';
import type { TrafficRun } from '../../engine/traffic/tally.ts';

export function trafficRunWire(run: TrafficRun) {
  const { planned, sent, accepted, refused, behind, refunds, retries } = run;
  return {
    id: run.id,
    preset: run.plan.preset,
    rate: run.plan.rate,
    mix: run.plan.mix,
    seed: run.plan.seed,
    duration_seconds: run.plan.durationSeconds,
    status: run.status,
    started_at: isoTime(run.startedAtMs),
    ends_at: isoTime(run.endsAtMs),
    planned,
    sent,
    accepted,
    refused,
    behind,
    refunds,
    retries,
    by_label: run.byLabel,
    error: run.error,
  };
}

/** Every preset and scenario there is: the same on every server. */
export function trafficCatalogue() {
  return {
    presets: TRAFFIC_PRESET_NAMES.map((name) => {
      const { title, description, rate, mix, durationSeconds } = TRAFFIC_PRESETS[name];
      const said = { name, title, description, rate, mix };
      return { ...said, duration_seconds: durationSeconds, labels: labelsIn(mix) };
    }),
    scenarios: TRAFFIC_SCENARIO_NAMES.map((name) => ({ name, ...TRAFFIC_SCENARIOS[name] })),
  };
}

function labelsIn(mix: TrafficMix): readonly TrafficLabel[] {
  const labels = TRAFFIC_SCENARIO_NAMES.filter((name) => (mix[name] ?? 0) > 0).map(
    (name) => TRAFFIC_SCENARIOS[name].label,
  );
  return TRAFFIC_LABELS.filter((label) => labels.includes(label));
}
