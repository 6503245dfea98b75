export { TUICallEngine, TUICallEngine as default } from './engine.js';
export { TUICallEngineError } from 'glue:common';
export { TUICallEvent } from './events.js';
export * from './enums.js';
