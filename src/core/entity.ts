/** Who a payment is told by, for risk: its card, and the device and the address that it came from. */
import { readAddress } from './address.ts';

export const ENTITY_KINDS = ['card', 'device', 'ip'] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** The name that an entity's history is kept under; made by `entityKey` alone. */
export type EntityKey = string;

/** Those that a payment names; null where it names none. */
export interface Subjects {
  /** The card's keyed fingerprint, never its number. */
  readonly card: string;
  readonly deviceId: string | null;
  readonly ip: string | null;
}

/** The keys of a payment's subjects. */
export interface SubjectKeys {
  readonly card: EntityKey;
  readonly device: EntityKey | null;
  readonly ip: EntityKey | null;
}

const LETTERS: Readonly<Record<EntityKind, string>> = { card: 'c', device: 'd', ip: 'i' };

/** `c:<fingerprint>`, `d:<device id>`, `i:<address>`, where all spellings of one address have one key. */
export function entityKey(kind: EntityKind, value: string): EntityKey {
  return `${LETTERS[kind]}:${kind === 'ip' ? readAddress(value).subject : value}`;
}

/** The kind of entity that a key names. */
export function kindOf(key: EntityKey): EntityKind {
  if (key[0] === LETTERS.card) return 'card';
  return key[0] === LETTERS.device ? 'device' : 'ip';
}

export function subjectKeys({ card, deviceId, ip }: Subjects): SubjectKeys {
  return {
    card: entityKey('card', card),
    device: deviceId === null ? null : entityKey('device', deviceId),
    ip: ip === null ? null : entityKey('ip', ip),
  };
}
