/** The heading of a page, and the title of its window. */
import { useEffect } from 'react';

interface PageTitleProps {
  readonly children: string;
  /** Where the page says it in another way. */
  readonly isHidden?: boolean;
}

export function PageTitle({ children, isHidden = false }: PageTitleProps) {
  useEffect(() => {
    document.title = `${children} · Farthing`;
  }, [children]);
  return <h1 className={isHidden ? 'sr-only' : 'text-lg font-semibold'}>{children}</h1>;
}
