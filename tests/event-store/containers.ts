import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';

/** Runs the server contract against a real EventStoreDB in a container; says so and ends well where no engine is at hand. */
const IMAGE = process.env.EVENTSTORE_IMAGE ?? 'eventstore/eventstore:24.2.0-jammy';
const PORT = 2113;
const START_MS = 180_000;

const engineFault = await getContainerRuntimeClient().then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
if (engineFault !== undefined) {
  console.log(`skipped: the contract against ${IMAGE}. No container engine answers here (${engineFault})`);
} else {
  console.log(`Starting ${IMAGE} …`);
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_MEM_DB: 'true', EVENTSTORE_RUN_PROJECTIONS: 'None' })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCodeMatching((status) => status >= 200 && status < 300))
    .withStartupTimeout(START_MS)
    .start();
  try {
    const url = `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`;
    const program = path.join(repositoryRoot(), 'scripts/test-event-store.mjs');
    const run = spawn(process.execPath, [program, '--url', url], { stdio: 'inherit' });
    const [code]: unknown[] = await once(run, 'exit');
    process.exitCode = code === 0 ? 0 : 1;
  } finally {
    await container.stop();
  }
}
