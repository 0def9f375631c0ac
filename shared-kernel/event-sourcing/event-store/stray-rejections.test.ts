import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { tolerateStrayRejections } from './stray-rejections.js';

const strayOf = (place: string) => Object.assign(new Error('stray'), { stack: `Error: stray\n    at reject (${place})` });
const ofTheClient = strayOf('/app/node_modules/@eventstore/db-client/dist/Client/index.js:1:1');
const ofOurs = strayOf('/app/shared-kernel/dist/x.js:1:1');
const emit = (reason: unknown) => process.emit('unhandledRejection', reason, Promise.resolve());

describe('stray rejections', () => {
  const stops: (() => void)[] = [];
  const install = (report: (reason: unknown) => void = () => undefined) => {
    const stop = tolerateStrayRejections(report);
    stops.push(stop);
    return stop;
  };
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  it('of the store’s client are reported and tolerated', () => {
    const report = jest.fn();
    install(report);
    emit(ofTheClient);
    expect(report).toHaveBeenCalledWith(ofTheClient);
  });

  it('of anything else end the process as they would without us', () => {
    install();
    expect(() => emit(ofOurs)).toThrow('stray');
    expect(() => emit('a string')).toThrow('a string');
  });

  it('of anything else are left to the process’s own policy where it has one', () => {
    install();
    const policy = jest.fn();
    process.on('unhandledRejection', policy);
    emit(ofOurs);
    process.off('unhandledRejection', policy);
    expect(policy).toHaveBeenCalledTimes(1);
  });

  it('are no longer minded once the last connection is closed', () => {
    const before = process.listenerCount('unhandledRejection');
    const first = install();
    const second = install();
    expect(process.listenerCount('unhandledRejection')).toBe(before + 1);
    first();
    first();
    expect(process.listenerCount('unhandledRejection')).toBe(before + 1);
    second();
    expect(process.listenerCount('unhandledRejection')).toBe(before);
  });
});
