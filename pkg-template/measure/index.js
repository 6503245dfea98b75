// What no call needs: loaded by the engine when somebody listens to what is measured, or asks for statistics.
export { Meter } from './meter.js';
export { readStats } from './stats.js';
