-- What the same promise takes: a retry gets its first answer, a hold ends by itself, the change is told.
-- KEYS[1] stock; ARGV[1..3] random numbers that make the idempotency key; ARGV[4], ARGV[5] sku and kind of request.
local key = 'key:' .. ARGV[1] .. ARGV[2] .. ARGV[3]
local first = redis.call('GET', key)
if first then return first end

local seed, kind = tonumber(ARGV[4]), tonumber(ARGV[5]) % 20
local units = kind == 0 and 5000 or 1
local fields = { tostring(seed % 20000) }
if kind >= 1 and kind <= 4 then fields[2] = tostring((seed + 1009) % 20000) end

for i = 1, #fields do
  if tonumber(redis.call('HGET', KEYS[1], fields[i])) < units then
    redis.call('SET', key, 'no', 'PX', 86400000)
    return 'no'
  end
end

local now = redis.call('TIME')
local expires = now[1] * 1000 + 900000
local id = 'hold:' .. redis.call('INCR', 'holds')
for i = 1, #fields do
  local left = redis.call('HINCRBY', KEYS[1], fields[i], -units)
  redis.call('HSET', id, fields[i], units)
  redis.call('PUBLISH', 'changes', fields[i] .. ' ' .. left)
end
redis.call('ZADD', 'expiry', expires, id)
redis.call('SET', key, id, 'PX', 87300000)
return id
