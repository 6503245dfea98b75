// Types of the tables, which the compiler checks by their `@ts-check`; not part of the package.

import type { TUICallEvent, TUICallEventMap } from '../index.js';

/** Further names of something that another event of the Web dialect tells already. */
export type AliasEvent = 'onInvited' | 'onCallCancelled' | 'onCallingCancel';
/** Accepted by `on`, and never come. */
export type SilentEvent = 'onDeviceChange' | 'onMessageSentByMe' | 'CALL_MESSAGE';
/** One name for everything that happens: what each table must have a row for. */
export type CanonicalEvent = Exclude<TUICallEvent, AliasEvent | SilentEvent>;

/** For each canonical event what a dialect makes of it; null: nothing. `viewer` is the id of who is logged in. */
type TableOf<Arguments extends Record<keyof Arguments, unknown[]>> = {
  [Event in CanonicalEvent]: null | ((event: TUICallEventMap[Event], viewer: string) => Delivery<Arguments>[]);
};
/** The name of an event and what its listeners are called with. */
type Delivery<Arguments extends Record<keyof Arguments, unknown[]>> = {
  [Name in keyof Arguments]: [Name, ...Arguments[Name]];
}[keyof Arguments];

/** The table of a dialect whose listeners get one object. */
export type ObjectTable<EventMap> = TableOf<{ [Name in keyof EventMap]: [EventMap[Name]] }>;
/** The table of a dialect whose listeners get positional arguments. */
export type PositionalTable<Callbacks extends Record<keyof Callbacks, (...args: never[]) => void>> = TableOf<{
  [Name in keyof Callbacks]: Parameters<Callbacks[Name]>;
}>;
