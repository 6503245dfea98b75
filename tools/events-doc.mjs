// node tools/events-doc.mjs [FILE]
// Writes docs/events.md, what each dialect tells and in which words, from the table that the conformance tests check.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { argumentNames } from '../tests/conformance/support/conformance.mjs';
import { CHECKS } from '../tests/conformance/support/checks.mjs';

const TABLE = new URL('../tests/conformance/table.json', import.meta.url);
const DOCUMENT = new URL('../docs/events.md', import.meta.url);

export async function eventsDocument() {
  const { happenings, dialects } = JSON.parse(await readFile(TABLE, 'utf8'));
  return [
    '# Events, in five dialects',
    '',
    'Made by `node tools/events-doc.mjs` from `tests/conformance/table.json`, whose every row is checked in real calls.',
    '',
    ...table(['dialect', 'entry', 'listen by'], dialects.map(({ title, entry, listen }) => [title, code(entry), code(listen)])),
    '',
    '## All of them',
    '',
    ...table(
      ['what happens', 'told to', ...dialects.map(({ title }) => title)],
      happenings.map((happening) => [
        happening.says.replace(/\.$/, ''),
        happening.to,
        ...dialects.map((dialect) => eventsOf(dialect, happening).map(({ event }) => code(event)).join(', ')),
      ]),
    ),
    '',
    ...happenings.flatMap((happening) => section(happening, dialects)),
  ].join('\n');
}

function section(happening, dialects) {
  const tellers = dialects.filter((dialect) => eventsOf(dialect, happening).length > 0);
  const meanings = new Map();
  for (const dialect of tellers) {
    for (const row of eventsOf(dialect, happening).flatMap(({ fields }) => fields)) {
      const { says } = CHECKS[row.is];
      if (!says) continue;
      if (!meanings.has(says)) meanings.set(says, new Map(tellers.map(({ id }) => [id, new Set()])));
      meanings.get(says).get(dialect.id).add(field(row));
    }
  }
  const names = tellers.map((dialect) => eventsOf(dialect, happening).map((event) => signature(dialect, event)).join('<br>'));
  const rows = [...meanings].map(([says, byDialect]) => [says, ...[...byDialect.values()].map((fields) => [...fields].join('<br>'))]);
  return [
    `## ${title(happening)}`,
    '',
    `${happening.says} Told to ${happening.to}.${order(happening)}`,
    '',
    ...table(['', ...tellers.map(({ title }) => title)], [['event', ...names], ...rows]),
    '',
  ];
}

const eventsOf = (dialect, { id }) => dialect.events.filter(({ on }) => on === id);
const code = (text) => `\`${text}\``;
const title = ({ id }) => id[0].toUpperCase() + id.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const order = ({ before }) => (before ? ` Always before: ${before.map((id) => title({ id }).toLowerCase()).join(', ')}.` : '');

function signature(dialect, { event, constant, fields }) {
  if (dialect.arguments === 'positional') return code(`${event}(${argumentNames(fields).join(', ')})`);
  return constant && constant !== event ? `${code(event)}<br>${code(constant)}` : code(event);
}

function field({ field: path, type }) {
  if (type === 'none') return 'none';
  return `${path === '' ? 'the argument' : code(path)} ${type}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(DOCUMENT, await eventsDocument());
