import { Chat, EVENT, TYPES } from './chat.js';

const chats = new Map();

/** One chat an app, as the vendor's SDK has it. */
function create(options = {}) {
  const { SDKAppID } = options;
  if (!chats.has(SDKAppID)) chats.set(SDKAppID, new Chat(options, () => chats.delete(SDKAppID)));
  return chats.get(SDKAppID);
}

export default { VERSION: '3.5.0', EVENT, TYPES, TSignaling: {}, create };
