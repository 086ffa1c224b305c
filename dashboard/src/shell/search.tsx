/** Finds any id that is pasted: of a payment, a transaction, an event or a refund. Anything else is looked for in the list of payments. */
import { FarthingError } from '@farthing/sdk';
import { useNavigate } from '@tanstack/react-router';
import { Search as SearchIcon } from 'lucide-react';
import type { SubmitEvent, RefObject } from 'react';
import { service } from '../service/client.ts';
import { textIn } from '../shared/form-text.ts';
import { announce } from '../shared/notice.tsx';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
/** `evt_`, the payment's id without hyphens, and which of its events. */
const EVENT = /\bevt_([0-9a-f]{32})/i;
const REFUND = /\bre_[\w-]+/i;

export function Search({ field }: { field: RefObject<HTMLInputElement | null> }) {
  const navigate = useNavigate();
  const submit = async (text: string) => {
    const id = await paymentIdIn(text);
    if (id !== null) await navigate({ to: '/payments/$id', params: { id } });
    else if (text !== '') await navigate({ to: '/payments', search: { q: text } });
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = textIn(new FormData(event.currentTarget), 'q');
    field.current?.blur();
    submit(text).catch((error: unknown) => announce(faultOf(error, text)));
  };
  return (
    // Where there is little room, the field takes all of it while it is used.
    <search className="max-w-md min-w-0 flex-1 basis-20 max-sm:focus-within:absolute max-sm:focus-within:inset-x-3 max-sm:focus-within:z-10 max-sm:focus-within:w-auto">
      <form onSubmit={onSubmit} className="relative">
        <SearchIcon
          size={15}
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-soft"
        />
        <input
          ref={field}
          name="q"
          type="search"
          aria-label="Find a payment, transaction, event or refund by id; or a recipient or last four digits"
          placeholder="Find any id, recipient, last 4"
          autoComplete="off"
          spellCheck={false}
          className="min-h-8 w-full text-ellipsis rounded-md border border-line-strong bg-panel py-1 pr-2 pl-8 text-ellipsis"
        />
      </form>
    </search>
  );
}

function faultOf(error: unknown, text: string): string {
  if (error instanceof FarthingError && error.status !== 404) return error.detail;
  return `Nothing has the id ${text}`;
}

/** Null when there is no id in it. Rejects when there is one of something that does not exist. */
async function paymentIdIn(text: string): Promise<string | null> {
  const [refund] = REFUND.exec(text) ?? [];
  if (refund !== undefined) return (await service().refunds.get(refund)).payment_id;
  const [, hex] = EVENT.exec(text) ?? [];
  const id = hex === undefined ? UUID.exec(text)?.[0] : hyphenated(hex);
  if (id === undefined) return null;
  return (await service().payments.get(id.toLowerCase())).payment_id;
}

function hyphenated(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
