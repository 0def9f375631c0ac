import { layoutEvents } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { DefineLayoutRequest } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { LayoutId } from '@tiketi/shared-kernel/contracts/ids.js';
import { layoutStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createCommandHandler, loadStream } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';

import type { RequestHandler } from 'express';
import { answerCommand } from '../answering.js';
import { commandRequest } from '../command-request.js';
import { parseStorableBody } from '../storable.js';
import { defineLayout } from './define-layout.js';
import { type Layout, layout } from './layout.js';

const codec = createCodec(layoutEvents);

/** The layout as its stream tells; `undefined` status where nobody defined it. */
export const createLayoutReader =
  (store: EventStore) =>
  async (id: LayoutId): Promise<Layout> =>
    (await loadStream({ store, codec, aggregate: layout }, layoutStream(id))).state;

/** `POST /api/seat-layouts` */
export const postLayout = (store: EventStore, now: () => number): RequestHandler => {
  const handle = createCommandHandler({ store, codec, aggregate: layout });
  return async (req, res) => {
    const { name, description, sections } = parseStorableBody(DefineLayoutRequest, req);
    const { by, newId, context } = commandRequest(req, 'layout');
    const layoutId = LayoutId.parse(newId);
    const decide = defineLayout({ layoutId, name, description, sections, by, now: instantOf(now()) });
    await answerCommand(res, layoutId, 201, handle(layoutStream(layoutId), decide, context));
  };
};
