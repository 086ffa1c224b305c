/**
 * What is done to the features in Redis, each at once or not at all. Their keys, in the order in which scripts get them:
 *
 *     meta     hash: version, epoch (of this making), log, position, mark; not there: nothing is known
 *     counts   hash: how many entities each shard has, so that one that Redis has thrown away is noticed
 *     lease    the keeper's name
 *     shards   two hashes each, young and old: an entity's key -> its history. What is written goes into the young one; when
 *              that is full it becomes the old one, and what was left in the old one is forgotten, as in a process's memory
 */

/** ARGV: version, log, position (of `advance`: it must be there; of `put`: it must not be beyond), then the shards' names. */
const CHECK = `
local meta = redis.call('hmget', KEYS[1], 'version', 'log', 'position')
if not meta[1] or meta[1] ~= ARGV[1] or meta[2] ~= ARGV[2] then return 'moved' end
local shards = (#KEYS - 3) / 2
local names = {}
for shard = 1, shards do
  local young, old = KEYS[2 + 2 * shard], KEYS[3 + 2 * shard]
  names[shard] = ARGV[7 + shard]
  local count = redis.call('hlen', young) + redis.call('hlen', old)
  if count ~= tonumber(redis.call('hget', KEYS[2], names[shard]) or '0') then
    redis.call('del', KEYS[1])
    return 'torn'
  end
end`;

/** Then ARGV: the most entities of a young hash of each shard; then shard, key and history of each entry. */
const WRITE = `
local fullAt = {}
for shard = 1, shards do fullAt[shard] = tonumber(ARGV[7 + shards + shard]) end
for at = 8 + 2 * shards, #ARGV, 3 do
  local shard = tonumber(ARGV[at])
  redis.call('hset', KEYS[2 + 2 * shard], ARGV[at + 1], ARGV[at + 2])
  redis.call('hdel', KEYS[3 + 2 * shard], ARGV[at + 1])
end
for shard = 1, shards do
  local young, old = KEYS[2 + 2 * shard], KEYS[3 + 2 * shard]
  if redis.call('hlen', young) >= fullAt[shard] then redis.call('rename', young, old) end
  local count = redis.call('hlen', young) + redis.call('hlen', old)
  redis.call('hset', KEYS[2], names[shard], count)
end`;

/** ARGV 4: the keeper; 5: the new position; 6, 7: the mark's sequence and request id, empty for the one before. */
export const ADVANCE = `
if redis.call('get', KEYS[3]) ~= ARGV[4] then return 'lost' end
${CHECK}
if meta[3] ~= ARGV[3] then return 'moved' end
${WRITE}
redis.call('hset', KEYS[1], 'position', ARGV[5])
if ARGV[6] ~= '' then redis.call('hset', KEYS[1], 'mark', ARGV[6], 'markRequest', ARGV[7]) end
return 'written'`;

export const PUT = `
${CHECK}
if tonumber(meta[3]) > tonumber(ARGV[3]) then return 'behind' end
${WRITE}
return 'written'`;

/** KEYS: meta, counts, lease, all shards; ARGV: version, log, keeper, epoch. */
export const BEGIN = `
if redis.call('get', KEYS[3]) ~= ARGV[3] then return 'lost' end
redis.call('del', KEYS[1], KEYS[2])
for key = 4, #KEYS do redis.call('unlink', KEYS[key]) end
redis.call('hset', KEYS[1], 'version', ARGV[1], 'log', ARGV[2], 'position', 0, 'epoch', ARGV[4])
return 'written'`;

/** KEYS: lease; ARGV: keeper, for how many milliseconds. */
export const HOLD = `
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return 1`;

/** KEYS: counts, young, old; ARGV: the shard's name. */
export const SHARD = `
return {redis.call('hgetall', KEYS[3]), redis.call('hgetall', KEYS[2]),
  redis.call('hget', KEYS[1], ARGV[1]) or '0'}`;
