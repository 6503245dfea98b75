import * as api from './index.js';

globalThis.TUICall = api;
