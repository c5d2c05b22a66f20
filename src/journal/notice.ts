/** A line of the list of notifications (SCR-49): something that happened to a payment while nobody watched it. */
export interface Notice {
  noticeId: number;
  atMs: number;
  attemptId: string;
  /** Message of the catalogue and its blanks. */
  number: string;
  params: Record<string, string>;
  /** `cleared`: no longer shown; kept for support. */
  state: 'new' | 'read' | 'cleared';
}
