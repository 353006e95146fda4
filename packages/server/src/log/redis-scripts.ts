/**
 * What must happen in Redis all at once. Every script touches the keys of one slot alone. All of them can be repeated: an
 * answer that was lost with its connection leaves open whether the script ran. Redis 6.2 is enough for each.
 */
import { createHash } from 'node:crypto'

export interface RedisScript {
  readonly lua: string
  readonly sha: string
}

function script(lua: string): RedisScript {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/**
 * Adds batches to a run. KEYS: lease, entries. ARGV: epoch, how many batches there are already, then id and value of each.
 * Returns 1; 0 where the lease is not this writer's (ask `renew`); or, where other batches are there than the writer
 * knows of, {last seq, its tokens, how many}. A repeat of what is there already changes nothing.
 */
const append = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local length = redis.call('XLEN', KEYS[2])
if length ~= tonumber(ARGV[2]) then
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  if not last then return { 0, 0, 0 } end
  if last[1] == ARGV[#ARGV - 1] then return 1 end
  return { tonumber(string.match(last[1], '^%d+')), tonumber(string.match(last[2][2], '^%d+')), length }
end
for i = 3, #ARGV, 2 do redis.call('XADD', KEYS[2], ARGV[i], 'b', ARGV[i + 1]) end
return 1`)

/**
 * As `append`, and ends the run: from then on its thread is free, and it lives for so long.
 * KEYS: lease, entries, record. ARGV: epoch, batches there, end, last seq, tokens, ms that entries are kept, ms that the
 * record is, then id and value of each batch.
 */
const finish = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local length = redis.call('XLEN', KEYS[2])
if length ~= tonumber(ARGV[2]) then
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  if not last then return { 0, 0, 0 } end
  return { tonumber(string.match(last[1], '^%d+')), tonumber(string.match(last[2][2], '^%d+')), length }
end
for i = 8, #ARGV, 2 do redis.call('XADD', KEYS[2], ARGV[i], 'b', ARGV[i + 1]) end
redis.call('HSET', KEYS[3], 'end', ARGV[3], 'lastSeq', ARGV[4], 'tokens', ARGV[5])
redis.call('HDEL', KEYS[3], 'stopping')
redis.call('DEL', KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
redis.call('PEXPIRE', KEYS[3], ARGV[7])
return 1`)

/**
 * Proves that a writer lives. A lease that ran out is taken again as long as nobody else has the run.
 * KEYS: lease, record, gone, entries. ARGV: epoch, ms of the lease, ms that the run is kept.
 * Returns 1; 2 where somebody asked to stop; 3 where this very writer has ended the run; 0 where the run is another
 * writer's; -1 where it was taken away on purpose; -2 where nothing is known of it.
 */
const renew = script(`
local record = redis.call('HMGET', KEYS[2], 'epoch', 'end', 'stopping')
if not record[1] then return redis.call('EXISTS', KEYS[3]) == 1 and -1 or -2 end
if record[1] ~= ARGV[1] then return 0 end
if record[2] then return 3 end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[3])
return record[3] and 2 or 1`)

/** Makes a run that is being opened. KEYS: record, lease. ARGV: ms of the lease, ms it is kept, then fields and values. */
const create = script(`
redis.call('HSET', KEYS[1], 'epoch', '1', 'opening', '1', unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
return 1`)

/** The run has all its claims. KEYS: record, lease. ARGV: ms of the lease. Returns 0 where it is gone by now. */
const opened = script(`
if redis.call('HGET', KEYS[1], 'epoch') ~= '1' then return 0 end
redis.call('HDEL', KEYS[1], 'opening')
redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
return 1`)

/** Notes when the first token came. KEYS: record. ARGV: ms since the epoch. */
const firstToken = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSETNX', KEYS[1], 'firstTokenAt', ARGV[1])`)

/**
 * Gives a message id to a run, unless another has it than the one which is known to be no more.
 * KEYS: message. ARGV: run id, the id known to be no more or '', ms. Returns the id of the other run.
 */
const claimMessage = script(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[2] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return false`)

/** Gives a message id back. KEYS: message. ARGV: run id. */
const releaseMessage = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

/**
 * Makes a run the latest of its thread, unless the latest is another than the one which is known to have ended.
 * KEYS: thread. ARGV: run id, the id known to have ended or '', ms. Returns the id of the other run.
 */
const claimThread = script(`
local latest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if latest[1] == ARGV[1] then return false end
if latest[1] and latest[1] ~= ARGV[2] then return latest[1] end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local score = now
if latest[2] and tonumber(latest[2]) >= now then score = latest[2] + 1 end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
redis.call('ZADD', KEYS[1], score, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return false`)

/**
 * What is known of a run. KEYS: record, entries, lease. Returns nothing, or {fields and values, last seq, tokens, whether it
 * has entries, whether it has a lease}; an ended run's seq and tokens stand in its record.
 */
const info = script(`
local record = redis.call('HGETALL', KEYS[1])
if #record == 0 then return false end
local lease = redis.call('EXISTS', KEYS[3])
if redis.call('HEXISTS', KEYS[1], 'end') == 1 then
  return { record, 0, 0, redis.call('EXISTS', KEYS[2]), lease }
end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if not last then return { record, 0, 0, 0, lease } end
return { record, tonumber(string.match(last[1], '^%d+')), tonumber(string.match(last[2][2], '^%d+')), 1, lease }`)

/**
 * The batches from the one on that holds seq `after` + 1, as many as make one for a reader.
 * KEYS: record, entries, gone. ARGV: after, bytes. Returns {state, last seq, then id and value of each}, the state being 0 for
 * a running run, 1 for an ended one, 2 for an expired one, -1 for one that was taken away, -2 for an unknown one.
 */
const load = script(`
local record = redis.call('HMGET', KEYS[1], 'threadId', 'end')
if not record[1] then return { redis.call('EXISTS', KEYS[3]) == 1 and -1 or -2, 0 } end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if not last then return { record[2] and 2 or 0, 0 } end
local reply = { record[2] and 1 or 0, tonumber(string.match(last[1], '^%d+')) }
local from = string.format('%d-0', ARGV[1] + 1)
local left = tonumber(ARGV[2])
local bytes = 0
local count = 1
while true do
  local rows = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', count)
  for _, row in ipairs(rows) do
    local size = tonumber(string.match(row[2][2], '^%d+ p(%d+)')) or #row[2][2]
    if size > left and #reply > 2 then return reply end
    left = left - size
    bytes = bytes + size
    reply[#reply + 1] = row[1]
    reply[#reply + 1] = row[2][2]
  end
  if #rows < count or left <= 0 then return reply end
  from = '(' .. rows[#rows][1]
  count = math.max(1, math.min(256, math.floor(left * (#reply - 2) / 2 / math.max(bytes, 1))))
end`)

/** Asks a run to stop. KEYS: record. Returns nothing for an unknown run, its end where it has one, else ''. */
const stop = script(`
local record = redis.call('HMGET', KEYS[1], 'threadId', 'end')
if not record[1] then return false end
if record[2] then return record[2] end
redis.call('HSET', KEYS[1], 'stopping', '1')
return ''`)

/** Runs that should be looked at again after so many ms. KEYS: running. ARGV: ms, ms that the list is kept, then run ids. */
const watch = script(`
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], due, ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

/** Runs whose lease should be looked at now. KEYS: running. ARGV: how many at most. */
const due = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])`)

/**
 * Takes a run whose writer is dead. KEYS: record, entries, lease, gone. ARGV: ms of the lease, ms that the run is kept, ms that it is
 * remembered to be gone. Returns {1, fields and values, last seq, tokens, batches}; {2, fields and values} where it had
 * no entry and was removed; {3, ms} where its writer lives; {0} where there is nothing to take.
 */
const adopt = script(`
local record = redis.call('HMGET', KEYS[1], 'threadId', 'end')
if not record[1] or record[2] then return { 0 } end
local left = redis.call('PTTL', KEYS[3])
if left > 0 then return { 3, left } end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if not last then
  local fields = redis.call('HGETALL', KEYS[1])
  redis.call('DEL', KEYS[1], KEYS[3])
  redis.call('SET', KEYS[4], '1', 'PX', ARGV[3])
  return { 2, fields }
end
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('SET', KEYS[3], epoch, 'PX', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return { 1, redis.call('HGETALL', KEYS[1]), tonumber(string.match(last[1], '^%d+')),
  tonumber(string.match(last[2][2], '^%d+')), redis.call('XLEN', KEYS[2]) }`)

/**
 * Takes a run away. KEYS: record, entries, lease, gone. ARGV: ms that it is remembered to be gone, and an epoch where only
 * that writer may do so, of a run without entries. Of one that was never fully opened nobody asks where it is.
 */
const remove = script(`
if ARGV[2] then
  if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] or redis.call('XLEN', KEYS[2]) > 0 then return 0 end
end
if redis.call('HEXISTS', KEYS[1], 'opening') == 0 then redis.call('SET', KEYS[4], '1', 'PX', ARGV[1]) end
return redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])`)

/** These runs have ended. KEYS: running. ARGV: run ids. */
const unwatch = script("return redis.call('ZREM', KEYS[1], unpack(ARGV))")

/** Gives a lease back: the run may be adopted at once. KEYS: lease. ARGV: epoch. */
const resign = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

export const scripts = {
  append,
  finish,
  renew,
  create,
  opened,
  firstToken,
  claimMessage,
  releaseMessage,
  claimThread,
  info,
  load,
  stop,
  watch,
  due,
  adopt,
  remove,
  resign,
  unwatch,
}

/** Whether Redis does not know a script any more. */
export function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
