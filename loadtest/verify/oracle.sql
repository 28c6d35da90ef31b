-- The second computation: what SPEC.md §3 says the stock must be, straight from the raw rows, in set language.
-- It knows no order of arrival, so it cannot share a mistake about one. Tables raw_* are the files as they are, all text.

-- ── the rows of all files in one shape ─────────────────────────────────────

create table movement (
  source text, id text, kind text, sku text, node text, at integer, posted_at integer, stream text, epoch integer, seq integer,
  -- millionths of a unit, so that sums are exact (FD15)
  micros integer, from_state text, to_state text, inbound_ref text
);
create table snapshot (
  source text, sku text, node text, at integer, stream text, epoch integer, seq integer, id text, covers text, units integer, states text
);
create table void (source text, id text, sku text, node text, posted_at integer, stream text, epoch integer, seq integer, voids text);
create table supply (source text, id text, sku text, node text, at integer, inbound_ref text, units integer);

-- A row counts once by source, id and sku, however often it stands in the file (FD1).
create view hot as
select
  line ->> 'source' as source, line ->> 'id' as id, line ->> 'kind' as kind, line ->> 'sku' as sku, line ->> 'node' as node,
  line ->> 'at' as at, line ->> 'postedAt' as posted_at, line ->> 'stream' as stream, line ->> 'epoch' as epoch, line ->> 'seq' as seq,
  line ->> 'quantity' as quantity, line ->> 'covers' as covers, line ->> 'states' as states, line ->> 'from' as from_state,
  line ->> 'to' as to_state, line ->> 'voids' as voids, line ->> 'inboundRef' as inbound_ref,
  coalesce((select item.scale from item where item.sku = line ->> 'sku'), 0) as scale
from raw_hot
group by line ->> 'source', line ->> 'id', line ->> 'sku';

insert into movement
select source, id, kind, sku, node, at, posted_at, stream, epoch, seq,
  cast(round(quantity * power(10, scale) * 1000000) as integer), from_state, to_state, inbound_ref
from hot where kind in ('delta', 'move');

insert into snapshot
select source, sku, node, at, stream, epoch, seq, id, covers, cast(round(quantity * power(10, scale)) as integer), states
from hot where kind = 'snapshot';

insert into void
select source, min(id), sku, node, posted_at, stream, epoch, seq, voids from hot where kind = 'void' group by source, sku, node, voids;

insert into supply
select source, id, sku, node, at, inbound_ref, cast(round(quantity * power(10, scale)) as integer) from hot where kind = 'inbound';

-- A till line leaves the shelf, a return comes back to it, a void annuls the line of its number in another transaction.
insert into movement (source, id, kind, sku, node, at, posted_at, micros)
select 'pos-' || store, till || '-' || "transaction" || '-' || line, 'delta', sku, 'S' || store,
  cast(at as integer), cast(postedAt as integer), case kind when 'return' then 1000000 else -1000000 end * cast(quantity as integer)
from raw_till_lines where kind in ('sale', 'return');

insert into void (source, id, sku, node, posted_at, voids)
select 'pos-' || store, till || '-' || "transaction" || '-' || line, sku, 'S' || store, cast(postedAt as integer),
  till || '-' || voids || '-' || line
from raw_till_lines where kind = 'void';

insert into movement (source, id, kind, sku, node, at, micros, from_state, to_state, inbound_ref)
select source, id, kind, sku, node, cast(at as integer), 1000000 * cast(quantity as integer), "from", "to", nullif(inboundRef, '')
from raw_movements;

insert into snapshot (source, sku, node, at, id, covers, units)
select source, sku, node, cast(at as integer), id, covers, cast(quantity as integer) from raw_opening
union all
select source, sku, node, cast(at as integer), id, covers, cast(quantity as integer) from raw_snapshots;

insert into supply
select 'purchases', stage || po, sku, node, cast(at as integer), po, cast(quantity as integer) from raw_purchases;

-- ── positions, and the snapshot each rests on ──────────────────────────────

create table position as
select sku, node from movement
union select sku, node from snapshot
union select sku, node from supply;
create unique index position_key on position (sku, node);

-- A complete snapshot is one of 0 at every position of its node (SPEC.md, Complete).
insert into snapshot
select hot.source, position.sku, hot.node, hot.at, hot.stream, hot.epoch, hot.seq, '', hot.covers, 0, null
from hot join position on position.node = hot.node
where hot.kind = 'complete';

-- FD3: the newest by time, then seq, then id (a complete one has none, so a row of the same moment wins), then source.
create table base as
select * from (
  select *, row_number() over (partition by sku, node order by at desc, coalesce(seq, -1) desc, id desc, source desc) as place from snapshot
) where place = 1;
create unique index base_key on base (sku, node);

