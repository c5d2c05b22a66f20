/** The part of blessed we touch. Its own declarations cover only the whole package, which loads 20 ms longer. */
type ProcessListener = (...values: unknown[]) => void;

declare module 'blessed/lib/program.js' {
  interface BlessedProgram {
    cols: number;
    rows: number;
    tput: { colors: number; brokenACS: boolean };
    put: { keypad_local(): void };
    csr(top: number, bottom: number): void;
    flush(): void;
  }
  const makeProgram: ((options: object) => BlessedProgram) & { _exitHandler?: ProcessListener };
  export = makeProgram;
}

declare module 'blessed/lib/widgets/screen.js' {
  type BlessedCell = [attribute: number, character: string];
  interface BlessedScreen {
    lines: (BlessedCell[] & { dirty: boolean })[];
    alloc(): void;
    draw(firstRow: number, lastRow: number): void;
    destroy(): void;
  }
  const makeScreen: ((options: object) => BlessedScreen) & Record<string, ProcessListener | undefined>;
  export = makeScreen;
}

declare module 'blessed/lib/tput.js' {
  type CompileCapability = (this: object, info: object, name: string, value: unknown) => unknown;
  const tput: { ipaths: string[]; prototype: { _compile: CompileCapability } };
  export = tput;
}
