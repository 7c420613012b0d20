// Loaded into the service before anything else (`node --import`): tells its parent of every statement that it sends to
// PostgreSQL, with its values, as it is handed to the driver.
import { Client } from 'pg';

const send = Reflect.get(Client.prototype, 'query');

Client.prototype.query = function recorded(statement, values, ...more) {
  const given = typeof statement === 'string' ? { text: statement } : statement;
  // What is no text (a COPY, a cursor) cannot be sent again by others: it is told without one.
  process.send?.({
    text: typeof given?.submit === 'function' ? null : given.text,
    name: given?.name ?? null,
    values: given?.values ?? (Array.isArray(values) ? values : []),
    options: this.connectionParameters?.options ?? '',
  });
  return send.call(this, statement, values, ...more);
};

// The channel keeps the order: once this is back, all that was sent before has come.
process.on('message', () => process.send?.(null));
process.channel?.unref();
