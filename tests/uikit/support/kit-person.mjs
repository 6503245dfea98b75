import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { Person } from '../../e2e/support/person.mjs';

const PROBE = fileURLToPath(new URL('../../e2e/support/probe.js', import.meta.url));
const KIT = '#tuicallkit-id';
/** A button of the kit for Vue, or of the one for React, and the part of it that takes clicks. */
const BUTTON = `${KIT} .btn-content, ${KIT} .tk-btn-container`;
const ICON = '.tk-button, .tk-icon';

/** Somebody in front of an example application, logged in. */
export async function logIn(browser, page, server, name) {
  const profile = await browser.newContext({ permissions: ['camera', 'microphone'], viewport: { width: 1280, height: 720 } });
  await profile.addInitScript({ path: PROBE });
  const person = new KitPerson(name, await profile.newPage(), profile);
  person.page.setDefaultTimeout(60_000);
  await person.page.goto(`${page}/?${new URLSearchParams({ server })}`);
  await person.page.fill('#name', name);
  await person.page.click('#log-in');
  await person.page.waitForSelector('#me');
  return person;
}

export class KitPerson extends Person {
  constructor(...args) {
    super(...args);
    this.requests = [];
    this.page.on('request', (request) => this.requests.push(request.url()));
  }

  async call(people, { kind = 'video', group = '', timeout = 30 } = {}) {
    await this.page.fill('#people', people);
    await this.page.fill('#group', group);
    await this.page.fill('#timeout', String(timeout));
    await this.page.click(`#${kind}`);
  }

  async invite(people) {
    await this.page.fill('#people', people);
    await this.page.click('#invite');
  }

  async join(call) {
    await this.page.fill('#call-id', call);
    await this.page.click('#join');
  }

  thisCall() {
    return this.page.locator('#this-call').innerText();
  }

  /** A button of the kit, by its label. */
  button(label) {
    return this.page.locator(BUTTON).filter({ has: this.page.getByText(label, { exact: true }) });
  }

  async press(label) {
    await this.orTells(this.button(label).locator(ICON).first().click(), `have ${label} to press`);
    // What opens under the pointer covers what is beside it.
    await this.page.mouse.move(0, 0);
  }

  /** A device out of what opens over a button. */
  async choose(label, device) {
    await this.button(label).locator(ICON).first().hover();
    await this.page.locator(KIT).getByText(device, { exact: true }).click();
    await this.page.mouse.move(0, 0);
  }

  /** Sees who calls, and how. */
  isRungBy(name, how) {
    return Promise.all([this.button('Accept').waitFor(), this.shows(name), this.shows(how)]);
  }

  shows(text) {
    return this.orTells(this.page.locator(KIT).getByText(text).first().waitFor(), `show ${text}`);
  }

  /** What is waited for, or an error that tells what the page shows instead. */
  async orTells(wait, what) {
    try {
      await wait;
    } catch (cause) {
      const there = await this.page.locator('body').innerText();
      throw new Error(`${this.name}: the kit does not ${what}, but ${JSON.stringify(there)}; ${this.problems.join('; ')}`, { cause });
    }
  }

  /** Connected: the engine has said so, and the kit shows what one does in a call. */
  async isInCall() {
    await this.page.waitForSelector('#this-call');
    await this.button('Hang up').waitFor();
  }

  isIdle() {
    return this.page.waitForSelector(KIT, { state: 'detached' });
  }

  /** The kit's message of a moment, wherever in the page it puts it: to be waited for before it can come. */
  isTold(text) {
    return this.page.getByText(text).first().waitFor();
  }

  async sees(peer) {
    await super.sees(peer, video(peer));
    await this.until(`sees ${peer} uncovered`, pictureIsShown, [video(peer), true]);
  }

  /** The kits leave the picture where it is, and cover it with the person's avatar. */
  seesNot(peer) {
    return this.until(`no longer sees ${peer}`, pictureIsShown, [video(peer), false]);
  }

  /** What the kit shows at somebody's name while they speak or are mute. */
  microphoneOf(peer) {
    return this.page.locator(`[id="${peer}"] img`).evaluateAll((images) => images.map(({ src }) => src).join());
  }

  /** Nobody was asked but the page's own server and the call server. */
  hasAskedOnly(...origins) {
    const others = this.requests.filter((url) => !/^(data|blob):/.test(url) && !origins.includes(new URL(url).origin));
    assert.deepEqual(others, [], `${this.name}: requests to others`);
  }

  /** Usable for the next test. */
  async reset() {
    if (!(await this.page.locator(KIT).count())) return;
    await this.page.reload();
    await this.page.fill('#name', this.name);
    await this.page.click('#log-in');
    await this.page.waitForSelector('#me');
  }
}

/** The kits give a member's element the member's id. */
const video = (peer) => `[id="${peer}"] video`;

/** Runs in the page: whether nothing of the kit lies over the middle of this picture, as `wanted`. */
function pictureIsShown([selector, wanted]) {
  const picture = document.querySelector(selector);
  if (!picture?.checkVisibility({ visibilityProperty: true })) return !wanted;
  const { left, top, width, height } = picture.getBoundingClientRect();
  const above = document.elementsFromPoint(left + width / 2, top + height / 2);
  const covered = above.some((element) => (
    picture.parentElement.contains(element) && picture.parentElement !== element && element !== picture));
  return covered !== wanted;
}
