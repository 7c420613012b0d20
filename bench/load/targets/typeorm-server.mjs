// A service as a team writes it in its first week: entities with relations, the query builder, skip and take.
import Fastify from 'fastify';
import { DataSource, EntitySchema } from 'typeorm';

const schema = 'plain';
const bigint = { type: 'bigint' };
const text = { type: 'text' };
const toOne = (target, name, inverseSide) => ({
  type: 'many-to-one',
  target,
  inverseSide,
  joinColumn: { name },
});
const Actor = new EntitySchema({
  name: 'Actor',
  tableName: 'actor',
  schema,
  columns: {
    id: { ...bigint, primary: true },
    key: text,
    kind: text,
    name: text,
  },
});
const Event = new EntitySchema({
  name: 'Event',
  tableName: 'event',
  schema,
  columns: {
    id: { ...bigint, primary: true, generated: true },
    key: { ...text, default: () => 'gen_random_uuid()' },
    type: text,
    title: text,
    description: text,
    startsAt: { name: 'starts_at', type: 'timestamptz' },
    endsAt: { name: 'ends_at', type: 'timestamptz' },
    place: { ...text, nullable: true },
    country: { ...text, nullable: true },
  },
  relations: {
    participations: {
      type: 'one-to-many',
      target: 'Participation',
      inverseSide: 'event',
    },
    involvements: {
      type: 'one-to-many',
      target: 'Involvement',
      inverseSide: 'event',
    },
    sources: { type: 'one-to-many', target: 'Source', inverseSide: 'event' },
  },
});
const ofBoth = {
  eventId: { name: 'event_id', ...bigint, primary: true },
  actorId: { name: 'actor_id', ...bigint, primary: true },
};
const Participation = new EntitySchema({
  name: 'Participation',
  tableName: 'participation',
  schema,
  columns: { ...ofBoth, role: text },
  relations: {
    event: toOne('Event', 'event_id', 'participations'),
    actor: toOne('Actor', 'actor_id'),
  },
});
const Involvement = new EntitySchema({
  name: 'Involvement',
  tableName: 'involvement',
  schema,
  columns: ofBoth,
  relations: { event: toOne('Event', 'event_id', 'involvements') },
});
const Source = new EntitySchema({
  name: 'Source',
  tableName: 'source',
  schema,
  columns: {
    id: { ...bigint, primary: true, generated: true },
    title: text,
    url: text,
  },
  relations: { event: toOne('Event', 'event_id', 'sources') },
});
const database = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [Actor, Event, Participation, Involvement, Source],
  extra: { max: 16 },
});
await database.initialize();
const app = Fastify();

app.get(
  '/events',
  async ({ query: { actor, from, to, q, order, offset, limit } }) => {
    const direction = order === 'asc' ? 'ASC' : 'DESC';
    const page = database
      .getRepository(Event)
      .createQueryBuilder('e')
      .leftJoinAndSelect('e.participations', 'p')
      .leftJoinAndSelect('p.actor', 'a');
    for (const [index, id] of [actor ?? []].flat().entries())
      page.innerJoin(
        'e.involvements',
        `i${index}`,
        `i${index}.actorId = :a${index}`,
        { [`a${index}`]: id },
      );
    if (from !== undefined) page.andWhere('e.endsAt > :from', { from });
    if (to !== undefined) page.andWhere('e.startsAt < :to', { to });
    if (q !== undefined)
      page.andWhere(`e.search @@ websearch_to_tsquery('english', :q)`, { q });
    return {
      events: await page
        .orderBy('e.startsAt', direction)
        .addOrderBy('e.id', direction)
        .skip(Number(offset ?? 0))
        .take(Number(limit ?? 50))
        .getMany(),
    };
  },
);

app.get('/events/:id', async ({ params: { id } }) =>
  database.getRepository(Event).findOne({
    where: { id },
    relations: { participations: { actor: true }, sources: true },
  }),
);

app.get(
  '/actors/:id/histogram',
  async ({ params: { id }, query: { from, to } }) => ({
    buckets: await database
      .getRepository(Involvement)
      .createQueryBuilder('i')
      .innerJoin('i.event', 'e')
      .select(`to_char(e.starts_at at time zone 'UTC', 'YYYY-MM')`, 'month')
      .addSelect('count(*)::int', 'n')
      .where('i.actorId = :id and e.startsAt >= :from and e.startsAt < :to', {
        id,
        from,
        to,
      })
      .groupBy('1')
      .orderBy('1')
      .getRawMany(),
  }),
);

app.post('/events', async ({ body: { participants, ...draft } }, reply) => {
  const { id } = await database.transaction(async (tx) => {
    const event = await tx.save(Event, {
      ...draft,
      endsAt: new Date(Date.parse(draft.startsAt) + 86_400_000),
    });
    await tx.insert(
      Participation,
      participants.map((one) => ({ ...one, eventId: event.id })),
    );
    return event;
  });
  return reply.code(201).send({ id });
});

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
