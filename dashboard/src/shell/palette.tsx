/** Everything that can be done from anywhere, found by typing a part of its name (Ctrl or ⌘ K). */
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useState } from 'react';
import { liveFeed } from '../service/live.ts';
import { Dialog } from '../shared/dialog.tsx';
import { TextInput } from '../shared/field.tsx';
import { announce } from '../shared/notice.tsx';
import { PAGES } from './pages.ts';
import { nextTheme } from './theme.ts';

interface Command {
  readonly name: string;
  readonly keys: string;
  readonly run: () => unknown;
}

interface PaletteProps {
  readonly onClose: () => void;
  readonly onNewPayment: () => void;
  readonly onHelp: () => void;
}

export function Palette({ onClose, ...actions }: PaletteProps) {
  const listId = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const commands = useCommands(actions).filter(({ name }) =>
    name.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((at + step + commands.length) % Math.max(commands.length, 1));
    else if (event.key === 'Enter') run(commands[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="What to do?" onClose={onClose}>
      <form onSubmit={(event) => event.preventDefault()}>
        <TextInput
          role="combobox"
          aria-label="What to do"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={commands[at] === undefined ? undefined : `${listId}-${at}`}
          autoComplete="off"
          placeholder="Type a part of its name"
          value={text}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
        />
      </form>
      <ul id={listId} role="listbox" aria-label="Commands" className="mt-2 flex flex-col">
        {commands.map((command, index) => (
          <li
            key={command.name}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => run(command)}
            onMouseMove={() => setAt(index)}
            className="flex cursor-pointer justify-between rounded-md px-2 py-1.5 aria-selected:bg-sunken aria-selected:font-medium"
          >
            {command.name}
            <kbd className="font-mono text-soft">{command.keys}</kbd>
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p className="px-2 py-1.5 text-soft">Nothing is called so</p>}
    </Dialog>
  );
}

function useCommands(actions: Omit<PaletteProps, 'onClose'>): readonly Command[] {
  const navigate = useNavigate();
  return [
    ...PAGES.map(({ to, name, key }) => ({
      name: `Go to ${name}`,
      keys: `g ${key}`,
      run: () => void navigate({ to }),
    })),
    { name: 'New payment', keys: 'c', run: actions.onNewPayment },
    { name: 'Pause or go on live', keys: 'Space', run: liveFeed.togglePause },
    { name: 'Change the theme', keys: 't', run: () => announce(`Theme: ${nextTheme()}`) },
    { name: 'Show the keys', keys: '?', run: actions.onHelp },
    { name: 'Open the API documentation', keys: '', run: () => location.assign('/docs') },
  ];
}
