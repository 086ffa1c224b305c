/** Places for what has not come yet, of the size it will have; and for lists that have nothing in them. */
import type { ReactNode } from 'react';

export function Skeleton({ className = '' }: { className?: string }) {
  return <span aria-hidden className={`skeleton block ${className}`} />;
}

export function SkeletonRows({ rows, height = 'h-5' }: { rows: number; height?: string }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3 p-3">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className={`w-full ${height}`} />
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** Says that there is nothing, and what would be there; what is in it leads on. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children}
    </div>
  );
}
