// PostGraphile 5 with the names of version 4, over the schema `plain`.
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { makeV4Preset } from 'postgraphile/presets/v4';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';

const port = Number(process.env.PORT);
const preset = {
  extends: [
    makeV4Preset({ simpleCollections: 'omit', disableQueryLog: true }),
    PostGraphileConnectionFilterPreset,
  ],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ['plain'],
      poolConfig: { max: 16 },
    }),
  ],
  schema: { connectionFilterRelations: true },
  grafserv: { graphiql: false },
};
const server = createServer();
const served = postgraphile(preset).createServ(grafserv);
await served.addTo(server);
server.listen(port, '127.0.0.1');
