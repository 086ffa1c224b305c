/** What the service said about single fields of a request, to be shown at the fields that it was made of. */
import { FarthingError } from '@farthing/sdk';

/** Null when it found nothing wrong there. `pointer` is a JSON pointer into the body. */
export function faultAt(error: unknown, pointer: string): string | null {
  const fault = faultsOf(error).find((one) => one.pointer === pointer);
  if (fault === undefined) return null;
  return `${fault.detail.charAt(0).toUpperCase()}${fault.detail.slice(1)}.`;
}

/** Whether all that is wrong is shown at these fields already. */
export function isAllAt(error: unknown, pointers: readonly string[]): boolean {
  const faults = faultsOf(error);
  return faults.length > 0 && faults.every(({ pointer }) => pointers.includes(pointer));
}

function faultsOf(error: unknown) {
  return error instanceof FarthingError ? error.errors : [];
}
