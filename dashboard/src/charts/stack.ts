/** What bars that stand on one another reach up to: for each column, in each step, the sum of it and those below. */
export function stackOf(columns: readonly (readonly (number | null)[])[]): number[][] {
  const sums: number[] = [];
  return columns.map((column) =>
    column.map((value, step) => (sums[step] = (sums[step] ?? 0) + (value ?? 0))),
  );
}
