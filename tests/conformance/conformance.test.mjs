// Real calls of five people in a real Chromium at a real server. What each dialect tells each of them is held against
// table.json: to the right side, as often as it should, in order, every field of its type and with a plausible value.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MEMBERS, SCENARIOS } from './scenarios.mjs';
import { CHECKS, TYPES } from './support/checks.mjs';
import { SAMPLES as FLUTTER } from './flutter-samples.mjs';
import { checkDelivery, usersNamed } from './support/conformance.mjs';
import { Setting } from './support/people.mjs';
import { callbacksOf, missing, readSamples } from './support/samples.mjs';
import { eventsDocument } from '../../tools/events-doc.mjs';

const table = JSON.parse(await readFile(new URL('table.json', import.meta.url), 'utf8'));
const happenings = new Map(table.happenings.map((happening) => [happening.id, happening]));
const rowsOf = (dialect) => dialect.events.flatMap((event) => event.fields.map((row) => ({ event, row })));

describe('the table', () => {
  it('has a check for every row, and a scenario for every happening', () => {
    for (const dialect of table.dialects) {
      for (const { event, row } of rowsOf(dialect)) {
        const where = `${dialect.id} ${event.event} ${row.field}`;
        assert.ok(row.is in CHECKS, `${where}: no check "${row.is}"`);
        assert.ok(row.type in TYPES, `${where}: no type "${row.type}"`);
        assert.ok(happenings.has(event.on), `${where}: no happening "${event.on}"`);
      }
    }
    for (const { id, fires } of table.happenings) {
      for (const scenario of Object.keys(fires)) assert.ok(scenario in SCENARIOS, `${id}: no scenario "${scenario}"`);
      assert.ok(id === 'never' || Object.keys(fires).length > 0, `${id} fires in no scenario`);
    }
  });
});

describe('docs/events.md', () => {
  it('is what `node tools/events-doc.mjs` makes of the table', async () => {
    const written = await readFile(new URL('../../docs/events.md', import.meta.url), 'utf8');
    assert.ok(written === (await eventsDocument()), 'it is stale: run node tools/events-doc.mjs');
  });
});

