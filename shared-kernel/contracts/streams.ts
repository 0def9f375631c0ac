import type { LayoutId, OrderId, PerformanceId, ReservationId, ShowId, UserId } from './ids.js';

/** A stream's name; its prefix says which aggregate it is. */
export type StreamName = `${'show' | 'layout' | 'inventory' | 'reservation' | 'payment' | 'points' | 'user'}-${string}`;

export const showStream = (id: ShowId): StreamName => `show-${id}`;
export const layoutStream = (id: LayoutId): StreamName => `layout-${id}`;
export const inventoryStream = (id: PerformanceId): StreamName => `inventory-${id}`;
export const reservationStream = (id: ReservationId): StreamName => `reservation-${id}`;
export const paymentStream = (id: OrderId): StreamName => `payment-${id}`;
export const pointsStream = (id: UserId): StreamName => `points-${id}`;
export const userStream = (id: UserId): StreamName => `user-${id}`;
