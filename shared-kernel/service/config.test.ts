import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readConfig, serviceEnv } from './config.js';

const faultsOf = (read: () => unknown): readonly string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('readConfig', () => {
  it('fills in defaults and takes empty variables as unset', () => {
    const config = readConfig(serviceEnv, { PORT: '', LOG_LEVEL: 'debug' });
    expect(config).toMatchObject({ PORT: 0, HOST: '127.0.0.1', LOG_LEVEL: 'debug' });
  });

  it('reports every fault at once and no value', () => {
    const schema = serviceEnv.extend({ DATABASE_URL: z.string(), SECRET: z.string().min(32) });
    const env = { PORT: 'hunter2-port', SECRET: 'hunter2-secret', EVENTSTORE_URL: 'ftp://hunter2', SERVICE_TOKEN: 'hunter2' };
    const faults = faultsOf(() => readConfig(schema, env));
    expect(faults.map((fault) => fault.split(/[ :]/)[0])).toEqual(
      expect.arrayContaining(['PORT', 'DATABASE_URL', 'SECRET', 'EVENTSTORE_URL', 'SERVICE_TOKEN']),
    );
    expect(faults).toContain('DATABASE_URL is missing');
    expect(faults.join('\n')).not.toContain('hunter2');
  });
});
