/** What differs from the defaults as a file, to start another service with. Secrets stay here. */
import type { ConfigurationSetting as Setting } from '@farthing/sdk';
import { Download } from 'lucide-react';
import { Button } from '../shared/button.tsx';
import { announce } from '../shared/notice.tsx';
import { envText, jsonText } from './settings-file.ts';

export function Export({ settings }: { settings: readonly Setting[] }) {
  const changed = settings.filter(({ source }) => source !== 'default');
  const save = (name: string, type: string, text: string) => {
    if (changed.length === 0) return announce('Nothing to save: everything is at its default');
    download(name, new Blob([text], { type }));
    const secrets = changed.filter(({ secret }) => secret).length;
    announce(secrets === 0 ? `Saved ${name}` : `Saved ${name} without ${secrets} secret values`);
  };
  return (
    <span className="flex flex-wrap items-center gap-1">
      <span className="text-soft">
        {changed.length === 0 ? 'All at their defaults' : `${changed.length} changed`}
      </span>
      <Button
        look="quiet"
        isBlocked={changed.length === 0}
        onClick={() => save('farthing.env', 'text/plain', envText(changed))}
      >
        <Download size={14} aria-hidden />
        .env
      </Button>
      <Button
        look="quiet"
        isBlocked={changed.length === 0}
        onClick={() => save('farthing.json', 'application/json', jsonText(changed))}
      >
        <Download size={14} aria-hidden />
        JSON
      </Button>
    </span>
  );
}

function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