describe('every dialect, told of real calls', () => {
  /** Rows that held at least once. */
  const held = new Set();
  let setting;
  let people;
  /** Of the vendor's pages, by dialect. */
  let samples;

  before(async () => {
    setting = await Setting.open();
    const events = Object.fromEntries(table.dialects.map(({ id, events }) => [id, events.map(({ event }) => event)]));
    const list = await Promise.all([
      ...[...MEMBERS, 'frank'].map((name) => setting.person(name, { events })),
      setting.untouched('gina', { events }),
    ]);
    people = Object.fromEntries(list.map((person) => [person.name, person]));
    if (missing) return;
    samples = await readSamples();
    const scripts = { ...samples, observer: FLUTTER.map((sample) => `(${sample})()`) };
    await Promise.all(list.map((person) => person.run((all) => globalThis.person.runSamples(all), scripts)));
  });

  after(async () => {
    await setting?.close();
    for (const dialect of table.dialects) {
      const rows = rowsOf(dialect);
      console.log(`${dialect.id}: ${rows.filter(({ row }) => held.has(row)).length} of ${rows.length} rows checked`);
    }
  });

  /** After a scenario that failed, the next one begins outside of calls. */
  afterEach(() => Promise.all(Object.values(people).map((person) => person.act('web', 'hangup').catch(() => {}))));

  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    it(name, { timeout: 60_000 }, async () => {
      await Promise.all(Object.values(people).map((person) => person.startLog()));
      await scenario.run({ ...people, setting, by: scenario.by, facts: scenario.call, another: scenario.another });
      const wrong = await settle(name, scenario);
      assert.deepEqual(wrong, []);
    });
  }

  it('leaves no row unchecked', () => {
    const open = table.dialects.flatMap((dialect) =>
      rowsOf(dialect).filter(({ event, row }) => !held.has(row)).map(({ event, row }) => `${dialect.id} ${event.event} ${row.field}`));
    assert.deepEqual(open, []);
  });

  describe('the samples of the vendor’s pages, run as they are printed there', { skip: missing }, () => {
    it('are there, and Flutter’s translated', () => {
      const counts = Object.fromEntries(Object.entries(samples).map(([dialect, codes]) => [dialect, codes.length]));
      assert.deepEqual(counts, { web: 19, uniapp: 17, 'global-event': 5, harmony: 17, observer: 20 });
      assert.deepEqual(FLUTTER.map((sample) => callbacksOf(String(sample))), samples.observer.map(callbacksOf));
    });

    it('have all heard of the calls', async () => {
      const printed = (await Promise.all(Object.values(people).map((person) => person.run(() => globalThis.person.printed)))).flat();
      const silent = Object.entries(samples).flatMap(([dialect, codes]) =>
        codes.filter((code, index) => !printed.some((line) => line.dialect === dialect && line.index === index)));
      assert.deepEqual(silent, []);
      // A sample that reads a key which is not there prints "undefined". One of the Web page registers a wrong listener.
      const wrongListener = samples.web.findIndex((code) => code.includes('TUICallEvent.CALL_TYPE_CHANGED, handleDeviceUpdated'));
      const lacking = printed.filter(({ dialect, index, args }) =>
        (dialect === 'harmony' || dialect === 'web') && !(dialect === 'web' && index === wrongListener)
        && args.some((arg) => arg?.$undefined || /undefined/.test(arg)));
      assert.deepEqual(lacking, []);
    });
  });

  it('tells nobody of errors in the pages', () => {
    assert.deepEqual(Object.values(people).flatMap(({ name, problems }) => problems.map((text) => `${name}: ${text}`)), []);
  });

  /** Waits until all that should come has come, and a moment more for what should not. */
  async function settle(name, scenario) {
    const deadline = Date.now() + 15_000;
    const logs = () => Promise.all(Object.values(people).map(async (person) => [person.name, await person.log()]));
    while (Date.now() < deadline && wrongCounts(name, await logs(), 'too few').length > 0) await sleep(100);
    await sleep(400);
    const all = await logs();
    return [...wrongCounts(name, all), ...wrongOrder(all), ...wrongValues(name, scenario, all)];
  }

  function wrongCounts(name, logs, only) {
    const wrong = [];
    for (const dialect of table.dialects) {
      for (const event of dialect.events) {
        const { fires } = happenings.get(event.on);
        const isPeriodic = Object.values(fires).some((who) => Object.values(who).includes('+'));
        for (const [viewer, log] of logs) {
          if (isPeriodic && !fires[name]?.[viewer]) continue;
          const deliveries = log.filter((delivery) => delivery.dialect === dialect.id && delivery.event === event.event);
          const problem = wrongCount(fires[name]?.[viewer] ?? 0, deliveries, dialect, event);
          const isTooFew = problem && deliveries.length === 0;
          if (problem && (!only || isTooFew)) wrong.push(`${viewer}: ${dialect.id} ${event.event} ${problem}`);
        }
      }
    }
    return wrong;
  }

  function wrongCount(expected, deliveries, dialect, event) {
    if (expected === '+') return deliveries.length > 0 ? null : 'did not come';
    if (Array.isArray(expected)) {
      const named = deliveries.flatMap((delivery) => usersNamed(delivery, dialect, event)).sort();
      return String(named) === String([...expected].sort()) ? null : `names ${named} instead of ${expected}`;
    }
    return deliveries.length === expected ? null : `came ${deliveries.length} times instead of ${expected}`;
  }

  function wrongOrder(logs) {
    const wrong = [];
    for (const [viewer, log] of logs) {
      for (const dialect of table.dialects) {
        const own = log.filter((delivery) => delivery.dialect === dialect.id);
        const first = (happening) => own.findIndex(({ event }) => dialect.events.some((row) => row.event === event && row.on === happening));
        for (const { id, before: later = [] } of table.happenings) {
          for (const next of later) {
            if (first(id) >= 0 && first(next) >= 0 && first(id) > first(next)) wrong.push(`${viewer}: ${dialect.id} tells ${next} before ${id}`);
          }
        }
      }
    }
    return wrong;
  }

  function wrongValues(name, scenario, logs) {
    const wrong = [];
    for (const [viewer, log] of logs) {
      const seen = new Map();
      for (const delivery of log) {
        const dialect = table.dialects.find(({ id }) => id === delivery.dialect);
        const event = dialect.events.find((row) => row.event === delivery.event);
        const key = `${dialect.id} ${event.event}`;
        const nth = seen.get(key) ?? 0;
        seen.set(key, nth + 1);
        const about = { ...whatIsKnown(name, scenario, viewer, event), nth, elapsed: sinceBegin(log, delivery, dialect) };
        const problems = checkDelivery(delivery, dialect, event, about, (row) => held.add(row));
        wrong.push(...problems.map((problem) => `${viewer}: ${key}: ${problem}`));
      }
      for (const dialect of table.dialects) holdSilence(dialect, seen);
    }
    return wrong;
  }

  function whatIsKnown(name, scenario, viewer, event) {
    const call = [scenario, scenario.another].find((side) => side?.of?.includes?.(viewer))?.call;
    const outcome = scenario.outcome?.[viewer];
    const named = happenings.get(event.on).fires[name]?.[viewer];
    return {
      viewer,
      event: event.event,
      call,
      outcome: (['notConnected', 'missed'].includes(event.on) && outcome?.notConnected) || outcome,
      hasJoined: call?.joining?.includes(viewer) && ['begin', 'end'].includes(event.on),
      members: call ? [call.caller, ...call.callees, ...Object.keys(call.invited ?? {})] : MEMBERS,
      isPermitted: name !== 'failing',
      named: Array.isArray(named) ? named : undefined,
    };
  }

  function sinceBegin(log, delivery, dialect) {
    const began = log.find((earlier) => earlier.dialect === dialect.id && earlier.event === 'onCallBegin');
    return began ? delivery.at - began.at : undefined;
  }

  /** What never comes was listened for like everything else, and has not come. */
  function holdSilence(dialect, seen) {
    for (const event of dialect.events) {
      if (event.on === 'never' && !seen.has(`${dialect.id} ${event.event}`)) event.fields.forEach((row) => held.add(row));
    }
  }
});
