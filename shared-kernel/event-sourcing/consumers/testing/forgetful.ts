import { type DatabaseConnection, type Driver, Kysely, PostgresDialect, PostgresDriver } from 'kysely';
import { openPool } from './harness.js';

/** A database whose commits succeed while their acknowledgement is lost, as often as asked. */
export const connectForgetful = (url: string, name: string): { db: Kysely<unknown>; loseNextCommit: () => void } => {
  let toLose = 0;
  const config = { pool: openPool(url, 4, name) };
  class ForgetfulDriver extends PostgresDriver {
    override async commitTransaction(connection: DatabaseConnection): Promise<void> {
      await super.commitTransaction(connection);
      if (toLose === 0) return;
      toLose -= 1;
      throw new Error('Connection terminated unexpectedly');
    }
  }
  class ForgetfulDialect extends PostgresDialect {
    override createDriver(): Driver {
      return new ForgetfulDriver(config);
    }
  }
  return {
    db: new Kysely<unknown>({ dialect: new ForgetfulDialect(config) }),
    loseNextCommit: () => {
      toLose += 1;
    },
  };
};
