import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { type SaleTerms, type ShowDetails, showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import {
  ChangeShowRequest,
  CreateShowRequest,
  SchedulePerformanceRequest,
  SetRefundPolicyRequest,
} from '@tiketi/shared-kernel/contracts/http/shows.js';
import { type LayoutId, PerformanceId, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { showStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createCommandHandler } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';

import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import { answerCommand } from '../answering.js';
import { commandRequest } from '../command-request.js';
import type { Layout } from '../layout/layout.js';
import { problemOf } from '../refusals.js';
import { parseStorableBody } from '../storable.js';
import { cancelShow } from './cancel-show.js';
import { changeDetails } from './change-details.js';
import { createShow } from './create-show.js';
import { schedulePerformance } from './schedule-performance.js';
import { setRefundPolicy } from './set-refund-policy.js';
import { show } from './show.js';

const codec = createCodec(showEvents);

export type ShowPorts = {
  readonly store: EventStore;
  readonly layoutById: (id: LayoutId) => Promise<Layout>;
  readonly now: () => number;
};

const showIdOf = (req: Request): ShowId => {
  const id = ShowId.safeParse(req.params.id);
  if (!id.success) throw problemOf('SHOW_NOT_FOUND');
  return id.data;
};

const detailsOf = (text: ShowDetails): ShowDetails => {
  const { title, description, artistName, venue, address, category, posterImageUrl } = text;
  return { title, description, artistName, venue, address, category, posterImageUrl };
};

const termsOf = (body: z.infer<typeof CreateShowRequest>): SaleTerms => ({
  saleStartAt: body.saleStartDate,
  saleEndAt: body.saleEndDate,
  holdSeconds: body.holdSeconds,
  maxSeatsPerReservation: body.maxSeatsPerReservation,
  maxSeatsPerBuyer: body.maxSeatsPerBuyer,
  requiresEntry: body.requiresEntry,
  refundPolicyVersion: DEFAULT_REFUND_POLICY.version,
  depositWithinHours: body.depositWithinHours,
});

/** `POST /api/events` */
export const postShow = ({ store, now }: ShowPorts): RequestHandler => {
  const handle = createCommandHandler({ store, codec, aggregate: show });
  return async (req, res) => {
    const body = parseStorableBody(CreateShowRequest, req);
    const { by, newId, context } = commandRequest(req, 'show');
    const showId = ShowId.parse(newId);
    const decide = createShow({ showId, details: detailsOf(body), terms: termsOf(body), by, now: instantOf(now()) });
    await answerCommand(res, showId, 201, handle(showStream(showId), decide, context));
  };
};

/** `PUT /api/events/:id` */
export const putShow = ({ store, now }: ShowPorts): RequestHandler => {
  const handle = createCommandHandler({ store, codec, aggregate: show });
  return async (req, res) => {
    const showId = showIdOf(req);
    const details = detailsOf(parseStorableBody(ChangeShowRequest, req));
    const { by, context } = commandRequest(req, `change/${showId}`);
    const decide = changeDetails({ showId, details, by, now: instantOf(now()) });
    await answerCommand(res, showId, 200, handle(showStream(showId), decide, context));
  };
};

/** `POST /api/events/:id/performances` */
export const postPerformance = ({ store, layoutById, now }: ShowPorts): RequestHandler => {
  const handle = createCommandHandler({ store, codec, aggregate: show });
  return async (req, res) => {
    const showId = showIdOf(req);
    const { seatLayoutId: layoutId, ...asked } = parseStorableBody(SchedulePerformanceRequest, req);
    const { by, newId, context } = commandRequest(req, `performance/${showId}`);
    const performanceId = PerformanceId.parse(newId);
    const layout: Layout = layoutId === null ? { status: 'undefined' } : await layoutById(layoutId);
    const command = { showId, performanceId, layoutId, layout, ...asked, by, now: instantOf(now()) };
    await answerCommand(res, performanceId, 201, handle(showStream(showId), schedulePerformance(command), context));
  };
};

/** `PUT /api/events/:id/refund-policy` */
export const putRefundPolicy = ({ store, now }: ShowPorts): RequestHandler => {
  const handle = createCommandHandler({ store, codec, aggregate: show });
  return async (req, res) => {
    const showId = showIdOf(req);
    const policy = parseStorableBody(SetRefundPolicyRequest, req);
    const { by, context } = commandRequest(req, `refund-policy/${showId}`);
    const decide = setRefundPolicy({ showId, policy, by, now: instantOf(now()) });
    await answerCommand(res, showId, 200, handle(showStream(showId), decide, context));
  };
};

/** `DELETE /api/events/:id`: cancels the show; nothing is ever deleted. */
export const deleteShow = ({ store, now }: ShowPorts): RequestHandler => {
  const handle = createCommandHandler({ store, codec, aggregate: show });
  return async (req, res) => {
    const showId = showIdOf(req);
    const { by, context } = commandRequest(req, `cancel/${showId}`);
    const decide = cancelShow({ showId, by, now: instantOf(now()) });
    await answerCommand(res, showId, 200, handle(showStream(showId), decide, context));
  };
};
