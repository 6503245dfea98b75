// Holds what pages were told against the table, row by row.

import { CHECKS, TYPES } from './checks.mjs';

/** The rows of one dialect's event by what they are in: `a.b`, `list[].key`, `map{}`, and '' for the argument itself. */
export function valuesAt(path, args, dialect, fields) {
  if (dialect.arguments === 'object') return path === '' ? [args[0]] : step([args[0]], path);
  const [first] = path.split(/[.[{]/);
  return step([args[argumentNames(fields).indexOf(first)]], path.slice(first.length).replace(/^\./, ''));
}

export function argumentNames(fields) {
  return fields.map(({ field }) => field).filter((field) => field !== '' && !/[.[{]/.test(field));
}

function step(values, path) {
  if (path === '') return values;
  const [, name, mark, rest] = /^([^.[{]*)(\[\]|\{\})?\.?(.*)$/.exec(path);
  let next = name === '' ? values : values.map((value) => value?.[name]);
  if (mark === '[]') next = next.flatMap((value) => value ?? []);
  if (mark === '{}') next = next.flatMap((value) => (value?.$map ?? []).map(([, item]) => item));
  return step(next, rest);
}

/** Keys that no row speaks of. */
export function unknownKeys(args, dialect, fields) {
  if (dialect.arguments === 'positional') {
    const names = argumentNames(fields);
    return args.length === names.length ? [] : [`${args.length} arguments instead of ${names.length}`];
  }
  const none = fields.some(({ type }) => type === 'none');
  if (args.length !== (none ? 0 : 1)) return [`${args.length} arguments`];
  const known = new Set(argumentNames(fields));
  const plain = args[0] && typeof args[0] === 'object' && !args[0].$map && !args[0].$undefined;
  return plain ? Object.keys(args[0]).filter((key) => !known.has(key)) : [];
}

/** What is wrong with one delivery; `passed(row)` is told of each row that holds. */
export function checkDelivery(delivery, dialect, event, about, passed) {
  const wrong = unknownKeys(delivery.args, dialect, event.fields).map((key) => `unexpected ${key}`);
  for (const row of event.fields) {
    const values = row.type === 'none' ? [undefined] : valuesAt(row.field, delivery.args, dialect, event.fields);
    for (const value of values) {
      if (!TYPES[row.type](value)) wrong.push(`${row.field || 'the argument'} is no ${row.type}: ${JSON.stringify(value)}`);
      else if (!CHECKS[row.is].check(value, about)) wrong.push(`${row.field || 'the argument'} is not "${row.is}": ${JSON.stringify(value)}`);
    }
    if (values.length > 0 && wrong.length === 0) passed(row);
  }
  return wrong;
}

/** The users that a delivery names, where its rows say which. */
export function usersNamed(delivery, dialect, event) {
  const row = event.fields.find(({ is }) => is === 'user' || is === 'users');
  return row ? valuesAt(row.field, delivery.args, dialect, event.fields).flat() : [];
}
