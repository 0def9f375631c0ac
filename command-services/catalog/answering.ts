import type { CatalogChanged } from '@tiketi/shared-kernel/contracts/http/shows.js';
import type { Handled } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { Response } from 'express';
import { type CatalogRefusal, problemOf } from './refusals.js';

/** 201 for what was made now, 200 for a repeat or a change; `position` is for a query that must see it. */
export const answerCommand = async <S, E>(
  res: Response,
  id: CatalogChanged['id'],
  success: 200 | 201,
  command: Promise<Handled<S, E, CatalogRefusal>>,
): Promise<void> => {
  const handled = await command;
  if (handled.kind === 'refused') throw problemOf(handled.refusal);
  if (handled.position === undefined) throw new Error(`accepted ${id} without a place in the log`);
  const body: CatalogChanged = { id, position: handled.position.commit.toString() };
  res.status(handled.repeated ? 200 : success).json(body);
};
