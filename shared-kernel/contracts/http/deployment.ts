import { z } from 'zod';

/** Which outside parts a stack stands in for with a simulator: `GET /api/deployment`, answered by the edge. */
export const Deployment = z.object({ simulated: z.array(z.string()) });
export type Deployment = z.infer<typeof Deployment>;

/** In `simulated` while no real payment provider is behind the stack: no money moves. */
export const SIMULATED_PAYMENT = 'payment';
