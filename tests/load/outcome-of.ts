import type { Dispatcher, Pool } from 'undici';

/** The status, or what kept it away. */
export const outcomeOf = async (pool: Pool, request: Dispatcher.RequestOptions): Promise<string> => {
  try {
    const { statusCode, body } = await pool.request(request);
    await body.dump();
    return String(statusCode);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};
