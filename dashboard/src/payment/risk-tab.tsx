/** How risky a card payment was judged: the score, what it is the sum of, and the rules in the order they were asked. */
import type { Payment } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleDot, CircleX } from 'lucide-react';
import { rulesQuery, timelineQuery } from '../service/queries.ts';
import { reasonWords } from '../shared/status.tsx';
import { Empty, SkeletonRows } from '../shared/waiting.tsx';
import { causeOf, type ReadRisk } from './cause.ts';

export function RiskTab({ payment }: { payment: Payment }) {
  const { data: events } = useQuery(timelineQuery(payment.payment_id));
  const causes = (events ?? []).map(causeOf);
  const risk = causes.findLast((cause) => cause.risk !== null)?.risk;
  const rule = causes.findLast((cause) => cause.rule !== null)?.rule;
  if (events === undefined) return <SkeletonRows rows={5} />;
  return (
    <div className="flex flex-col gap-4">
      {risk === null || risk === undefined ? (
        <Empty title="Risk is computed for card payments, when they are decided" />
      ) : (
        <Score risk={risk} />
      )}
      {rule !== null && rule !== undefined && <RulesAsked payment={payment} rule={rule} />}
    </div>
  );
}

function Score({ risk }: { risk: ReadRisk }) {
  const contributions = Object.entries(risk.contributions);
  return (
    <div className="flex flex-col gap-2">
      <p className="flex items-baseline gap-2">
        <span className="text-2xl font-semibold">{risk.score.toFixed(4)}</span>
        <span className="text-soft">risk score, {risk.level}; 0 is none and 1 the highest</span>
      </p>
      <table className="w-full">
        <caption className="sr-only">What each feature contributes to the score</caption>
        <thead className="sr-only">
          <tr>
            <th>Feature</th>
            <th>Share</th>
            <th>Contribution</th>
          </tr>
        </thead>
        <tbody>
          {contributions.map(([name, value]) => (
            <tr key={name}>
              <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap">
                {reasonWords(name).replace('Ip ', 'IP ')}
              </th>
              <td className="w-full">
                <span aria-hidden className="block h-2 rounded-full bg-sunken">
                  <span
                    className="block h-full rounded-full bg-accent"
                    style={{ width: `${Math.min(value, 1) * 100}%` }}
                  />
                </span>
              </td>
              <td className="pl-3 text-right">{value.toFixed(4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {risk.reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
    </div>
  );
}

/** The rules as they stand now: which of them were there when it was decided, only the event knows. */
function RulesAsked({ payment, rule }: { payment: Payment; rule: string }) {
  const { data: rules } = useQuery(rulesQuery);
  if (rules === undefined) return <SkeletonRows rows={4} />;
  const isApproval = rule === 'no_objection';
  const listed = [...rules.invalid, ...rules[payment.method]];
  // What settled it may be no rule of the lists: a test card, or an outcome that was asked for. That comes between.
  const isBetween = !isApproval && listed.every(({ name }) => name !== rule);
  const between = isBetween ? [{ name: rule }] : [];
  const asked = [...rules.invalid, ...between, ...rules[payment.method]].map(({ name }) => name);
  const place = asked.indexOf(rule);
  return (
    <div>
      <h3 className="mb-1 font-semibold">Rules</h3>
      <p className="mb-2 text-soft">
        {isApproval ? 'Every rule was asked and none objected.' : `Settled by ${rule}.`}
      </p>
      <ol className="flex flex-col gap-1">
        {asked.map((name, index) => (
          <RuleRow key={name} name={name} verdict={verdictOf({ index, place, isApproval })} />
        ))}
      </ol>
    </div>
  );
}

type RuleVerdict = 'passed' | 'settled' | 'not asked';

function verdictOf(at: { index: number; place: number; isApproval: boolean }): RuleVerdict {
  if (at.isApproval || at.index < at.place) return 'passed';
  return at.index === at.place ? 'settled' : 'not asked';
}

const VERDICT_LOOKS = {
  passed: { Icon: CircleCheck, color: 'text-good' },
  settled: { Icon: CircleX, color: 'text-hold' },
  'not asked': { Icon: CircleDot, color: 'text-soft' },
} as const;

function RuleRow({ name, verdict }: { name: string; verdict: RuleVerdict }) {
  const { Icon, color } = VERDICT_LOOKS[verdict];
  return (
    <li className="flex items-center gap-2">
      <Icon size={15} aria-hidden className={color} />
      <code className="text-xs">{name}</code>
      <span className={`ml-auto ${color}`}>{verdict}</span>
    </li>
  );
}
