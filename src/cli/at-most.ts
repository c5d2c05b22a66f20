/** Waits for what should end by itself, but no longer than this: an end of the program never hangs on a device. */
export async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((done) => {
    limit = setTimeout(done, limitMs);
  });
  try {
    await Promise.race([work, timeIsUp]);
  } finally {
    clearTimeout(limit);
  }
}
