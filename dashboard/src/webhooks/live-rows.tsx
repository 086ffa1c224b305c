/** A list that is read again and again, as a table; one of its rows may be open beside it. */
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { Button } from '../shared/button.tsx';
import { HEAD_CELL, LiveTable, ROW_CELL } from '../shared/list/live-table.tsx';
import { Moment } from '../shared/moment.tsx';
import { formatCount } from '../shared/money.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import type { PagedQuestion, WebhookSearch } from './queries.ts';
import { useLiveList } from './use-live-list.ts';

interface LiveRowsProps<Item> {
  readonly title: string;
  readonly question: PagedQuestion<Item>;
  /** What the URL calls the one that is open. */
  readonly param: 'delivery' | 'message';
  readonly openId: string | undefined;
  /** Of the columns behind the time and the name, with the classes that hide some of them. */
  readonly columns: readonly (readonly [name: string, className: string])[];
  readonly timeOf: (item: Item) => string;
  /** Leads to it. */
  readonly nameOf: (item: Item) => string;
  readonly remarkOf: (item: Item) => string;
  /** As many as there are columns. */
  readonly cellsOf: (item: Item) => readonly ReactNode[];
  readonly empty: ReactNode;
  /** Beside the list, for the one that is open; undefined when it is not among those that are loaded. */
  readonly drawOpen?: (id: string, item: Item | undefined) => ReactNode;
}

type Searching = (search: WebhookSearch) => WebhookSearch;

export function LiveRows<Item extends { readonly id: string }>(props: LiveRowsProps<Item>) {
  const { title, question, param, openId } = props;
  const [isRead, setIsRead] = useState(false);
  const navigate = useNavigate();
  const list = useLiveList(question, isRead || openId !== undefined);
  const { rows, error, hasOlder } = list;
  const opening = (id: string): Searching => {
    return (search) => ({ ...search, [param]: id });
  };
  const open = (id: string) => void navigate({ to: '/webhooks', search: opening(id) });
  if (rows === null || (rows.length === 0 && !hasOlder)) {
    return (
      <Panel title={title}>
        {rows !== null && props.empty}
        {rows === null && error === null && <SkeletonRows rows={8} />}
        {rows === null && error !== null && <ProblemNote error={error} onRetry={list.retry} />}
      </Panel>
    );
  }
  return (
    <div className="flex flex-col lg:max-h-[75dvh]">
      <LiveTable
        label={title}
        testId={`${param}-list`}
        rows={rows}
        idOf={({ id }) => id}
        idAttribute={`data-${param}`}
        openId={openId ?? null}
        onOpen={open}
        head={<Head param={param} columns={props.columns} />}
        drawRow={(item, rowIndex) => (
          <tr
            key={item.id}
            aria-rowindex={rowIndex}
            onClick={({ target }) => {
              // Links do it by themselves, and know of new tabs.
              if (!(target instanceof HTMLElement && target.closest('a'))) open(item.id);
            }}
            className={`cursor-pointer hover:bg-sunken ${item.id === openId ? 'bg-sunken' : ''}`}
          >
            <Cells item={item} list={props} opening={opening(item.id)} />
          </tr>
        )}
        footer={
          hasOlder ? (
            <Button isBlocked={list.isLoadingOlder} onClick={list.loadOlder}>
              Load older
            </Button>
          ) : (
            `All ${formatCount(rows.length)} are shown`
          )
        }
        waiting={list.waiting}
        onShowWaiting={list.showWaiting}
        onHeldChange={setIsRead}
      />
      {openId !== undefined &&
        props.drawOpen?.(
          openId,
          rows.find(({ id }) => id === openId),
        )}
    </div>
  );
}

function Head({ param, columns }: Pick<LiveRowsProps<never>, 'param' | 'columns'>) {
  return (
    <>
      <th className={`${HEAD_CELL} hidden sm:table-cell`}>Time</th>
      <th className={HEAD_CELL}>{param === 'delivery' ? 'Event' : 'Message'}</th>
      {columns.map(([name, className]) => (
        <th key={name} className={`${HEAD_CELL} ${className}`}>
          {name}
        </th>
      ))}
    </>
  );
}

interface CellsProps<Item> {
  readonly item: Item;
  readonly list: LiveRowsProps<Item>;
  readonly opening: Searching;
}

function Cells<Item extends { readonly id: string }>({ item, list, opening }: CellsProps<Item>) {
  const { param, columns, openId } = list;
  const cells = list.cellsOf(item);
  return (
    <>
      <td className={`${ROW_CELL} hidden text-soft sm:table-cell`}>
        <Moment at={list.timeOf(item)} />
      </td>
      <th scope="row" className={`${ROW_CELL} max-w-44 truncate text-left font-normal`}>
        <Link
          to="/webhooks"
          search={opening}
          {...{ [`data-${param}`]: item.id }}
          aria-current={item.id === openId ? 'true' : undefined}
          className="text-accent hover:underline"
        >
          {list.nameOf(item)}
        </Link>
        <span className="text-soft"> {list.remarkOf(item)}</span>
      </th>
      {columns.map(([name, className], at) => (
        <td key={name} className={`${ROW_CELL} ${className}`}>
          {cells[at]}
        </td>
      ))}
    </>
  );
}
