import { z } from 'zod';

// Compiling validators needs `eval`, which a strict content security policy forbids. Imported before any schema is made, because a
// schema tries it out when it is made.
z.config({ jitless: true });
