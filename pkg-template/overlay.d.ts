import type { TUICallEngine } from './index.js';

/**
 * Shows the figures of `getStats()` in this element as a table, which is read anew once in a `period` of milliseconds
 * (default 1000) until `stop()` removes it.
 */
export declare function showStats(
  engine: Pick<TUICallEngine, 'getStats'>,
  element: HTMLElement,
  options?: { period?: number },
): { stop(): void };
export default showStats;
