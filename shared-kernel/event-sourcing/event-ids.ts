import { hash } from 'node:crypto';
import { parse, v5 as uuidv5 } from 'uuid';
import { canonicalJson } from './canonical-json.js';

const NAMESPACE = parse('6f1c2c0e-6a0b-5f0e-9d3b-0c9b7a4f2e11');

/**
 * The id of the `index`-th event a command yields. The store compares ids and never content, so the content
 * is part of the name: a command decided anew to other facts gets other ids (architecture §3.2).
 */
export const eventId = (commandId: string, index: number, type: string, data: unknown): string =>
  eventIdOf(commandId, index, type, canonicalJson(data));

/** As `eventId`, for data already in its canonical text. */
export const eventIdOf = (commandId: string, index: number, type: string, canonicalData: string): string =>
  uuidv5(Buffer.from(JSON.stringify([commandId, index, hash('sha256', `${type}\n${canonicalData}`, 'hex')])), NAMESPACE);