-- States rest on the newest snapshot that names them.
create table state_base as
select * from (
  select *, row_number() over (partition by sku, node order by at desc, coalesce(seq, -1) desc, id desc, source desc) as place
  from snapshot where states is not null
) where place = 1;
create unique index state_base_key on state_base (sku, node);

-- What is suspect rests on the newest counted row, whatever it names (SPEC.md, Suspect).
create table count_base as
select * from (
  select *, row_number() over (partition by sku, node order by at desc, coalesce(seq, -1) desc, id desc, source desc) as place
  from snapshot where covers = 'count' and id <> ''
) where place = 1;
create unique index count_base_key on count_base (sku, node);

-- ── deltas: what they add, and whether the base has them already ───────────

create index movement_id on movement (source, sku, node, id);

-- A void adds the opposite at the time of what it annuls, booked when the void was (SPEC.md, Void).
create view effect as
select sku, node, at, posted_at, stream, epoch, seq, kind, from_state, to_state, micros, source, id, inbound_ref from movement
union all
select m.sku, m.node, m.at, v.posted_at, v.stream, v.epoch, v.seq, m.kind, m.from_state, m.to_state, -m.micros, v.source, v.id, m.inbound_ref
from void v join movement m on m.source = v.source and m.sku = v.sku and m.node = v.node and m.id = v.voids;

-- FD2: a count has seen all up to its time; a book has what was posted, by number, else by posting time, else by source time.
create view judged as
select e.sku, e.node, e.kind, e.from_state, e.to_state, e.micros, e.source, e.id, e.at, e.posted_at, e.seq,
  case
    when b.covers is null then 0
    when b.covers = 'count' then e.at <= b.at
    when b.seq is not null and e.seq is not null and e.source = b.source and e.stream is b.stream and e.epoch is b.epoch then e.seq <= b.seq
    when e.posted_at is not null then e.posted_at <= b.at
    else e.at <= b.at
  end as covered,
  case
    when s.covers is null then 0
    when s.covers = 'count' then e.at <= s.at
    when s.seq is not null and e.seq is not null and e.source = s.source and e.stream is s.stream and e.epoch is s.epoch then e.seq <= s.seq
    when e.posted_at is not null then e.posted_at <= s.at
    else e.at <= s.at
  end as state_covered,
  c.at is not null and e.at <= c.at as suspect_covered
from effect e
left join base b on b.sku = e.sku and b.node = e.node
left join state_base s on s.sku = e.sku and s.node = e.node
left join count_base c on c.sku = e.sku and c.node = e.node;

create table on_hand as
select p.sku, p.node, coalesce(b.units, 0) + coalesce(d.micros, 0) / 1000000 as units
from position p
left join base b on b.sku = p.sku and b.node = p.node
left join (select sku, node, sum(micros) as micros from judged where kind = 'delta' and not covered group by sku, node) d
  on d.sku = p.sku and d.node = p.node;
create unique index on_hand_key on on_hand (sku, node);

create view named_state as
select b.sku, b.node, named.key as state, named.value as quantity from state_base b join json_each(b.states) named where named.key <> 'suspect'
union all
select b.sku, b.node, named.key, named.value from count_base b join json_each(b.states) named where named.key = 'suspect';

create view state_change as
select sku, node, from_state as state, -micros / 1000000 as units, state_covered, suspect_covered from judged where kind = 'move'
union all
select sku, node, to_state, micros / 1000000, state_covered, suspect_covered from judged where kind = 'move';

create table unavailable as
select sku, node, state, sum(units) as units from (
  select n.sku, n.node, n.state, n.quantity * power(10, coalesce(item.scale, 0)) as units
  from named_state n left join item on item.sku = n.sku
  union all
  select sku, node, state, units from state_change
  where state <> 'sellable' and not iif(state = 'suspect', suspect_covered, state_covered)
) group by sku, node, state;
create index unavailable_key on unavailable (sku, node);

-- ── inbound: the newest word on each order, less what arrived of it ────────

create table inbound as
select s.sku, s.node, sum(max(0, s.units - coalesce(r.units, 0))) as units
from (
  select * from (
    select *, row_number() over (partition by sku, node, inbound_ref order by at desc, id desc) as place
    from supply
    where not exists (
      select 1 from void v where v.source = supply.source and v.sku = supply.sku and v.node = supply.node and v.voids = supply.id
    )
  ) where place = 1
) s
left join (
  select sku, node, inbound_ref, sum(micros) / 1000000 as units from effect
  where kind = 'delta' and inbound_ref is not null group by sku, node, inbound_ref
) r on r.sku = s.sku and r.node = s.node and r.inbound_ref = s.inbound_ref
group by s.sku, s.node;
create unique index inbound_key on inbound (sku, node);
