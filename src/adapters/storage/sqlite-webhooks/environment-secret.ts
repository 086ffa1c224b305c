/** The secret of the endpoint that WEBHOOK_URL names, for whoever may read the file beside the server. */
import { openReadOnly } from '../sqlite/database.ts';
import { text } from '../rows.ts';

/** By the endpoint's id; it throws when the file cannot be read. */
export function environmentSecrets(path: string): ReadonlyMap<string, string> {
  const database = openReadOnly(path);
  try {
    const rows = database
      .prepare('select endpoint_id, secret from endpoints where is_from_environment = 1')
      .all();
    return new Map(rows.map((row) => [text(row, 'endpoint_id'), text(row, 'secret')]));
  } finally {
    database.close();
  }
}
