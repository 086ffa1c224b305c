/** The keys there are, and the switch that turns them off. */
import { Button } from '../shared/button.tsx';
import { Dialog } from '../shared/dialog.tsx';
import { setKeysOff, useKeysOff } from './keys.ts';
import { PAGES } from './pages.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Search'],
  ['Ctrl or ⌘ K', 'Everything that can be done'],
  ...PAGES.map(({ key, name }) => [`g ${key}`, `Go to ${name}`] as const),
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['Esc', 'Close'],
  ['c', 'Create a payment'],
  ['r', 'Retry the payment'],
  ['f', 'Refund the payment'],
  ['y', 'Copy its id'],
  ['Y', 'Copy its curl'],
  ['Space', 'Pause live updates, and go on'],
  ['t', 'Theme: system, light, dark'],
  ['?', 'This help'],
];

export function Help({ onClose }: { onClose: () => void }) {
  const areKeysOff = useKeysOff();
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        {KEYS.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt className="font-mono">{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="my-3 text-soft">
        They do nothing while you type.{' '}
        <a href="/docs" className="text-accent underline">
          API documentation
        </a>
      </p>
      <Button onClick={() => setKeysOff(!areKeysOff)}>
        {areKeysOff ? 'Turn keys on' : 'Turn keys off'}
      </Button>
    </Dialog>
  );
}
