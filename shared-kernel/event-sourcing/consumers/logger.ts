type Log = (fields: object, message: string) => void;

/** The part of the service logger that consumers use; pino fits it. */
export type ConsumerLogger = { readonly info: Log; readonly warn: Log; readonly error: Log };
