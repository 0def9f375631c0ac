import { eventStoreContract } from '../event-store/contract.js';
import { createModelStore } from './model-store.js';

eventStoreContract('the model store', async () => ({ store: createModelStore(), close: async () => undefined }));
