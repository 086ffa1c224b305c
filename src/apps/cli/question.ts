/** Asking the person at the terminal. Questions go to stderr: stdout has results, and may be a pipe. */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** True when somebody can read a question and type an answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** What was typed, without blanks around it; null after Ctrl-C and Ctrl-D. A hidden answer is not shown while it is typed. */
export async function ask(
  question: string,
  { isHidden }: { isHidden: boolean },
): Promise<string | null> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({
    input: process.stdin,
    output: isHidden ? nowhere : process.stderr,
    terminal: true,
    historySize: 0,
  });
  // The line editor erases what stands before its own prompt.
  if (!isHidden) reader.setPrompt(question);
  return new Promise((resolve) => {
    let answer: string | null = null;
    reader.once('line', (line) => {
      answer = line.trim();
      reader.close();
    });
    reader.once('SIGINT', () => reader.close());
    reader.once('close', () => {
      if (isHidden || answer === null) process.stderr.write('\n');
      resolve(answer);
    });
  });
}
