import { PageTitle } from '../shared/page-title.tsx';
import { CardLab } from './card-lab.tsx';

export function CardLabPage() {
  return (
    <div className="flex flex-col gap-4">
      <div>
        <PageTitle>Card lab</PageTitle>
        <p className="text-soft">
          Authorize a card and see the decision, what it was made from, and what it did to the
          figures.
        </p>
      </div>
      <CardLab isWide />
    </div>
  );
}
