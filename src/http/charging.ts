import type { FastifyInstance } from 'fastify';
import { classOf, costs } from './costs.ts';
import { type Limits } from './limits.ts';

/**
 * Charges every request that reaches the routes before anything else is done for it, and tells in its answer what is left.
 * Remembered answers are charged where they are given, in `http/front-desk`.
 */
export function chargeRequests(app: FastifyInstance, limits: Limits): void {
  app.addHook('onRequest', async (request, reply) => {
    const points = costs[classOf(request)];
    if (points === 0) return;
    const told = await limits.charge(request.raw, points);
    if (told === null) return;
    const [policy, most, limit, left] = told;
    void reply.header(policy, most).header(limit, left);
  });
}
