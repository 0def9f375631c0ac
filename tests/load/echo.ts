import { Client, credentials, type ServiceDefinition } from '@grpc/grpc-js';

const asIs = (bytes: Buffer): Buffer => bytes;
const bytes = { requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs };

/** A service of bytes there and back, by a call each and by one stream for all. */
export const ECHO = {
  unary: { path: '/bench.Echo/Unary', requestStream: false, responseStream: false, ...bytes },
  bidi: { path: '/bench.Echo/Bidi', requestStream: true, responseStream: true, ...bytes },
} satisfies ServiceDefinition;

export const echoClient = (address: string) => {
  const client = new Client(address, credentials.createInsecure());
  return {
    unary: (message: Buffer): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(ECHO.unary.path, asIs, asIs, message, (error, answer) =>
          answer === undefined ? reject(error ?? new Error('no answer')) : resolve(answer),
        );
      }),
    bidi: () => client.makeBidiStreamRequest(ECHO.bidi.path, asIs, asIs),
    close: () => client.close(),
  };
};
