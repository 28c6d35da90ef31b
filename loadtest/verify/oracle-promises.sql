-- What is promised, from the shoppers' log, and what may still be (SPEC.md §2). Run anew for each pass.

drop table if exists available;
drop table if exists owed;
drop table if exists ats;

create table available as
select o.sku, o.node, o.units as on_hand,
  coalesce((select sum(max(0, u.units)) from unavailable u where u.sku = o.sku and u.node = o.node), 0) as unavailable,
  coalesce((select sum(h.units) from hold h where h.sku = o.sku and h.node = o.node), 0) as reserved,
  coalesce(node.safety, 0) as safety,
  coalesce(i.units, 0) as inbound,
  0 as available
from on_hand o
left join node on node.id = o.node
left join inbound i on i.sku = o.sku and i.node = o.node;

-- AV1
update available set available = max(0, on_hand - unavailable - reserved - safety)
where coalesce((select enabled from node where node.id = available.node), 1)
  and coalesce((select enabled from item where item.sku = available.sku), 1);
create unique index available_key on available (sku, node);

-- Demand groups of a sku, numbered by bit.
create table owed as
select sku, node_group, sum(units) as units, row_number() over (partition by sku order by node_group) - 1 as bit
from hold where node_group is not null group by sku, node_group;
create index owed_key on owed (sku, bit);

-- AV2: over every choice of demand groups, what the channel's and the chosen groups' nodes hold, less what those groups are owed.
create table ats as
with recursive choice (sku, channel, node_group, mask) as (
  select s.sku, c.id, c.node_group, 0 from (select distinct sku from position) s cross join channel c
  union all
  select sku, channel, node_group, mask + 1 from choice
  where mask + 1 < (1 << (select count(*) from owed where owed.sku = choice.sku))
),
room as (
  select sku, channel,
    coalesce((
      select sum(a.available) from available a
      where a.sku = choice.sku and (
        exists (select 1 from group_node g where g.node_group = choice.node_group and g.node = a.node)
        or (mask > 0 and exists (
          select 1 from owed o join group_node g on g.node_group = o.node_group
          where o.sku = choice.sku and (mask >> o.bit) & 1 and g.node = a.node
        ))
      )
    ), 0)
    - coalesce((select sum(o.units) from owed o where o.sku = choice.sku and (mask >> o.bit) & 1), 0) as units
  from choice
)
select sku, channel, max(0, min(units)) as ats from room group by sku, channel;
