/** How the tables of the books look: a line above every row but the head. */
export const HEAD = 'px-3 py-1.5 text-left font-normal text-soft';
export const CELL = 'border-t border-line px-3 py-1.5 align-top';
