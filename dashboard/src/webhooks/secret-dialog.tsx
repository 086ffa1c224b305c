/** The secret of an endpoint, the one time it can be seen. Nothing of it stays on the page when this is closed. */
import { TriangleAlert } from 'lucide-react';
import { Button } from '../shared/button.tsx';
import { CopyButton } from '../shared/copy.tsx';
import { Dialog } from '../shared/dialog.tsx';
import { useFocusKept } from './use-focus-kept.ts';

export interface ShownSecret {
  readonly secret: string;
  readonly url: string;
  /** The one before still signs, beside it. */
  readonly isRotated: boolean;
}

export function SecretDialog({ shown, onClose }: { shown: ShownSecret; onClose: () => void }) {
  useFocusKept();
  const { secret, url, isRotated } = shown;
  return (
    <Dialog title="Signing secret" onClose={onClose}>
      <div className="flex flex-col gap-3">
        <p>
          Every webhook to <code className="break-all">{url}</code> is signed with it.
        </p>
        <p className="flex items-center gap-1 rounded-md bg-sunken p-2">
          <code data-testid="secret" className="min-w-0 flex-1 break-all">
            {secret}
          </code>
          <CopyButton what="secret" text={() => secret} />
        </p>
        <p className="flex gap-2 text-hold">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          Keep it now: it cannot be shown again. When it is lost, rotate it.
        </p>
        {isRotated && <p>For 24 hours the secret before it signs too, beside this one.</p>}
        <Button look="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  );
}
