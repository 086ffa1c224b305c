/** What comes in the middle of the page: making, changing and replaying an endpoint, and the secret that follows. */
import type { WebhookEndpoint } from '@farthing/sdk';
import { useNavigate } from '@tanstack/react-router';
import { EndpointForm } from './endpoint-form.tsx';
import { ReplayDialog } from './replay-dialog.tsx';
import { SecretDialog, type ShownSecret } from './secret-dialog.tsx';

export type OpenedDialog =
  | { readonly kind: 'create' }
  | { readonly kind: 'edit' | 'replay'; readonly endpoint: WebhookEndpoint };

interface WebhookDialogProps {
  readonly opened: OpenedDialog | null;
  /** Shown in the place of what is opened. */
  readonly secret: ShownSecret | null;
  readonly onSecret: (shown: ShownSecret | null) => void;
  readonly onClose: () => void;
}

export function WebhookDialog({ opened, secret, onSecret, onClose }: WebhookDialogProps) {
  const navigate = useNavigate();
  if (secret !== null) return <SecretDialog shown={secret} onClose={() => onSecret(null)} />;
  if (opened === null) return null;
  if (opened.kind === 'replay') {
    return <ReplayDialog endpoint={opened.endpoint} onClose={onClose} />;
  }
  return (
    <EndpointForm
      endpoint={opened.kind === 'edit' ? opened.endpoint : null}
      onSecret={onSecret}
      onDone={(endpoint) => {
        onClose();
        void navigate({ to: '/webhooks', search: { endpoint } });
      }}
      onClose={onClose}
    />
  );
}
