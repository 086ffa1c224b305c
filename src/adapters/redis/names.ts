/**
 * Names of keys and channels. All begin with the name of the database that they are about, so that several installations can
 * share one Redis; it stands in braces, so that a Redis Cluster keeps them together and a script may use several.
 */
export interface Names {
  readonly hints: string;
  /** What queues begin with. */
  readonly queues: string;
  readonly limit: (caller: string) => string;
  readonly features: string;
}

export function namesFor(installation: string): Names {
  const base = `farthing:{${installation}}`;
  return {
    hints: `${base}:hints`,
    queues: `${base}:queues`,
    limit: (caller) => `${base}:limit:${caller}`,
    features: `${base}:features`,
  };
}
