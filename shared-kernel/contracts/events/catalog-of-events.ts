import type { EventDefinition, EventOf } from './definition.js';
import { inventoryEvents } from './inventory.js';
import { layoutEvents } from './layout.js';
import { paymentEvents } from './payment.js';
import { pointChargeEvents } from './point-charge.js';
import { pointsEvents } from './points.js';
import { reservationEvents } from './reservation.js';
import { showEvents } from './show.js';
import { userEvents } from './user.js';

/** Every event type Tiketi stores. Type strings are unique over all contexts. */
export const allEvents = {
  ...layoutEvents,
  ...showEvents,
  ...inventoryEvents,
  ...reservationEvents,
  ...paymentEvents,
  ...pointChargeEvents,
  ...pointsEvents,
  ...userEvents,
} satisfies Record<string, EventDefinition>;
export type TiketiEvent = EventOf<typeof allEvents>;
export type TiketiEventType = TiketiEvent['type'];
