/** The built-in receiver: what arrived, what its signature is worth, and how it answers. */
import type { Sink, SinkMessage } from '@farthing/sdk';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Curl } from '../shared/curl.tsx';
import { FilterPicker } from '../shared/list/filter-controls.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty } from '../shared/waiting.tsx';
import { LiveRows } from './live-rows.tsx';
import {
  DEMO_SINK,
  messagesQuestion,
  sinksQuery,
  useLooking,
  type WebhookSearch,
} from './queries.ts';
import { SinkControls } from './sink-controls.tsx';
import { MessageDrawer, Verdict } from './sink-message.tsx';

export function SinkView({ search }: { search: WebhookSearch }) {
  const { data: sinks = [], error, refetch } = useQuery({ ...sinksQuery, ...useLooking() });
  const navigate = useNavigate();
  const name = search.sink ?? sinks[0]?.name ?? DEMO_SINK;
  const names = [...new Set([...sinks.map((sink) => sink.name), name])];
  const show = (sink: string) => void navigate({ to: '/webhooks', search: { view: 'sink', sink } });
  return (
    <>
      <Panel
        title={`/sinks/${name}`}
        aside={
          names.length > 1 && (
            <FilterPicker
              label="Any sink"
              value={name}
              options={names.map((other) => [other, other])}
              onPick={show}
            />
          )
        }
      >
        {error === null ? (
          <SinkControls
            key={name}
            sink={sinks.find((one) => one.name === name) ?? { ...UNUSED, name }}
          />
        ) : (
          <ProblemNote error={error} onRetry={() => void refetch()} />
        )}
      </Panel>
      <LiveRows<SinkMessage>
        key={`messages of ${name}`}
        title="What arrived"
        question={messagesQuestion(name)}
        param="message"
        openId={search.message}
        columns={COLUMNS}
        timeOf={(message) => message.received_at}
        nameOf={({ id }) => id}
        remarkOf={({ duplicate_of: first }) => (first === null ? '' : `again, after ${first}`)}
        cellsOf={({ verdict, answered, headers }) => [
          <Verdict key="verdict" verdict={verdict} />,
          answered ?? 'left hanging',
          <code key="id" className="text-xs text-soft">
            {headers['webhook-id']}
          </code>,
        ]}
        empty={<Nothing path={`/sinks/${name}`} />}
        drawOpen={(id, message) => <MessageDrawer id={id} message={message} />}
      />
    </>
  );
}

const COLUMNS = [
  ['Signature', ''],
  ['Answered', 'hidden whitespace-nowrap sm:table-cell'],
  ['webhook-id', 'hidden max-w-96 truncate lg:table-cell'],
] as const;

/** As one answers that was never used. */
const UNUSED: Omit<Sink, 'name'> = {
  status: 200,
  delay_ms: 0,
  hang: false,
  next: null,
  messages: 0,
  last_received_at: null,
};

function Nothing({ path }: { path: string }) {
  return (
    <Empty title={`Nothing has arrived at ${path} yet`}>
      <p className="text-soft">Make an endpoint with this as its URL, or post anything to it.</p>
      <div className="w-full max-w-xl text-left">
        <Curl request={{ method: 'POST', path, body: { hello: 'sink' } }} />
      </div>
    </Empty>
  );
}
