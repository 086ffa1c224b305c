/** What is kept in this browser and nowhere else. */
import { Button } from '../shared/button.tsx';
import { Choice, Field } from '../shared/field.tsx';
import { Panel } from '../shared/panel.tsx';
import { setKeysOff, useKeysOff } from '../shell/keys.ts';
import { setTheme, THEMES, useTheme } from '../shell/theme.ts';

const WORDS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

export function BrowserSettings() {
  const theme = useTheme();
  const areKeysOff = useKeysOff();
  return (
    <Panel title="This browser">
      <div className="flex flex-col items-start gap-3 p-3">
        <Field label="Theme" className="w-full">
          {(aria) => (
            <Choice
              value={theme}
              onChange={({ currentTarget }) =>
                setTheme(THEMES.find((one) => one === currentTarget.value) ?? 'system')
              }
              {...aria}
            >
              {THEMES.map((one) => (
                <option key={one} value={one}>
                  {WORDS[one]}
                </option>
              ))}
            </Choice>
          )}
        </Field>
        <p className="text-soft">
          {areKeysOff
            ? 'Single keys do nothing.'
            : 'Single keys do things: press ? to see which. They do nothing while you type.'}
        </p>
        <Button onClick={() => setKeysOff(!areKeysOff)}>
          {areKeysOff ? 'Turn keys on' : 'Turn keys off'}
        </Button>
      </div>
    </Panel>
  );
}
