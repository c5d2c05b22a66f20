/** One row is refused, the load goes on. */
export class Refusal extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super('row refused');
    this.reason = reason;
  }
}
