import { describe, expect, it } from '@jest/globals';
import { upArguments } from './up-arguments.mjs';

describe('what the person gave to `npm run up`', () => {
  it.each<[string, string[], Record<string, string>, string[]]>([
    ['-- --port 4000', ['--port', '4000'], {}, ['--port', '4000']],
    ['--port 4000', ['4000'], { npm_config_port: 'true' }, ['--port', '4000']],
    ['--port=4000', [], { npm_config_port: '4000' }, ['--port', '4000']],
    ['--replicas 3', ['3'], { npm_config_replicas: 'true' }, ['--replicas', '3']],
    ['--fresh', [], { npm_config_fresh: 'true' }, ['--fresh']],
    ['--no-demo', [], { npm_config_demo: '' }, ['--no-demo']],
    ['--port', [], { npm_config_port: 'true' }, []],
  ])('npm run up %s', (_written, given, env, meant) => {
    expect(upArguments(given, env)).toEqual(meant);
  });
});
