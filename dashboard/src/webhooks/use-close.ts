/** Closes what is open beside a list, by Escape too. */
import { useNavigate } from '@tanstack/react-router';
import { useKey } from '../shell/keys.ts';

export function useClose(param: 'delivery' | 'message'): () => void {
  const navigate = useNavigate();
  const close = () =>
    void navigate({ to: '/webhooks', search: (search) => ({ ...search, [param]: '' }) });
  useKey('Escape', close);
  return close;
}
