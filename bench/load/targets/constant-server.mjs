// Answers `?bytes=` bytes, always the same.
import { createServer } from 'node:http';

const bodies = new Map();

createServer((request, response) => {
  const bytes = Number(request.url?.split('bytes=')[1] ?? 1);
  const body = bodies.get(bytes) ?? Buffer.alloc(bytes, 'x');
  bodies.set(bytes, body);
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', body.length);
  response.end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
