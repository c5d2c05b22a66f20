/** Refusals that a test or a trainer scripts: faults of the server's own, such as 1/0 «internal error» (assist.md 6). */
import { Problem } from '../problem.ts';
import type { Codes } from './problems.ts';

export interface Refusal {
  firstCode: number;
  secondCode: number;
  message?: string;
  /** HTTP status; when left out 400, of SOAP that of its faults. */
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
    const { status, firstCode, secondCode, message = 'Refused' } = hit.refusal;
    const soap = status === undefined ? {} : { soapStatus: status };
    throw new Problem<Codes>(status ?? 400, message, { codes: [firstCode, secondCode], ...soap });
  }
}
