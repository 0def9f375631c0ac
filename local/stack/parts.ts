import path from 'node:path';
import { repositoryRoot } from '../parts/repository.js';
import { database, eventStore, redis } from './data-parts.js';
import { ownerUrl } from './database-owners.js';
import { nodePart } from './node-part.js';
import type { PartPlan, StackContext } from './part.js';
import type { StackSettings } from './settings.js';

const STORES = ['postgres', 'redis', 'event-store'] as const;
const SERVICES = ['auth', 'catalog', 'reservation', 'payment', 'projectors', 'query-api'] as const;
type Service = (typeof SERVICES)[number];

const built = (room: string, file: string): string => path.join(repositoryRoot(), room, 'dist', file);

/** Every part of the local stack, in the order a reader would tell them. */
export function tiketiParts(settings: StackSettings): readonly PartPlan[] {
  return [
    database(settings),
    redis(settings),
    eventStore(settings, built('local', 'event-store-node/main.js')),
    tossPayments(settings),
    service('auth', 'command-services/auth', (context) => ({
      AUTH_KEY_SECRET: context.secrets.authKeySecret,
      BOOTSTRAP_ADMIN_EMAIL: context.secrets.firstAdmin?.email,
      BOOTSTRAP_ADMIN_PASSWORD: context.secrets.firstAdmin?.password,
    })),
    service('catalog', 'command-services/catalog'),
    ...reservationReplicas(settings).map((name) => service('reservation', 'command-services/reservation', undefined, name)),
    service('payment', 'command-services/payment', (context) => ({
      PAYMENT_KEY_SECRET: context.secrets.paymentKeySecret,
      ...tossEnvironment(context),
    })),
    service('projectors', 'projectors'),
    service('query-api', 'query-api'),
    edge(settings),
  ];
}

/** The names of its processes. The first is the one that other services ask. */
const reservationReplicas = ({ TIKETI_RESERVATION_REPLICAS: replicas }: StackSettings): readonly string[] =>
  Array.from({ length: replicas }, (_, n) => (n === 0 ? 'reservation' : `reservation-${n + 1}`));

function service(
  service: Service,
  room: string,
  more: (context: StackContext) => Record<string, string | undefined> = () => ({}),
  name: string = service,
): PartPlan {
  return nodePart({
    name,
    label: name,
    after: STORES,
    file: built(room, 'main.js'),
    health: '/ready',
    env: (context) => ({
      PORT: String(context.port(name)),
      HOST: '127.0.0.1',
      DATABASE_URL: ownerUrl(context.url('postgres'), service, context.secrets.roles),
      EVENTSTORE_URL: context.url('event-store'),
      REDIS_URL: context.url('redis'),
      AUTH_URL: context.url('auth'),
      AUTH_JWKS_URL: `${context.url('auth')}/.well-known/jwks.json`,
      RESERVATION_URL: context.url('reservation'),
      PAYMENT_URL: context.url('payment'),
      CATALOG_URL: context.url('catalog'),
      SERVICE_TOKEN: context.secrets.serviceToken,
      ...more(context),
    }),
  });
}

const tossEnvironment = ({ settings, secrets, url }: StackContext): Record<string, string | undefined> => ({
  TOSS_BASE_URL: url('toss-payments'),
  TOSS_SECRET_KEY: settings.TOSS_SECRET_KEY ?? secrets.tossSecretKey,
  TOSS_CLIENT_KEY: settings.TOSS_CLIENT_KEY ?? secrets.tossClientKey,
  TOSS_CHECKOUT_URL:
    settings.TOSS_CHECKOUT_URL ?? (settings.TOSS_BASE_URL === undefined ? '/toss-simulator/checkout' : undefined),
});

function tossPayments({ TOSS_BASE_URL: given }: StackSettings): PartPlan {
  const name = 'toss-payments';
  if (given !== undefined)
    return { name, nature: 'given', after: [], label: 'Toss Payments', address: () => given, start: async () => undefined };
  return nodePart({
    name,
    label: 'Toss Payments: a simulator, no money moves',
    nature: 'simulated',
    file: built('local', 'toss-simulator/main.js'),
    health: '/health',
    env: (context) => ({
      TOSS_SIMULATOR_DIR: context.home.data(name),
      TOSS_SIMULATOR_PORT: String(context.port(name)),
      // receipts and the checkout page are for a buyer's browser
      TOSS_SIMULATOR_PUBLIC_URL: `${context.url('edge')}/toss-simulator`,
      TOSS_SECRET_KEY: context.settings.TOSS_SECRET_KEY ?? context.secrets.tossSecretKey,
      TOSS_CLIENT_KEY: context.settings.TOSS_CLIENT_KEY ?? context.secrets.tossClientKey,
      TOSS_WEBHOOK_URL: `${context.url('payment')}/api/payments/webhooks/toss`,
    }),
  });
}

function edge(settings: StackSettings): PartPlan {
  const replicas = reservationReplicas(settings);
  return nodePart({
    name: 'edge',
    label: 'edge',
    after: [...SERVICES, ...replicas.slice(1), 'toss-payments'],
    file: built('local', 'edge/main.js'),
    health: '/ready',
    address: ({ settings, port }) =>
      `http://${settings.host === '127.0.0.1' || settings.host === '0.0.0.0' ? 'localhost' : settings.host}:${port('edge')}`,
    env: (context) => ({
      PORT: String(context.port('edge')),
      HOST: context.settings.host,
      CLIENT_DIR: path.join(repositoryRoot(), 'frontend/dist'),
      ...Object.fromEntries(SERVICES.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, context.url(name)])),
      RESERVATION_URL: replicas.map((name) => context.url(name)).join(','),
      TOSS_SIMULATOR_URL: context.settings.TOSS_BASE_URL === undefined ? context.url('toss-payments') : undefined,
    }),
  });
}
