/**
 * The store keeps its connections to itself. A test that has to look at the writing one, or to
 * limit it, catches it here as it is configured. Deliveries have connections of their own, which are not meant.
 */
import { DatabaseSync } from 'node:sqlite';

type Exec = (this: DatabaseSync, sql: string) => void;

/** Runs `work` and gives back its result and the WAL connection that was made meanwhile. */
export async function withWriter<Value>(
  work: () => Value | Promise<Value>,
): Promise<{ value: Value; writer: DatabaseSync }> {
  const exec: Exec = Reflect.get(DatabaseSync.prototype, 'exec');
  const made = new Set<DatabaseSync>();
  DatabaseSync.prototype.exec = function catching(this: DatabaseSync, sql: string): void {
    const isOfLog = !(this.location() ?? '').endsWith('.webhooks');
    if (isOfLog && /journal_mode\s*=\s*wal/.test(sql)) made.add(this);
    exec.call(this, sql);
  };
  try {
    const value = await work();
    const [writer] = made;
    if (writer === undefined || made.size !== 1)
      throw new Error(`${made.size} writers were opened`);
    return { value, writer };
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
}
