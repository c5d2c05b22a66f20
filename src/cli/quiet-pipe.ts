/**
 * `kassa repro list | head -1`: whoever read the output has gone. That is no failure of the command, which does the rest of
 * its work unread and ends with its own code. Any other error of the output still ends the program.
 */
export function endQuietlyUnread(stdout: NodeJS.WriteStream): void {
  // A terminal knows no EPIPE, and its errors are the full screen's business.
  if (stdout.isTTY) return;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
