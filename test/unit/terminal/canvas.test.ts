import { describe, expect, it } from 'vitest';
import { CellGrid } from '../../../src/terminal/canvas.ts';
import type { Canvas } from '../../../src/ui/canvas.ts';

describe('CellGrid', () => {
  it('is what views draw on', () => {
    const canvas: Canvas = new CellGrid(10, 2);
    expect([canvas.columns, canvas.rows]).toEqual([10, 2]);
  });

  it('puts text from the left, to the right edge, and fills, with styles', () => {
    const grid = new CellGrid(12, 3);
    grid.put(1, 2, 'ЧЕК №1', 'bold');
    grid.putRight(2, 12, '50.00', 'done');
    grid.fill(3, 1, 12, '─');
    expect(grid.text()).toEqual([' ЧЕК №1     ', '       50.00', '────────────']);
    expect(grid.styleAt(1, 1)).toBe('normal');
    expect(grid.styleAt(1, 2)).toBe('bold');
    expect(grid.styleAt(2, 8)).toBe('done');
    expect(grid.styleAt(2, 7)).toBe('normal');
  });

  it('cuts what lies outside on every side', () => {
    const grid = new CellGrid(4, 2);
    grid.put(1, -1, 'abcdefghij');
    grid.put(0, 1, 'xxxx');
    grid.put(3, 1, 'xxxx');
    grid.putRight(2, 2, 'wxyz');
    grid.fill(2, 4, 1_000_000_000, '#');
    expect(grid.text()).toEqual(['cdef', 'yz #']);
    expect(grid.styleAt(99, 99)).toBe('normal');
  });

  it('never holds what is not one printable column', () => {
    const grid = new CellGrid(16, 1);
    grid.put(1, 1, 'a\x1b[2J\n\u009b\u202e\u200b中😀\u0301\u00a0z');
    expect(grid.text()).toEqual(['a?[2J???????' + ' z  ']);
  });
});
