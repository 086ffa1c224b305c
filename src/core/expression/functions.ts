/** The functions of the language, each as in CEL. All of them take texts only. */
import type { Run, Term } from './terms.ts';

/** `usage` shows people how it is called; `texts` counts a method's receiver. */
export type TextFunction =
  | {
      readonly usage: string;
      readonly texts: 1;
      readonly make: <F>(text: Run<F, string>) => Term<F>;
    }
  | {
      readonly usage: string;
      readonly texts: 2;
      readonly make: <F>(text: Run<F, string>, other: Run<F, string>) => Term<F>;
    };

/** By name; a method's begins with a dot. None that matches patterns: those can take for ever. */
export const FUNCTIONS: ReadonlyMap<string, TextFunction> = new Map<string, TextFunction>([
  ['size', { usage: 'size(text)', texts: 1, make: size }],
  ['.lowerAscii', { usage: 'text.lowerAscii()', texts: 1, make: lowerAscii }],
  ['.startsWith', { usage: 'text.startsWith(text)', texts: 2, make: startsWith }],
  ['.endsWith', { usage: 'text.endsWith(text)', texts: 2, make: endsWith }],
  ['.contains', { usage: 'text.contains(text)', texts: 2, make: contains }],
]);

/** Counts characters (Unicode code points). */
function size<F>(text: Run<F, string>): Term<F> {
  return { type: 'number', run: (facts) => Array.from(text(facts)).length };
}

/** Leaves all but A to Z alone: elsewhere, how long a text is can depend on its case. */
function lowerAscii<F>(text: Run<F, string>): Term<F> {
  const lower = (letters: string) => letters.toLowerCase();
  return { type: 'text', run: (facts) => text(facts).replace(/[A-Z]+/g, lower) };
}

function startsWith<F>(text: Run<F, string>, other: Run<F, string>): Term<F> {
  return { type: 'bool', run: (facts) => text(facts).startsWith(other(facts)) };
}

function endsWith<F>(text: Run<F, string>, other: Run<F, string>): Term<F> {
  return { type: 'bool', run: (facts) => text(facts).endsWith(other(facts)) };
}

function contains<F>(text: Run<F, string>, other: Run<F, string>): Term<F> {
  return { type: 'bool', run: (facts) => text(facts).includes(other(facts)) };
}
