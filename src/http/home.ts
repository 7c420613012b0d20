import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The address of the service as whoever asks may call it, such as `https://host/path`, without a slash at its end. */
export type Home = (request: FastifyRequest) => string;

/**
 * Where the service stands: at its public address, if it has one; else where it was asked. `Host` was checked before
 * (`http/gate`), and answers are remembered by it; `X-Forwarded-Host` is never believed, for proxies pass on what clients
 * write there.
 */
export function homeAt(publicUrl: string | null): Home {
  if (publicUrl !== null) return () => publicUrl;
  return ({ protocol, headers: { host = '' }, socket }) => {
    // HTTP/1.0 need not say.
    const { localAddress = '', localPort } = socket;
    const own = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
    return `${protocol === 'https' ? 'https' : 'http'}://${host || `${own}:${localPort}`}`;
  };
}

/**
 * Makes the links in headers (`Location`, `Link`) addresses of the public one: behind a proxy that puts the service under a path
 * those without a host lead elsewhere.
 */
export function linkFromHome(app: FastifyInstance, publicUrl: string): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/'))
      void reply.header('location', `${publicUrl}${location}`);
    const link = reply.getHeader('link');
    if (typeof link === 'string')
      void reply.header('link', link.replaceAll('</', `<${publicUrl}/`));
    return payload;
  });
}
