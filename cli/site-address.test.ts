import { describe, expect, it } from '@jest/globals';
import { CommandError } from './command-error.js';
import { siteAddress } from './site-address.js';

describe('the site a command is for', () => {
  const run = { edgeUrl: 'http://localhost:3000' };

  it('is the one given, else the stack that runs here', () => {
    expect(siteAddress('https://tickets.example', run, '/h/run.json')).toBe('https://tickets.example');
    expect(siteAddress(undefined, run, '/h/run.json')).toBe('http://localhost:3000');
  });

  it('is asked for where no stack runs, with the setting that may name another folder', () => {
    expect(() => siteAddress(undefined, undefined, '/h/run.json')).toThrow(CommandError);
    expect(() => siteAddress(undefined, undefined, '/h/run.json')).toThrow(/\/h\/run\.json.*TIKETI_HOME/);
  });

  it.each(['localhost:3950', 'localhost', '//localhost', 'ftp://localhost', ''])('is not %j', (given) => {
    expect(() => siteAddress(given, run, '/h/run.json')).toThrow(/http:\/\/localhost:3000/);
  });
});
