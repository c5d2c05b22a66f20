/**
 * In which row of a file each goods was written first, by its number in the catalogue. An array of numbers and no map of
 * codes: a file may have a million rows.
 */
export class FirstRows {
  #rows = new Int32Array(1024);

  /** @returns the row that wrote these goods before, 0 = none did; `row` is remembered when it is the first */
  note(id: number, row: number): number {
    if (id >= this.#rows.length) {
      const longer = new Int32Array(Math.max(id + 1, this.#rows.length * 2));
      longer.set(this.#rows);
      this.#rows = longer;
    }
    const before = this.#rows[id] ?? 0;
    if (before === 0) this.#rows[id] = row;
    return before;
  }

  forget(id: number): void {
    if (id < this.#rows.length) this.#rows[id] = 0;
  }

  forgetAll(): void {
    this.#rows.fill(0);
  }
}
