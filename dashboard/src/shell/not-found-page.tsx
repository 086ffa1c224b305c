import { Link } from '@tanstack/react-router';
import { Empty } from '../shared/waiting.tsx';

export function NotFoundPage() {
  return (
    <Empty title="There is no such page">
      <Link to="/" className="text-accent underline">
        To the overview
      </Link>
    </Empty>
  );
}
