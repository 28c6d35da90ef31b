-- The least that keeps a number from going below zero. No retry is safe, nothing expires, nobody is told.
-- KEYS[1] stock; ARGV[1], ARGV[2] random numbers: the sku, and whether this one asks for too much.
local field = tostring(tonumber(ARGV[1]) % 20000)
local units = tonumber(ARGV[2]) % 20 == 0 and 5000 or 1
local available = tonumber(redis.call('HGET', KEYS[1], field))
if available >= units then
  redis.call('HINCRBY', KEYS[1], field, -units)
  return 1
end
return 0
