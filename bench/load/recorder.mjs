// Loaded into the service before anything else (`node --import`): tells its parent of every statement that it sends to
// PostgreSQL, with its values, as it is handed to the driver.
import pg from 'pg';

const { query } = pg.Client.prototype;

pg.Client.prototype.query = function recorded(statement, values, ...more) {
  const given = typeof statement === 'string' ? { text: statement } : statement;
  // What is no text (a COPY, a cursor) cannot be sent again by others: it is told without one.
  process.send?.({
    text: typeof given?.submit === 'function' ? null : given.text,
    name: given?.name ?? null,
    values: given?.values ?? (Array.isArray(values) ? values : []),
    options: this.connectionParameters?.options ?? '',
  });
  return query.call(this, statement, values, ...more);
};
