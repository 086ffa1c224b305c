/** Points in time, as short as they can be told today; the whole of it is in the title. */
export { formatDuration } from './duration.ts';

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

export function Moment({ at }: { at: string }) {
  const time = new Date(at);
  const isToday = time.toDateString() === new Date().toDateString();
  return (
    <time dateTime={at} title={at} className="whitespace-nowrap">
      {(isToday ? clock : dayAndClock).format(time)}
    </time>
  );
}
