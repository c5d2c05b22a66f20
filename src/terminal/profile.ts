/** What a value of TERM means for us (terminal.md 4). */

/** How to draw on one kind of terminal. */
export interface TerminalProfile {
  /** Entry blessed draws by. */
  terminfo: 'linux' | 'xterm-256color' | 'vt100' | 'vt220';
  /** 0 = monochrome. 8 where bright colours are not certain: they are then drawn as the plain ones. */
  colours: 0 | 8 | 16;
}

/**
 * @param term value of TERM
 * @returns how to draw there, or null when a full screen is impossible
 */
export function terminalProfile(term: string): TerminalProfile | null {
  const name = term.toLowerCase();
  if (/^(|dumb|unknown|network|dialup|emacs|vt52|hurd-dumb)$/.test(name)) return null;
  if (/^vt1\d\d/.test(name)) return { terminfo: 'vt100', colours: 0 };
  if (/^vt\d\d\d/.test(name)) return { terminfo: 'vt220', colours: 0 };
  if (/^linux/.test(name)) return { terminfo: 'linux', colours: 8 };
  if (/-(m|mono)$/.test(name)) return { terminfo: 'xterm-256color', colours: 0 };
  // Every other entry goes to the bundled xterm: blessed cannot parse the 32-bit entries of ncurses (row 11).
  const isBright = /^(xterm|tmux|putty|alacritty|foot|kitty|konsole|gnome|vte|st(-|$))|256color|direct/.test(name);
  return { terminfo: 'xterm-256color', colours: isBright ? 16 : 8 };
}
