import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** What other rooms may know of payments: the types of the contract and the words of its states, no driver and no gateway. */
const CONTRACT = [
  'payments/attempt.ts',
  'payments/money-move.ts',
  'payments/outcome.ts',
  'payments/prompt.ts',
  'payments/service-page.ts',
];

/** Room -> rooms, or single files, it may import (docs/architecture.md). Its own files are always allowed; `app` and `cli` see all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  register: [],
  payments: ['register'],
  devices: ['register', 'payments/ports.ts'],
  receipts: ['register'],
  catalog: ['register'],
  journal: ['register', ...CONTRACT],
  ui: ['register', ...CONTRACT],
  terminal: ['ui/canvas.ts'],
  screens: ['register', 'receipts', 'ui', ...CONTRACT],
  dialogs: ['register', 'receipts', 'ui', ...CONTRACT],
  emulators: [],
  settings: ['register'],
  log: ['register'],
};

/** Dangerous packages and the one place that may import each. */
const OWNERS: Readonly<Record<string, string>> = {
  blessed: 'terminal/painter.ts',
  got: 'payments/http.ts',
  hpagent: 'payments/http.ts',
  serialport: 'devices/transport/serial.ts',
  'qrcode-terminal': 'dialogs/qr.ts',
  winston: 'log/terminal-log.ts',
  ini: 'settings/ini-text.ts',
  conf: 'settings/settings-writer.ts',
};

interface Import {
  file: string;
  room: string;
  target: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const found = text.matchAll(/(?:from|import|require|load)\s*\(?\s*'([^']+)'/g);
  const room = file.split('/')[0] ?? '';
  return [...found].map(([, target = '']) => ({ file, room, target }));
}

const imports = files.flatMap(importsOf);

describe('the rooms', () => {
  it('were all seen: a scan that sees too little proves nothing', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(imports.length).toBeGreaterThan(600);
    const rooms = new Set(files.map((file) => file.split('/')[0]));
    expect([...rooms].sort()).toEqual([...Object.keys(MAY_IMPORT), 'app', 'cli'].sort());
  });

  it('import only what the table allows', () => {
    const wrong = imports.filter(({ file, room, target }) => {
      const allowed = MAY_IMPORT[room];
      if (allowed === undefined || !target.startsWith('.')) return false;
      const path = relative(source, join(source, dirname(file), target));
      const other = path.split('/')[0] ?? '';
      return other !== room && !allowed.includes(other) && !allowed.includes(path);
    });
    expect(wrong).toEqual([]);
  });

  it('keep screens and dialogs from acting on each other, and emulators away from the drivers', () => {
    const seen = (room: string, other: string) =>
      imports.filter((i) => i.room === room && join(dirname(i.file), i.target).startsWith(other));
    expect(seen('screens', 'dialogs')).toEqual([]);
    expect(seen('dialogs', 'screens')).toEqual([]);
    expect(seen('emulators', 'payments')).toEqual([]);
    expect(seen('payments', 'emulators')).toEqual([]);
  });

  it.each(Object.entries(OWNERS))('%s is imported in one place', (name, owner) => {
    const importers = imports.filter(({ target }) => target === name || target.startsWith(`${name}/`));
    expect(new Set(importers.map(({ file }) => file))).toEqual(new Set([owner]));
  });

  it('XML is read in one place of the drivers and in one of the emulators', () => {
    const importers = imports.filter(({ target }) => target === 'saxes').map(({ file }) => file);
    expect(importers.sort()).toEqual(['emulators/assist/soap.ts', 'payments/providers/assist/soap.ts']);
  });

  it('a port is opened in one place, apart from the emulators', () => {
    const openers = files.filter((file) => /\bcreateServer\b/.test(readFileSync(join(source, file), 'utf8')));
    const product = openers.filter((file) => !file.startsWith('emulators/'));
    expect(product).toEqual(['payments/listener.ts']);
  });

  it('SQLite is opened by the journal and the catalogue only', () => {
    const rooms = new Set(imports.filter(({ target }) => target === 'better-sqlite3').map(({ room }) => room));
    expect([...rooms].sort()).toEqual(['catalog', 'journal']);
  });

  it('the register knows neither Node nor a package', () => {
    expect(imports.filter(({ room, target }) => room === 'register' && !target.startsWith('.'))).toEqual([]);
  });

  it('what is due in a payment is returned: only where a walk begins is it handed to the flow (ADR 0021)', () => {
    const callers = imports.filter((i) => join(dirname(i.file), i.target) === 'app/payment/flow.ts');
    const expected = ['app/log-in.ts', 'app/payment/pay.ts', 'app/steps.ts', 'app/update.ts'];
    expect(callers.map(({ file }) => file).sort()).toEqual(expected);
  });

  it('nothing of the product writes to the terminal but the painter, the command line and the lifecycle', () => {
    const writers = files.filter((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      return /process\.(stdout|stderr)\.write|console\.(log|error|warn)\(/.test(text);
    });
    expect(writers.filter((file) => !file.startsWith('cli/') && !file.startsWith('terminal/'))).toEqual([]);
  });
});
