import { describe, expect, it } from '@jest/globals';
import { createAlarm } from './alarm.js';

const at = (seconds: number) => new Date(seconds * 1000);

describe('the alarm', () => {
  it('rings once for the first time set, and is silent where none was', () => {
    const rung: Date[] = [];
    const alarm = createAlarm((dueAt) => rung.push(dueAt));
    alarm.ring();
    alarm.set(at(3));
    alarm.set(at(1));
    alarm.set(at(2));
    alarm.ring();
    alarm.ring();
    expect(rung).toEqual([at(1)]);
    alarm.set(at(5));
    alarm.ring();
    expect(rung).toEqual([at(1), at(5)]);
  });
});
