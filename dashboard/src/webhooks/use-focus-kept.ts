/** What goes away with the focus in it, or with what had it before, leaves the focus to the page. */
import { useEffect } from 'react';

export function useFocusKept(): void {
  useEffect(
    () => () => {
      if (document.activeElement === document.body) document.getElementById('page')?.focus();
    },
    [],
  );
}
