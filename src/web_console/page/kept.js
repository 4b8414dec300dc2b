// Entries as the page keeps them: bounded as the server's journal is, oldest first.

/** As many as the server keeps. */
export const MOST = 10_000;
/** So many more may be there for a moment: cutting one by one would move all of them each time. */
const SLACK = 500;

/** A list of entries in the order of their numbers, of which the oldest go. */
export class Kept {
  entries = [];

  /** Adds entries that are newer than all here. Returns how many old ones went. */
  add(entries) {
    for (const entry of entries) this.entries.push(entry);
    const over = this.entries.length - MOST;
    return over > SLACK ? this.entries.splice(0, over).length : 0;
  }

  clear() {
    this.entries = [];
  }

  /** Where the entry of that number is, or -1. */
  indexOf(id) {
    let [low, high] = [0, this.entries.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.entries[middle].id;
      if (found === id) return middle;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
