/** Nobody hears of anything yet: one press, and a signed webhook can be looked at. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { service } from '../service/client.ts';
import { Button } from '../shared/button.tsx';
import { Curl } from '../shared/curl.tsx';
import { ProblemNote } from '../shared/problem.tsx';
import { Empty } from '../shared/waiting.tsx';
import { DEMO_SINK, refreshWebhooks } from './queries.ts';
import type { ShownSecret } from './secret-dialog.tsx';
import { useFocusKept } from './use-focus-kept.ts';

const FIRST_ENDPOINT = { url: `/sinks/${DEMO_SINK}`, description: 'The built-in sink' };

export function NoEndpoints({ onSecret }: { onSecret: (shown: ShownSecret) => void }) {
  const navigate = useNavigate();
  useFocusKept();
  const begin = useMutation({
    mutationFn: async () => {
      const { id, url, secret } = await service().webhookEndpoints.create(FIRST_ENDPOINT);
      onSecret({ secret, url, isRotated: false });
      await service().webhookEndpoints.test(id);
    },
    onSettled: refreshWebhooks,
    onSuccess: () => navigate({ to: '/webhooks', search: { view: 'sink', sink: DEMO_SINK } }),
  });
  return (
    <Empty title="Nobody is told of anything yet">
      <p className="max-w-xl text-soft">
        An endpoint gets every event as a signed POST. The built-in sink is a receiver that is here
        already: it shows what arrives and checks its signature.
      </p>
      <Button look="primary" isBlocked={begin.isPending} onClick={() => begin.mutate()}>
        Create an endpoint that points to the built-in sink
      </Button>
      {begin.error !== null && <ProblemNote error={begin.error} />}
      <div className="w-full max-w-xl text-left">
        <Curl request={{ method: 'POST', path: '/webhook-endpoints', body: FIRST_ENDPOINT }} />
      </div>
    </Empty>
  );
}
