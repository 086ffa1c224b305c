/** A field that says what stands in the URL, also when that changes, and keeps the focus meanwhile. */
import { type RefObject, useEffect, useRef } from 'react';

export function useFieldValue(value: string): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (field.current !== null) field.current.value = value;
  }, [value]);
  return field;
}
