-- What right answers are told by, and no more, for sizes at which the peers' plain form has no room: in the schema `plain`, in the same shape.
-- Words are not in it.
set maintenance_work_mem = '512MB';
set work_mem = '256MB';
drop schema if exists plain cascade;
create schema plain;

create table plain.actor as
  select row_number() over (order by id) as id, id as key
  from actor_version where superseded_at is null;
create table plain.place as
  select row_number() over (order by begin_earliest, end_latest, sequence, id) as id, id as key,
    greatest(begin_earliest, '0001-01-01Z') as starts_at, least(end_latest, '9999-12-31Z') as ends_at
  from event_version where superseded_at is null;
analyze plain.place, plain.actor;
create table plain.involvement as
  select distinct e.id as event_id, a.id as actor_id
  from event_actor x join plain.place e on e.key = x.id join plain.actor a on a.key = x.actor
  where x.superseded_at is null and x.lane = 0;
alter table plain.actor add primary key (id);
alter table plain.place add primary key (id);
create unique index place_key on plain.place (key);
create index place_starts_at on plain.place (starts_at desc, id desc);
create index involvement_actor on plain.involvement (actor_id, event_id);

create view plain.event as
  select e.*, (
    select v.body::json -> 'title' ->> 'en' from event_version v where v.id = e.key and v.superseded_at is null
  ) as title
  from plain.place e;
create view plain.participation as
  select e.id as event_id, a.id as actor_id, part.role
  from plain.place e join event_version v on v.id = e.key and v.superseded_at is null,
    json_to_recordset(v.body::json -> 'participants') part (actor text, role text)
    join plain.actor a on a.key = part.actor;
create view plain.source as
  select e.id as event_id, s.url
  from plain.place e join event_version v on v.id = e.key and v.superseded_at is null,
    json_to_recordset(v.body::json -> 'sources') s (url text);
