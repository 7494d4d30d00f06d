import { describeConditions } from './store-conditions';
import { describeExpiry } from './store-expiry';
import { describeReads } from './store-reads';
import { describeTransactions } from './store-transactions';
import { describeValues } from './store-values';
import { Subject } from './subject';
import type { Engine } from './subject';

/** Holds one implementation, on one engine, to the contract of `lambdas/store/store.ts`. */
export function describeStore(name: string, start: () => Promise<Engine>): void {
  describe(name, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await start();
    }, 120_000);
    afterAll(() => engine.stop());

    const subject = (): Subject => new Subject(engine);
    describe('conditions and revisions', () => {
      describeConditions(subject);
    });
    describe('transactions', () => {
      describeTransactions(subject);
    });
    describe('reads', () => {
      describeReads(subject);
    });
    describe('expiry', () => {
      describeExpiry(subject);
    });
    describe('values and limits', () => {
      describeValues(subject);
    });
  });
}
