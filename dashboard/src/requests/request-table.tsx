/** The requests as a table. The whole row can be pressed; its link is for everybody else. */
import type { LoggedRequest } from '@farthing/sdk';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from '../shared/button.tsx';
import { HEAD_CELL, LiveTable, ROW_CELL } from '../shared/list/live-table.tsx';
import { formatDuration, Moment } from '../shared/moment.tsx';
import { shortId } from '../shared/status.tsx';
import { AnswerStatus } from './answer-status.tsx';
import { addressOf, VERDICTS } from './request-words.ts';

interface RequestTableProps {
  readonly rows: readonly LoggedRequest[];
  readonly openId: string | null;
  readonly waiting: string | null;
  readonly onShowWaiting: () => void;
  readonly onHeldChange: (isHeld: boolean) => void;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  readonly onLoadOlder: () => void;
}

export function RequestTable(props: RequestTableProps) {
  const { rows, openId, hasOlder, isLoadingOlder, onLoadOlder, ...live } = props;
  const navigate = useNavigate();
  const open = (id: string) =>
    void navigate({ to: '/requests', search: (search) => ({ ...search, open: id }) });
  return (
    <LiveTable
      {...live}
      label="Requests"
      testId="request-list"
      rows={rows}
      idOf={({ id }) => id}
      idAttribute="data-request"
      openId={openId}
      onOpen={open}
      head={<Head />}
      drawRow={(request, rowIndex) => (
        <RequestRow
          key={request.id}
          request={request}
          rowIndex={rowIndex}
          isOpen={request.id === openId}
          onOpen={open}
        />
      )}
      footer={
        hasOlder ? (
          <Button isBlocked={isLoadingOlder} onClick={onLoadOlder}>
            Load older
          </Button>
        ) : (
          'Nothing older is remembered'
        )
      }
    />
  );
}

function Head() {
  return (
    <>
      <th className={`${HEAD_CELL} hidden sm:table-cell`}>Time</th>
      <th className={HEAD_CELL}>Method</th>
      <th className={`${HEAD_CELL} w-full`}>Path</th>
      <th className={HEAD_CELL}>Status</th>
      <th className={`${HEAD_CELL} hidden text-right sm:table-cell`}>Latency</th>
      <th className={`${HEAD_CELL} hidden lg:table-cell`}>Idempotency</th>
      <th className={`${HEAD_CELL} hidden md:table-cell`}>Request</th>
    </>
  );
}

interface RequestRowProps {
  readonly request: LoggedRequest;
  readonly rowIndex: number;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
}

function RequestRow({ request, rowIndex, isOpen, onOpen }: RequestRowProps) {
  const { id, method, idempotency, error_code: code } = request;
  const address = addressOf(request);
  return (
    <tr
      aria-rowindex={rowIndex}
      onClick={(event) => {
        // The link does it by itself, and knows of new tabs.
        if (!(event.target instanceof HTMLElement && event.target.closest('a'))) onOpen(id);
      }}
      className={`cursor-pointer hover:bg-sunken ${isOpen ? 'bg-sunken' : ''}`}
    >
      <td className={`${ROW_CELL} hidden text-soft sm:table-cell`}>
        <Moment at={request.at} />
      </td>
      <td className={`${ROW_CELL} font-mono text-xs`}>{method}</td>
      <th scope="row" className={`${ROW_CELL} max-w-0 text-left font-normal`}>
        <Link
          to="/requests"
          search={(search) => ({ ...search, open: id })}
          data-request={id}
          aria-current={isOpen ? 'true' : undefined}
          title={address}
          className="block truncate font-mono text-xs text-accent hover:underline"
        >
          {address}
        </Link>
      </th>
      <td className={ROW_CELL}>
        <span className="flex items-center gap-2">
          <AnswerStatus status={request.status} />
          <span className="hidden text-xs text-soft xl:inline">{code}</span>
        </span>
      </td>
      <td className={`${ROW_CELL} hidden text-right whitespace-nowrap sm:table-cell`}>
        {formatDuration(request.duration_ms)}
      </td>
      <td className={`${ROW_CELL} hidden whitespace-nowrap lg:table-cell`}>
        {idempotency === null ? '' : VERDICTS[idempotency.verdict].word}
      </td>
      <td
        className={`${ROW_CELL} hidden font-mono text-xs whitespace-nowrap text-soft md:table-cell`}
      >
        …{shortId(request.request_id)}
      </td>
    </tr>
  );
}
