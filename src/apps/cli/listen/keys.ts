/** Keys that mean something while `listen` runs. The terminal is given back as it was, however the command ends. */
import process from 'node:process';

export interface Keys {
  readonly onResend: () => void;
  readonly onQuit: () => void;
}

/** What it needs of standard input. */
export type Keyboard = Pick<NodeJS.ReadStream, 'on' | 'off' | 'setRawMode' | 'pause'>;

/** True when somebody can press one. */
export function hasKeys(): boolean {
  return process.stdin.isTTY;
}

/** Gives a function that stops listening to them. */
export function listenToKeys(keyboard: Keyboard, keys: Keys): () => void {
  const onInput = (chunk: Buffer) => pressed(chunk.toString(), keys);
  const restore = () => {
    keyboard.off('data', onInput);
    keyboard.setRawMode(false);
    keyboard.pause();
    process.off('exit', restore);
  };
  keyboard.setRawMode(true);
  keyboard.on('data', onInput);
  process.once('exit', restore);
  return restore;
}

/** What came from the terminal at once: a key, one pressed twice, or the several characters of an arrow. */
function pressed(input: string, { onResend, onQuit }: Keys): void {
  if (/^r+$/i.test(input)) for (const _ of input) onResend();
  // In raw mode Ctrl-C and Ctrl-D are characters like others.
  else if (/^q+$/i.test(input) || input.includes('\u0003') || input.includes('\u0004')) onQuit();
}
