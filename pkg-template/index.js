export { TUICallEngine, TUICallEngine as default } from './engine.js';
export { TUICallEngineError } from 'glue:error';
export { TUICallEvent } from './events.js';
export * from './enums.js';
