import { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { Problem } from '@tiketi/shared-kernel/contracts/http/problem.js';
import { request } from 'undici';
import { z } from 'zod';
import { CommandError } from '../command-error.js';

/** An empty setting counts as none. */
const Given = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));
const Credentials = z.object({ TIKETI_TOKEN: Given, TIKETI_EMAIL: Given, TIKETI_PASSWORD: Given });

const SIGN_IN = '/api/auth/login';

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const exchange = async (site: string, method: 'GET' | 'POST', path: string, o: { token?: string; body?: unknown }) => {
  try {
    const answer = await request(new URL(path, site), {
      method,
      headers: {
        accept: 'application/json',
        'accept-language': 'en',
        ...(o.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(o.token === undefined ? {} : { authorization: `Bearer ${o.token}` }),
      },
      ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
    });
    const wait = answer.headers['retry-after'];
    return { status: answer.statusCode, wait: wait?.toString(), json: parseJson(await answer.body.text()) };
  } catch (error) {
    throw new CommandError(`${site} does not answer: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const ask = async (
  site: string,
  method: 'GET' | 'POST',
  path: string,
  o: { token?: string; body?: unknown },
): Promise<unknown> => {
  const { status, wait, json } = await exchange(site, method, path, o);
  if (status < 400) return json;
  const problem = Problem.safeParse(json).data;
  const words = [status, problem?.code, problem?.title].filter((word) => word !== undefined);
  // a date is passed over: this project's services tell seconds
  const again = /^\d+$/.test(wait ?? '') ? ` Ask again in ${wait} s.` : '';
  const instead = status === 429 && path === SIGN_IN ? ' An access token in TIKETI_TOKEN needs no sign-in.' : '';
  throw new CommandError(`${path}: ${words.join(' ')}${again}${instead}`);
};

/** Asks a site as one member of its staff. Every answer is parsed; a refusal is a CommandError. */
export type Site = {
  readonly get: <S extends z.ZodType>(path: string, schema: S) => Promise<z.infer<S>>;
  readonly post: <S extends z.ZodType>(path: string, schema: S) => Promise<z.infer<S>>;
};

/** Signed in with TIKETI_TOKEN, else with TIKETI_EMAIL and TIKETI_PASSWORD, at the first question. */
export const createSite = (site: string, env: NodeJS.ProcessEnv): Site => {
  const given = Credentials.parse(env);
  const signIn = async (): Promise<string> => {
    if (given.TIKETI_TOKEN !== undefined) return given.TIKETI_TOKEN;
    const { TIKETI_EMAIL: email, TIKETI_PASSWORD: password } = given;
    if (email === undefined || password === undefined)
      throw new CommandError(
        'Who asks? Set TIKETI_EMAIL and TIKETI_PASSWORD of an operator, or TIKETI_TOKEN to an access token.',
      );
    return SignedIn.parse(await ask(site, 'POST', SIGN_IN, { body: { email, password } })).accessToken;
  };
  let token: Promise<string> | undefined;
  const signedIn = () => {
    token ??= signIn();
    return token;
  };
  return {
    get: async (path, schema) => schema.parse(await ask(site, 'GET', path, { token: await signedIn() })),
    post: async (path, schema) => schema.parse(await ask(site, 'POST', path, { token: await signedIn(), body: {} })),
  };
};
