/** A part of a page with a name; what goes wrong in one leaves the others standing. */
import { Component, type ReactNode } from 'react';
import { ProblemNote } from './problem.tsx';

interface PanelProps {
  readonly title: string;
  /** Beside the title: a count, a button. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly testId?: string;
  readonly className?: string;
}

export function Panel({ title, aside, children, testId, className = '' }: PanelProps) {
  return (
    <section
      aria-label={title}
      data-testid={testId}
      className={`min-w-0 rounded-lg border border-line bg-panel ${className}`}
    >
      <header className="flex min-h-10 flex-wrap items-center justify-between gap-x-3 border-b border-line px-3 py-1">
        <h2 className="font-semibold">{title}</h2>
        {aside}
      </header>
      <Boundary>{children}</Boundary>
    </section>
  );
}

interface BoundaryProps {
  readonly children: ReactNode;
}

/** Catches what a part of a page throws while it is drawn. */
class Boundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override readonly state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <ProblemNote error={error} onRetry={() => this.setState({ error: null })} />;
  }
}
