/** How one of several things on a chart looks: never by its color alone, and the same in the drawing and in its legend. */
export interface Trace {
  readonly name: string;
  /** A custom property of the page, which each theme has another color for. */
  readonly color: `--${string}`;
  readonly pattern: Pattern;
}

/** Of bars; a line is dashed when it is not solid. */
export type Pattern = 'solid' | 'rising' | 'dots' | 'level' | 'crossed';

/** Both ways, and across the corners, so that a tile fits to the next. */
const RISING = [
  [-0.5, 0.5, 0.5, -0.5],
  [-0.5, 1.5, 1.5, -0.5],
  [0.5, 1.5, 1.5, 0.5],
] as const;
const FALLING = RISING.map(([x1, y1, x2, y2]) => [1 - x1, y1, 1 - x2, y2] as const);

/** From and to, in tiles. */
export const STROKES: Readonly<
  Record<Pattern, readonly (readonly [number, number, number, number])[]>
> = {
  solid: [],
  rising: RISING,
  dots: [[0.45, 0.5, 0.55, 0.5]],
  level: [[0, 0.5, 1, 0.5]],
  crossed: [...RISING, ...FALLING],
};
export const TILE_PX = 6;
