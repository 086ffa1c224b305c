/** Where the key of all keyed hashes is kept. */
import { keyFromFile, keyFromText, temporaryKey } from '../adapters/system/secret-key.ts';
import type { Store } from '../engine/ports.ts';
import type { Config } from './config.ts';
import { hasFile, isPostgres } from './database-kind.ts';

/** On a server it is kept in the database, where every process finds the same, unless the environment has it. */
export async function secretKey(config: Config, store: Store): Promise<Buffer> {
  const { cardFingerprintKey } = config;
  if (cardFingerprintKey !== null) return keyFromText(cardFingerprintKey, 'CARD_FINGERPRINT_KEY');
  if (hasFile(config)) return keyFromFile(`${config.databasePath}.card-key`);
  const key = temporaryKey();
  if (!isPostgres(config)) return key;
  return keyFromText(await store.remember('card_key', key.toString('hex')), 'the database');
}
