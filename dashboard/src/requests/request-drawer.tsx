/** A request beside the list it was opened from; the list stays usable. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Drawer } from '../shared/dialog.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { SkeletonRows } from '../shared/waiting.tsx';
import { useKey } from '../shell/keys.ts';
import { RequestDetail } from './request-detail.tsx';
import { filtersIn } from './request-words.ts';
import { requestQuery } from './requests-queries.ts';

const route = getRouteApi('/requests');

export function RequestDrawer({ id }: { id: string }) {
  const navigate = route.useNavigate();
  const { data: request, error, refetch } = useQuery(requestQuery(id));
  const close = () => void navigate({ search: filtersIn });
  useKey('Escape', close);
  return (
    <Drawer title="Request" onClose={close}>
      {request !== undefined && <RequestDetail key={id} request={request} />}
      {request === undefined &&
        (error === null ? (
          <SkeletonRows rows={7} height="h-7" />
        ) : (
          <ProblemNote error={error} onRetry={() => void refetch()} />
        ))}
    </Drawer>
  );
}
