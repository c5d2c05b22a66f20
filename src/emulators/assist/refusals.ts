/** Refusals that a test or a trainer scripts: faults of the server's own, such as 1/0 «internal error» (assist.md 6). */
import { fault } from './problems.ts';

export interface Refusal {
  firstCode: number;
  secondCode: number;
  message?: string;
  /** HTTP status; 400 when left out. */
  status?: number;
  /** Only requests whose path contains this text. */
  path?: string;
  /** How many requests are refused; 1 when left out. */
  times?: number;
}

/** Refusals wait in the order they were planned; a refused request is not processed. */
export class RefusalPlan {
  private planned: { refusal: Refusal; left: number }[] = [];

  add(refusal: Refusal): void {
    this.planned.push({ refusal, left: refusal.times ?? 1 });
  }

  /** Throws the next refusal that matches, using it up once. */
  check(path: string): void {
    const hit = this.planned.find(({ refusal }) => path.includes(refusal.path ?? ''));
    if (hit === undefined) return;
    hit.left -= 1;
    if (hit.left <= 0) this.planned = this.planned.filter((one) => one !== hit);
    const { status = 400, firstCode, secondCode, message = 'Refused' } = hit.refusal;
    throw fault(status, firstCode, secondCode, message);
  }
}
